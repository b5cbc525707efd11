/** One trace: header, navigator, inspector. The page and the list's peek panel both show it. */
import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";

import { ApiError } from "@/api/errors";
import type { TraceBody } from "@/api/traces";
import { useShortcuts } from "@/app/useShortcuts";
import { setPreferences, usePreferences } from "@/lib/preferences";
import type { Shortcut } from "@/lib/shortcuts";
import type { TraceModel } from "@/models/trace/model";
import { placeOf } from "@/models/trace/visible";
import { useDenial, useRole } from "@/ui/Permitted";
import { Segmented } from "@/ui/Segmented";
import { SplitPane } from "@/ui/SplitPane";
import { ErrorState, ProgressBar, RestMissing, Skeleton as Placeholder, useLate } from "@/ui/states";
import { useWidth } from "@/ui/useSize";

import { Header } from "./Header";
import { MediaProject } from "./io/media";
import { Inspector } from "./inspector/Inspector";
import { Notices } from "./Notices";
import { useNavigator } from "./navigator/useNavigator";
import { Waterfall } from "./navigator/Waterfall";
import { isLively, prefetchObservation, useSkeleton, useTraceHeader, useTraceModel } from "./useTrace";
import { useTraceState, type TraceState, type View } from "./useTraceState";

const TranscriptView = lazy(() =>
  import("./transcript/TranscriptView").then((module) => ({ default: module.TranscriptView })),
);

const NotFoundYet = lazy(() => import("./NotFoundYet").then((module) => ({ default: module.NotFoundYet })));
const Actions = lazy(() => import("./Actions").then((module) => ({ default: module.Actions })));
const AnnotatePanel = lazy(() =>
  import("./annotate/AnnotatePanel").then((module) => ({ default: module.AnnotatePanel })),
);

export interface TraceViewProps {
  projectId: string;
  traceId: string;
  /** "peek": inside the list's panel, narrower, without a page title. */
  place: "page" | "peek";
}

/** Below this width navigator and inspector take turns. */
const NARROW = 560;
/** From here on the annotate panel stands beside the inspector, else above it. */
const WIDE = 1000;
const NOW_EVERY_MS = 1000;

export function TraceView({ projectId, traceId, place }: TraceViewProps) {
  const header = useTraceHeader(projectId, traceId);
  const trace = header.data;
  const { skeleton, count, isComplete, error, refetch } = useSkeleton(projectId, traceId, trace?.updatedUs);
  const [shiftClocks, setShiftClocks] = useState(false);
  const nowUs = useNow(trace);
  const model = useTraceModel(skeleton, nowUs, shiftClocks);
  const [isAnnotating, setAnnotating] = useState(false);
  const role = useRole();
  const mediaOwner = useMemo(() => ({ projectId, traceId }), [projectId, traceId]);
  const isLate = useLate(trace === undefined && header.error === null);
  if (header.error instanceof ApiError && header.error.status === 404)
    return (
      <Suspense fallback={null}>
        <NotFoundYet traceId={traceId} onRetry={() => void header.refetch()} />
      </Suspense>
    );
  if (header.error !== null && trace === undefined)
    return <ErrorState error={header.error} onRetry={() => void header.refetch()} />;
  if (trace === undefined) return isLate ? <Loading /> : null;
  return (
    <div className="relative flex min-h-0 grow flex-col" data-testid="trace-view" data-id={traceId}>
      <ProgressBar isActive={skeleton === undefined && error === null} />
      <Header
        projectId={projectId}
        trace={trace}
        model={model}
        hasTitle={place === "peek"}
        actions={
          role === "visitor" ? undefined : (
            <Suspense fallback={null}>
              <Actions
                projectId={projectId}
                trace={trace}
                isAnnotating={isAnnotating}
                onAnnotate={() => setAnnotating(!isAnnotating)}
              />
            </Suspense>
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
      {error !== null && skeleton === undefined && <ErrorState error={error} onRetry={refetch} />}
      {error !== null && skeleton !== undefined && <RestMissing error={error} onRetry={refetch} />}
      {model !== undefined && (
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

const VIEW_OPTIONS = [
  { value: "waterfall", label: "Waterfall" },
  { value: "transcript", label: "Transcript" },
] as const satisfies readonly { value: View; label: string }[];

interface PanesProps {
  projectId: string;
  trace: TraceBody;
  model: TraceModel;
  place: "page" | "peek";
  isAnnotating: boolean;
  onAnnotate: (isAnnotating: boolean) => void;
}

function Panes({ projectId, trace, model, place, isAnnotating, onAnnotate }: PanesProps) {
  const asked = useTraceState();
  const isHere = asked.observationId === null || model.skeleton.id.includes(asked.observationId);
  const state = useMemo(() => (isHere ? asked : { ...asked, observationId: null }), [asked, isHere]);
  const { ref, width } = useWidth<HTMLDivElement>();
  const { trace: taste } = usePreferences();
  const [isInspecting, setInspecting] = useState(state.observationId !== null);
  const isNarrow = width > 0 && width < NARROW;
  const scope = place === "peek" ? "panel" : "page";
  const select = useMemo<TraceState["select"]>(
    () => (id, how) => {
      state.select(id, how);
      if (how !== "replace") setInspecting(true);
    },
    [state],
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
    <Suspense fallback={null}>
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
    </Suspense>
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

interface NavigatorPaneProps extends Pick<PanesProps, "projectId" | "trace" | "model"> {
  scope: "page" | "panel";
  state: TraceState;
  onSelect: TraceState["select"];
}

function NavigatorPane({ projectId, trace, model, scope, state, onSelect }: NavigatorPaneProps) {
  const navigator = useNavigator(model, state.observationId, projectId, trace.id);
  const traceName = trace.name ?? "trace";
  useNeighbours(projectId, navigator, trace.updatedUs);
  const switcher = <Segmented label="View" value={state.view} options={VIEW_OPTIONS} onChange={state.show} />;
  return (
    <div className="flex min-h-0 grow flex-col">
      {state.view === "waterfall" ? (
        <Waterfall navigator={navigator} switcher={switcher} traceName={traceName} scope={scope} onSelect={onSelect} />
      ) : (
        <Suspense fallback={<div className="px-2 py-1">{switcher}</div>}>
          <TranscriptView
            switcher={switcher}
            projectId={projectId}
            traceName={traceName}
            model={model}
            version={trace.updatedUs}
            selectedId={state.observationId}
            onSelect={onSelect}
          />
        </Suspense>
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
