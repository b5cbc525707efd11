import type { ScoreRow } from "@/api/explorer";
import { formatId } from "@/lib/formatters";
import { href } from "@/lib/href";
import { Link } from "@/ui/Link";

import { PreviewCell, scoreText } from "./cells";
import { ENVIRONMENT, ID, rowTimes, TAGS, text, unsorted, USER, values } from "./columns";
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
    rowTimes({ label: "Time", sort: "timestamp", inFile: ["timestampUs"] }, (row) => row.timestampUs, pathOf),
    values({ id: "name", label: "Name", width: 144 }, "name", (row) => row.name),
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
    values(
      {
        id: "type",
        inFile: ["dataType"],
        label: "Type",
        width: 96,
        sort: "dataType",
        cell: (row) => word(row.dataType.toLowerCase()),
      },
      "type",
      (row) => row.dataType,
    ),
    values(
      { id: "source", label: "Source", width: 92, cell: (row) => word(SOURCES[row.source] ?? row.source) },
      "source",
      (row) => row.source,
    ),
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
    unsorted({ ...USER, width: 120 }),
    TAGS,
    ENVIRONMENT,
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
    ID,
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

const word = (value: string) => <span className="text-12 text-text-2">{value}</span>;

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
