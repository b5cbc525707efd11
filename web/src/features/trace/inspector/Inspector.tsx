import { useQuery } from "@tanstack/react-query";
import { Tabs } from "radix-ui";
import { useMemo } from "react";

import type { ObservationBody, Owner, ScoreBody, TraceBody } from "@/api/traces";
import { useShortcuts } from "@/app/useShortcuts";
import type { Shortcut } from "@/lib/shortcuts";
import type { TraceModel } from "@/models/trace/model";
import { stepOf } from "@/models/trace/step";
import { deferred } from "@/ui/deferred";
import { useRole } from "@/ui/Permitted";
import { ErrorState } from "@/ui/states";

import { observationQuery } from "../useTrace";
import { TABS, type Tab, type TraceState } from "../useTraceState";
import { Head } from "./Head";

const IoTab = deferred(() => import("../io/IoTab").then((module) => module.IoTab));
void IoTab.preload().catch(() => undefined); // at once, beside the texts that it shows: the tree does not wait for it
const AttributesTab = deferred(() => import("./tabs").then((tabs) => tabs.AttributesTab));
const CommentsTab = deferred(() => import("./tabs").then((tabs) => tabs.CommentsTab));
const RawTab = deferred(() => import("./tabs").then((tabs) => tabs.RawTab));
const ScoresTab = deferred(() => import("./tabs").then((tabs) => tabs.ScoresTab));

const LABELS: Readonly<Record<Tab, string>> = {
  io: "I/O",
  attributes: "Attributes",
  scores: "Scores",
  comments: "Comments",
  raw: "Raw",
};
const FIRST_TAB_KEY = 4;

export interface InspectorProps {
  projectId: string;
  trace: TraceBody;
  model: TraceModel;
  state: TraceState;
  scope: "page" | "panel";
  /** Grows each time that somebody wants to write a comment. */
  isCommentWished: boolean;
  onCommentBegun: () => void;
}

/** What is selected, in full: its head, and one of five tabs. */
export function Inspector({ projectId, trace, model, state, scope, isCommentWished, onCommentBegun }: InspectorProps) {
  const { observationId, tab, open } = state;
  const query = useQuery({
    ...observationQuery(projectId, observationId ?? "", trace.updatedUs),
    enabled: observationId !== null,
  });
  const observation = observationId === null ? undefined : query.data;
  const step = useMemo(
    () => (observationId === null ? undefined : stepOf(model.skeleton, observationId)),
    [model.skeleton, observationId],
  );
  useTabKeys(scope, open);
  const owner = useMemo<Owner>(
    () =>
      observationId === null
        ? { projectId, kind: "traces", id: trace.id }
        : { projectId, kind: "observations", id: observationId },
    [projectId, trace.id, observationId],
  );
  if (observationId !== null && query.error !== null && observation === undefined)
    return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <Tabs.Root
      value={tab}
      onValueChange={(next) => open(next as Tab)}
      className="flex min-h-0 grow flex-col"
      data-testid="inspector"
    >
      {step !== undefined && (
        <Head step={step} observation={observation} traceStartUs={trace.timestampUs} projectId={projectId} />
      )}
      <TabList
        counts={{
          scores: countScores(trace.scores, observationId),
          comments: countComments(trace, model, observationId),
        }}
      />
      <Tabs.Content
        value={tab}
        key={`${tab}/${owner.id}`}
        tabIndex={-1}
        className="min-h-0 grow overflow-y-auto outline-none"
      >
        <TabBody
          projectId={projectId}
          trace={trace}
          model={model}
          state={state}
          owner={owner}
          observation={observation}
          isCommentWished={isCommentWished}
          onCommentBegun={onCommentBegun}
        />
      </Tabs.Content>
    </Tabs.Root>
  );
}

function TabList({ counts }: { counts: Partial<Record<Tab, number>> }) {
  const isVisitor = useRole() === "visitor";
  return (
    <Tabs.List
      aria-label="Of the selection"
      className="flex h-9 shrink-0 items-end gap-1 overflow-x-auto border-b border-line px-2"
    >
      {TABS.filter((one) => !isVisitor || one !== "comments").map((one) => (
        <Tabs.Trigger
          key={one}
          value={one}
          data-testid={`inspector-tab-${one}`}
          className="-mb-px h-8 border-b-2 border-transparent px-2 text-13 whitespace-nowrap text-text-2 outline-offset-[-2px] hover:text-text data-[state=active]:border-accent data-[state=active]:text-text"
        >
          {LABELS[one]}
          {(counts[one] ?? 0) > 0 && <span className="tabular ml-1 text-11 text-text-3">{counts[one]}</span>}
        </Tabs.Trigger>
      ))}
    </Tabs.List>
  );
}

type TabBodyProps = Pick<
  InspectorProps,
  "projectId" | "trace" | "model" | "state" | "isCommentWished" | "onCommentBegun"
> & {
  owner: Owner;
  observation: ObservationBody | undefined;
};

function TabBody({
  projectId,
  trace,
  model,
  state,
  owner,
  observation,
  isCommentWished,
  onCommentBegun,
}: TabBodyProps) {
  const { observationId, select } = state;
  const isVisitor = useRole() === "visitor";
  const subject = observationId === null ? trace : observation;
  switch (state.tab) {
    case "attributes":
      return subject === undefined ? null : <AttributesTab trace={trace} observation={observation} />;
    case "scores":
      return (
        <ScoresTab
          projectId={projectId}
          trace={trace}
          observationId={observationId}
          nameOf={(id) => nameOf(model, id)}
          onOpen={select}
        />
      );
    case "comments":
      return isVisitor ? (
        <p className="p-3 text-12 text-text-3">Comments are for members of the project.</p>
      ) : (
        <CommentsTab
          key={owner.id}
          projectId={projectId}
          traceId={trace.id}
          observationId={observationId}
          isWished={isCommentWished}
          onFulfilled={onCommentBegun}
        />
      );
    case "raw":
      return subject === undefined ? null : <RawTab subject={subject} />;
    case "io":
      return (
        <IoTab
          owner={owner}
          version={trace.updatedUs}
          sizes={subject && { input: subject.input.size, output: subject.output.size }}
          type={observationId === null ? "" : typeOf(model, observationId)}
          attributes={subject?.metadata}
          model={model}
          mode={state.mode}
          onMode={state.setMode}
          onOpen={select}
        />
      );
  }
}

const countScores = (scores: readonly ScoreBody[], observationId: string | null): number =>
  scores.filter((score) => (score.observationId ?? null) === observationId).length;
const countComments = (trace: TraceBody, { skeleton }: TraceModel, observationId: string | null): number =>
  (observationId === null
    ? trace.commentCounts[trace.id]
    : skeleton.commentCount[skeleton.id.indexOf(observationId)]) ?? 0;
const typeOf = ({ skeleton }: TraceModel, id: string): string => skeleton.type[skeleton.id.indexOf(id)] ?? "SPAN";
const nameOf = ({ skeleton }: TraceModel, id: string): string => skeleton.name[skeleton.id.indexOf(id)] ?? id;

function useTabKeys(scope: "page" | "panel", open: (tab: Tab) => void): void {
  const list = useMemo<Shortcut[]>(
    () =>
      TABS.map((tab, at) => ({ keys: String(FIRST_TAB_KEY + at), label: `Tab ${LABELS[tab]}`, run: () => open(tab) })),
    [open],
  );
  useShortcuts(scope, list);
}
