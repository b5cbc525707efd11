import type { ScoreRow } from "@/api/explorer";
import { formatId } from "@/lib/formatters";
import { href } from "@/lib/href";
import { Link } from "@/ui/Link";
import { TimeText } from "@/ui/values";

import { PreviewCell, scoreText } from "./cells";
import { environment, id, linked, RowLink, tags, text } from "./columns";
import type { LevelLook } from "./levels";
import { NO_SCORES } from "./nothing";
import { SCORE_QUESTIONS } from "./quick";

/** The page of what a score is about, or the score itself in the list. */
function pathOf(row: ScoreRow, projectId: string): string {
  const { traceId, observationId, sessionId } = row;
  if (traceId !== null)
    return href.trace({
      projectId,
      traceId,
      observation: observationId ?? undefined,
      search: { traceTab: "scores" },
    });
  if (sessionId !== null) return href.session({ projectId, sessionId });
  return href.list({ projectId, level: "scores", search: { q: `id:${JSON.stringify(row.id)}`, dateRange: "All" } });
}

export const SCORES: LevelLook<ScoreRow> = {
  level: "scores",
  title: "Scores",
  noun: "score",
  usualSort: "timestamp",
  idOf: (row) => row.id,
  peekOf: ({ id: score, traceId, observationId }) =>
    traceId === null ? null : { peek: score, traceId, observation: observationId ?? undefined, traceTab: "scores" },
  pathOf,
  hasError: () => false,
  hasHistogram: true,
  isFollowed: true,
  hasPayload: false,
  quick: SCORE_QUESTIONS,
  placeholder: "name:helpful value:<0.5 source:ANNOTATION",
  nothingYet: NO_SCORES,
  columns: [
    {
      id: "time",
      isTime: true,
      inFile: ["timestampUs"],
      label: "Time",
      width: 156,
      isUsual: true,
      isPinned: true,
      sort: "timestamp",
      cell: (row, { today, projectId }) => (
        <RowLink to={pathOf(row, projectId)}>
          <TimeText us={row.timestampUs} today={today} />
        </RowLink>
      ),
    },
    {
      id: "name",
      label: "Name",
      width: 144,
      isUsual: true,
      sort: "name",
      filter: { field: "name", value: (row) => row.name },
      cell: (row) => text(row.name),
    },
    {
      id: "value",
      inFile: ["value", "stringValue"],
      label: "Value",
      width: 112,
      isUsual: true,
      sort: "value",
      cell: (row) => (
        <span className="truncate" dir="auto" data-value={row.stringValue ?? row.value}>
          {scoreText(row)}
        </span>
      ),
    },
    {
      id: "target",
      inFile: ["traceId", "traceName", "observationId", "sessionId", "datasetRunId"],
      label: "About",
      width: 200,
      isUsual: true,
      cell: (row, { projectId }) => <Target row={row} projectId={projectId} />,
    },
    {
      id: "type",
      inFile: ["dataType"],
      label: "Type",
      width: 96,
      isUsual: true,
      sort: "dataType",
      filter: { field: "type", value: (row) => row.dataType },
      cell: (row) => <span className="text-12 text-text-2">{row.dataType.toLowerCase()}</span>,
    },
    {
      id: "source",
      label: "Source",
      width: 92,
      isUsual: true,
      sort: "source",
      filter: { field: "source", value: (row) => row.source },
      cell: (row) => <span className="text-12 text-text-2">{SOURCES[row.source] ?? row.source}</span>,
    },
    {
      id: "comment",
      label: "Comment",
      width: 180,
      isUsual: true,
      grows: true,
      cell: (row, { lines }) => <PreviewCell text={row.comment} lines={lines} />,
    },
    {
      id: "author",
      inFile: ["authorUserId"],
      label: "Author",
      width: 120,
      isUsual: true,
      filter: { field: "author", value: (row) => row.authorUserId },
      cell: (row) => text(row.authorUserId),
    },
    {
      id: "user",
      inFile: ["userId"],
      label: "User",
      width: 120,
      isUsual: false,
      filter: { field: "user", value: (row) => row.userId },
      cell: (row, { projectId }) => linked(row.userId, (userId) => href.user({ projectId, userId })),
    },
    { id: "tags", label: "Tags", width: 120, isUsual: false, cell: (row, { lines }) => tags(row.tags, lines) },
    {
      id: "environment",
      label: "Environment",
      width: 120,
      isUsual: true,
      sort: "environment",
      filter: { field: "env", value: (row) => row.environment },
      cell: (row) => environment(row.environment),
    },
    {
      id: "metadata",
      label: "Metadata",
      width: 200,
      isUsual: false,
      cell: (row, { lines }) => (
        <PreviewCell
          text={Object.keys(row.metadata).length === 0 ? null : JSON.stringify(row.metadata)}
          lines={lines}
        />
      ),
    },
    { id: "id", label: "Id", width: 220, isUsual: false, sort: "id", cell: (row) => id(row.id) },
  ],
  facets: [
    { field: "name", label: "Name" },
    { field: "source", label: "Source" },
    { field: "type", label: "Type" },
    { field: "env", label: "Environment" },
    { field: "value", label: "Value" },
    { field: "label", label: "Label" },
    { field: "author", label: "Author" },
    { field: "trace.name", label: "Trace name" },
    { field: "user", label: "User" },
    { field: "tag", label: "Tags of the trace" },
    { field: "config", label: "Config" },
    { field: "queue", label: "Queue" },
    { field: "evaluator", label: "Evaluator" },
  ],
};

const SOURCES: Readonly<Record<string, string>> = { API: "code", ANNOTATION: "person", EVAL: "evaluator" };

/** What was scored, as a link. */
function Target({ row, projectId }: { row: ScoreRow; projectId: string }) {
  const { traceId, observationId, sessionId, datasetRunId, traceName } = row;
  if (traceId === null && sessionId === null)
    return text(datasetRunId === null ? null : `experiment ${formatId(datasetRunId)}`);
  const kind = traceId === null ? "session" : observationId === null ? "trace" : "observation";
  const name = traceId === null ? sessionId : traceName;
  return (
    <Link to={pathOf(row, projectId)} className="flex min-w-0 items-center gap-1.5 rounded-sm hover:underline">
      <span className="text-12 text-text-3">{kind}</span>
      <span className="truncate" dir="auto" title={name ?? traceId ?? undefined}>
        {name ?? formatId(traceId ?? "")}
      </span>
    </Link>
  );
}
