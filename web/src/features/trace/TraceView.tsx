/** One trace: header, navigator, inspector. The page and the list's peek panel both show it. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";

import { ApiError } from "@/api/errors";
import { listedTrace } from "@/api/explorer";
import type { TraceBody } from "@/api/traces";
import { deferred } from "@/ui/deferred";
import { useRole } from "@/ui/Permitted";
import { ErrorState, ProgressBar, RestMissing, Skeleton as Placeholder, useLate } from "@/ui/states";

import { Header, type TraceFacts } from "./Header";
import { MediaProject } from "./io/media";
import { Notices } from "./Notices";
import { Panes } from "./Panes";
import { isLively, prefetchObservation, prefetchTexts, useSkeleton, useTraceHeader, useTraceModel } from "./useTrace";
import { useTraceState } from "./useTraceState";

export { readAhead } from "./useTrace";

const NotFoundYet = deferred(() => import("./NotFoundYet").then((module) => module.NotFoundYet));
const Actions = deferred(() => import("./Actions").then((module) => module.Actions));

export interface TraceViewProps {
  projectId: string;
  traceId: string;
  /** "peek": inside the list's panel, narrower, without a page title. */
  place: "page" | "peek";
}

const NOW_EVERY_MS = 1000;

export function TraceView({ projectId, traceId, place }: TraceViewProps) {
  const header = useTraceHeader(projectId, traceId);
  const trace = header.data;
  const { skeleton, count, isComplete, error, refetch } = useSkeleton(projectId, traceId, trace?.updatedUs);
  const listed = useListed(projectId, traceId);
  useTextsAhead(projectId, trace);
  const [shiftClocks, setShiftClocks] = useState(false);
  const nowUs = useNow(trace);
  const model = useTraceModel(skeleton, nowUs, shiftClocks);
  const [isAnnotating, setAnnotating] = useState(false);
  const role = useRole();
  const mediaOwner = useMemo(() => ({ projectId, traceId }), [projectId, traceId]);
  const isLate = useLate(trace === undefined && header.error === null);
  if (header.error instanceof ApiError && header.error.status === 404)
    return <NotFoundYet traceId={traceId} onRetry={() => void header.refetch()} />;
  if (header.error !== null && trace === undefined)
    return <ErrorState error={header.error} onRetry={() => void header.refetch()} />;
  const facts = trace ?? listed;
  if (facts === undefined) return isLate ? <Loading /> : null;
  return (
    <div className="relative flex min-h-0 grow flex-col" data-testid="trace-view" data-id={traceId}>
      <ProgressBar isActive={trace === undefined || (skeleton === undefined && error === null)} />
      <Header
        projectId={projectId}
        trace={facts}
        model={model}
        hasTitle={place === "peek"}
        actions={
          role === "visitor" || trace === undefined ? undefined : (
            <Actions
              projectId={projectId}
              trace={trace}
              isAnnotating={isAnnotating}
              onAnnotate={() => setAnnotating(!isAnnotating)}
            />
          )
        }
      />
      <Notices
        count={count}
        skeleton={skeleton}
        isComplete={isComplete}
        model={model}
        shiftClocks={shiftClocks}
        onShift={setShiftClocks}
      />
      {trace !== undefined && error !== null && skeleton === undefined && (
        <ErrorState error={error} onRetry={refetch} />
      )}
      {error !== null && skeleton !== undefined && !isComplete && <RestMissing error={error} onRetry={refetch} />}
      {trace !== undefined && model !== undefined && (
        <MediaProject value={mediaOwner}>
          <Panes
            projectId={projectId}
            trace={trace}
            model={model}
            place={place}
            isAnnotating={isAnnotating}
            onAnnotate={setAnnotating}
          />
        </MediaProject>
      )}
    </div>
  );
}

/** What the list that this trace was opened from says of it: enough for the header until its own is there. */
function useListed(projectId: string, traceId: string): TraceFacts | undefined {
  const queries = useQueryClient();
  return useMemo(() => {
    const row = listedTrace(queries, projectId, traceId);
    if (row === undefined) return undefined;
    const { scores: _, ...facts } = row; // shorter than the header's own
    return facts;
  }, [queries, projectId, traceId]);
}

/** Asks for the texts of what is selected as soon as their version is known, while the tree is still on its way. */
function useTextsAhead(projectId: string, trace: TraceBody | undefined): void {
  const queries = useQueryClient();
  const { observationId, tab } = useTraceState();
  useEffect(() => {
    if (trace === undefined || tab !== "io") return;
    const { id, updatedUs } = trace;
    if (observationId !== null) return prefetchObservation(queries, projectId, observationId, updatedUs);
    const sides = (["input", "output"] as const).filter((side) => trace[side].size > 0);
    prefetchTexts(queries, { projectId, kind: "traces", id }, updatedUs, sides);
  }, [queries, projectId, trace, observationId, tab]);
}

/** The moment until which what is running is drawn; null once the trace is over. */
function useNow(trace: TraceBody | undefined): number | null {
  const isRunning = trace?.isRunning ?? false;
  const [nowUs, setNow] = useState(() => Date.now() * 1000);
  const isWatched = isLively(trace);
  useEffect(() => {
    if (!isWatched) return;
    const timer = setInterval(() => document.visibilityState === "visible" && setNow(Date.now() * 1000), NOW_EVERY_MS);
    return () => clearInterval(timer);
  }, [isWatched]);
  return isRunning ? nowUs : null;
}

function Loading() {
  return (
    <div className="flex flex-col gap-2 p-3">
      <Placeholder className="h-5 w-1/2" />
      <Placeholder className="h-4 w-1/3" />
      {Array.from({ length: 8 }, (_, at) => (
        // oxlint-disable-next-line react/no-array-index-key -- they are all the same
        <Placeholder key={at} className="h-6" />
      ))}
    </div>
  );
}
