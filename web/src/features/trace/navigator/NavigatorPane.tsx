import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import type { TraceBody } from "@/api/traces";
import type { TraceModel } from "@/models/trace/model";
import { placeOf } from "@/models/trace/visible";
import { deferred } from "@/ui/deferred";
import { Segmented } from "@/ui/Segmented";

import { prefetchObservation } from "../useTrace";
import type { TraceState, View } from "../useTraceState";
import { useNavigator } from "./useNavigator";
import { Waterfall } from "./Waterfall";

const TranscriptView = deferred(() => import("../transcript/TranscriptView").then((module) => module.TranscriptView));

const VIEW_OPTIONS = [
  { value: "waterfall", label: "Waterfall" },
  { value: "transcript", label: "Transcript" },
] as const satisfies readonly { value: View; label: string }[];

export interface NavigatorPaneProps {
  projectId: string;
  trace: TraceBody;
  model: TraceModel;
  scope: "page" | "panel";
  state: TraceState;
  onSelect: TraceState["select"];
}

/** The waterfall, or the transcript. */
export function NavigatorPane({ projectId, trace, model, scope, state, onSelect }: NavigatorPaneProps) {
  const navigator = useNavigator(model, state.observationId, projectId, trace.id);
  const traceName = trace.name ?? "trace";
  useNeighbours(projectId, navigator, trace.updatedUs);
  const switcher = <Segmented label="View" value={state.view} options={VIEW_OPTIONS} onChange={state.show} />;
  return (
    <div className="flex min-h-0 grow flex-col">
      {state.view === "waterfall" ? (
        <Waterfall navigator={navigator} switcher={switcher} traceName={traceName} scope={scope} onSelect={onSelect} />
      ) : (
        <TranscriptView
          fallback={<div className="px-2 py-1">{switcher}</div>}
          switcher={switcher}
          projectId={projectId}
          traceName={traceName}
          model={model}
          version={trace.updatedUs}
          selectedId={state.observationId}
          onSelect={onSelect}
        />
      )}
    </div>
  );
}

const SETTLED_MS = 150;

/** Fetches what the rows above and below the selected one would show, once the selection rests. */
function useNeighbours(
  projectId: string,
  { selected, visible, idOf }: ReturnType<typeof useNavigator>,
  version: number,
): void {
  const queries = useQueryClient();
  useEffect(() => {
    if (selected === 0) return;
    const timer = setTimeout(() => {
      const at = placeOf(visible.rows, selected);
      for (const row of [visible.rows[at + 1], visible.rows[at - 1]]) {
        const id = row === undefined ? null : idOf(row);
        if (id !== null) prefetchObservation(queries, projectId, id, version);
      }
    }, SETTLED_MS);
    return () => clearTimeout(timer);
    // oxlint-disable-next-line react/exhaustive-deps -- a new selection alone
  }, [selected, version]);
}
