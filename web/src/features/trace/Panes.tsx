/** Navigator and inspector, beside each other or in turns, and the keys that lead between them. */
import { useCallback, useEffect, useMemo, useRef, useState } from "react";

import type { TraceBody } from "@/api/traces";
import { useShortcuts } from "@/app/useShortcuts";
import { setPreferences, usePreferences } from "@/lib/preferences";
import type { Shortcut } from "@/lib/shortcuts";
import type { TraceModel } from "@/models/trace/model";
import { deferred } from "@/ui/deferred";
import { useDenial } from "@/ui/Permitted";
import { Segmented } from "@/ui/Segmented";
import { SplitPane } from "@/ui/SplitPane";
import { useWidth } from "@/ui/useSize";

import { Inspector } from "./inspector/Inspector";
import { NavigatorPane } from "./navigator/NavigatorPane";
import { useTraceState, type TraceState } from "./useTraceState";

const AnnotatePanel = deferred(() => import("./annotate/AnnotatePanel").then((module) => module.AnnotatePanel));

/** Below this width navigator and inspector take turns. */
const NARROW = 560;
/** From here on the annotate panel stands beside the inspector, else above it. */
const WIDE = 1000;

export interface PanesProps {
  projectId: string;
  trace: TraceBody;
  model: TraceModel;
  place: "page" | "peek";
  isAnnotating: boolean;
  onAnnotate: (isAnnotating: boolean) => void;
}

export function Panes({ projectId, trace, model, place, isAnnotating, onAnnotate }: PanesProps) {
  const asked = useTraceState();
  const isHere = asked.observationId === null || model.skeleton.id.includes(asked.observationId);
  const state = useMemo(() => (isHere ? asked : { ...asked, observationId: null }), [asked, isHere]);
  const { ref, width } = useWidth<HTMLDivElement>();
  const { trace: taste } = usePreferences();
  const [isInspecting, setInspecting] = useState(state.observationId !== null);
  const isNarrow = width > 0 && width < NARROW;
  const scope = place === "peek" ? "panel" : "page";
  const { select: selectOnly } = state;
  const select = useCallback<TraceState["select"]>(
    (id, how) => {
      selectOnly(id, how);
      if (how !== "replace") setInspecting(true);
    },
    [selectOnly],
  );
  const [isCommentWished, setCommentWished] = useState(false);
  const commentBegun = useCallback(() => setCommentWished(false), []);
  useViewKeys(scope, state);
  useWorkKeys(scope, {
    annotate: () => onAnnotate(true),
    comment: () => {
      setInspecting(true);
      state.open("comments");
      setCommentWished(true);
    },
  });
  const close = useCallback(() => onAnnotate(false), [onAnnotate]);
  const navigatorPane = (
    <NavigatorPane projectId={projectId} trace={trace} model={model} scope={scope} state={state} onSelect={select} />
  );
  const inspectorPane = (
    <Inspector
      projectId={projectId}
      trace={trace}
      model={model}
      state={{ ...state, select }}
      scope={scope}
      isCommentWished={isCommentWished}
      onCommentBegun={commentBegun}
    />
  );
  const annotatePanel = isAnnotating && (
    <AnnotatePanel
      projectId={projectId}
      trace={trace}
      subject={
        state.observationId === null
          ? { type: "TRACE", id: trace.id }
          : { type: "OBSERVATION", id: state.observationId }
      }
      name={model.skeleton.name[model.skeleton.id.indexOf(state.observationId ?? "")] ?? "trace"}
      isBeside={width >= WIDE}
      onClose={close}
    />
  );
  const split = place === "peek" ? taste.peekSplit : taste.split;
  return (
    <div ref={ref} className="relative flex min-h-0 grow flex-col">
      {width < WIDE && annotatePanel}
      {!isHere && (
        <p role="status" className="shrink-0 border-b border-line bg-panel px-3 py-1 text-12 text-text-2">
          This trace has no observation <span className="font-mono break-all">{asked.observationId}</span>; the trace
          itself is shown.
        </p>
      )}
      {isNarrow ? (
        <>
          <div className="shrink-0 border-b border-line p-1.5">
            <Segmented
              label="Pane"
              value={isInspecting ? "inspector" : "navigator"}
              options={[
                { value: "navigator", label: "Navigator" },
                { value: "inspector", label: "Inspector" },
              ]}
              onChange={(next) => setInspecting(next === "inspector")}
            />
          </div>
          {isInspecting ? inspectorPane : navigatorPane}
        </>
      ) : (
        <div className="flex min-h-0 grow">
          <SplitPane
            label="Width of the navigator"
            share={split}
            min={0.2}
            max={0.8}
            onChanged={(share) =>
              setPreferences({ trace: { ...taste, [place === "peek" ? "peekSplit" : "split"]: share } })
            }
            first={navigatorPane}
            second={inspectorPane}
          />
          {width >= WIDE && annotatePanel}
        </div>
      )}
    </div>
  );
}

function useViewKeys(scope: "page" | "panel", { show }: TraceState): void {
  const list = useMemo<Shortcut[]>(
    () => [
      { keys: "1", label: "Waterfall", run: () => show("waterfall") },
      { keys: "3", label: "Transcript", run: () => show("transcript") },
    ],
    [show],
  );
  useShortcuts(scope, list);
}

/** Keys of what members do with a trace; for others they mean nothing. */
function useWorkKeys(scope: "page" | "panel", does: { annotate: () => void; comment: () => void }): void {
  const isMember = useDenial("member") === null;
  const latest = useRef(does);
  useEffect(() => {
    latest.current = does;
  });
  const list = useMemo<Shortcut[]>(
    () =>
      isMember
        ? [
            { keys: "s", label: "Annotate", run: () => latest.current.annotate() },
            { keys: "m", label: "Comment", run: () => latest.current.comment() },
          ]
        : [],
    [isMember],
  );
  useShortcuts(scope, list);
}
