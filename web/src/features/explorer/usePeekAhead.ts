/** Makes a trace quick to open beside the list: its program is there before, and what it says once one is about to. */
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { type PointerEvent, useEffect, useMemo } from "react";

import { loadTraceView, TraceView } from "@/features/trace/TracePeek";

const RESTED_MS = 80;
const STILL_MS = 200;
const NEXT_MS = 300;

/** Whoever opens a trace is told what is wrong with that. */
const later = () => undefined;

interface PeekAhead {
  projectId: string;
  /** The trace that a row opens; undefined when it opens none. The same function while the rows are. */
  traceOf: (rowId: string) => string | undefined;
  /** Whether there are rows to open. */
  isReady: boolean;
  /** The trace that the next press of `j` opens, while the panel is open. */
  nextTraceId: string | undefined;
}

/** Handlers for what stands around the rows. */
export function usePeekAhead({ projectId, traceOf, isReady, nextTraceId }: PeekAhead) {
  const queries = useQueryClient();
  useEffect(() => {
    if (!isReady) return;
    const timer = setTimeout(() => void TraceView.preload().catch(later), STILL_MS);
    return () => clearTimeout(timer);
  }, [isReady]);
  useEffect(() => {
    if (nextTraceId === undefined) return;
    const timer = setTimeout(
      () =>
        void loadTraceView()
          .then(({ readAhead }) => readAhead(queries, projectId, nextTraceId))
          .catch(later),
      NEXT_MS,
    );
    return () => clearTimeout(timer);
  }, [queries, projectId, nextTraceId]);
  return useMemo(() => handlersOf(queries, projectId, traceOf), [queries, projectId, traceOf]);
}

/** Reads the trace of the row that the pointer rests on, one at a time; what is not opened is given up. */
function handlersOf(queries: QueryClient, projectId: string, traceOf: PeekAhead["traceOf"]) {
  let on: string | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stop = () => {};
  const leave = () => {
    clearTimeout(timer);
    stop();
    stop = () => {};
    on = undefined;
  };
  const read = (traceId: string) =>
    void loadTraceView()
      .then(({ readAhead }) => {
        if (on === traceId) stop = readAhead(queries, projectId, traceId);
      })
      .catch(later);
  const go = ({ target }: PointerEvent, afterMs: number) => {
    const row = target instanceof Element ? target.closest<HTMLElement>("[role=row][data-id]") : null;
    const rowId = row?.dataset["id"];
    const traceId = rowId === undefined ? undefined : traceOf(rowId);
    if (traceId === on && afterMs > 0) return;
    leave();
    if (traceId === undefined) return;
    on = traceId;
    if (afterMs === 0) read(traceId);
    else timer = setTimeout(() => read(traceId), afterMs);
  };
  return {
    onPointerOver: (event: PointerEvent) => event.pointerType === "mouse" && go(event, RESTED_MS),
    onPointerDown: (event: PointerEvent) => event.button === 0 && go(event, 0),
    onPointerLeave: leave,
  };
}
