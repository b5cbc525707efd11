import type { SessionRow } from "@/api/explorer";
import { href } from "@/lib/href";
import { CostText, DurationText, TimeText, TokensText } from "@/ui/values";

import { PreviewCell, ScoreChips } from "./cells";
import { count, environment, issues, linked, RowLink, tags, text } from "./columns";
import type { LevelLook } from "./levels";
import { NO_SESSIONS } from "./nothing";
import { TRACING_QUESTIONS } from "./quick";

const pathOf = (row: SessionRow, projectId: string) => href.session({ projectId, sessionId: row.id });

export const SESSIONS: LevelLook<SessionRow> = {
  level: "sessions",
  title: "Sessions",
  noun: "session",
  usualSort: "lastActivity",
  idOf: (row) => row.id,
  pathOf,
  hasError: (row) => row.errorCount > 0,
  hasHistogram: false,
  isFollowed: true,
  hasPayload: false,
  quick: TRACING_QUESTIONS,
  placeholder: "user:user-42 traces:>5 latency:>10m",
  nothingYet: NO_SESSIONS,
  columns: [
    {
      id: "id",
      label: "Session",
      width: 184,
      isUsual: true,
      isPinned: true,
      sort: "id",
      filter: { field: "session", value: (row) => row.id },
      cell: (row, { projectId }) => (
        <>
          <RowLink to={pathOf(row, projectId)}>{text(row.id)}</RowLink>
          {issues(row.errorCount, 0)}
        </>
      ),
    },
    {
      id: "lastActivity",
      isTime: true,
      inFile: ["lastActivityUs"],
      label: "Last activity",
      width: 128,
      isUsual: true,
      sort: "lastActivity",
      cell: (row, { today }) => <TimeText us={row.lastActivityUs} today={today} />,
    },
    {
      id: "start",
      isTime: true,
      inFile: ["startUs"],
      label: "Start",
      width: 156,
      isUsual: false,
      sort: "start",
      cell: (row, { today }) => <TimeText us={row.startUs} today={today} />,
    },
    {
      id: "preview",
      inFile: ["inputPreview"],
      label: "Asked last",
      width: 172,
      isUsual: true,
      grows: true,
      cell: (row, { lines }) => <PreviewCell text={row.inputPreview} lines={lines} />,
    },
    {
      id: "duration",
      inFile: ["durationUs"],
      label: "Duration",
      width: 88,
      isUsual: true,
      isNumeric: true,
      sort: "duration",
      cell: (row) => <DurationText us={row.durationUs} />,
    },
    {
      id: "active",
      inFile: ["activeUs"],
      label: "At work",
      width: 80,
      isUsual: true,
      isNumeric: true,
      cell: (row) => <DurationText us={row.activeUs} />,
    },
    {
      id: "traces",
      inFile: ["traceCount", "observationCount", "errorCount"],
      label: "Traces",
      width: 80,
      isUsual: true,
      isNumeric: true,
      sort: "traceCount",
      cell: (row) => count(row.traceCount),
    },
    {
      id: "user",
      inFile: ["userId", "userCount"],
      label: "User",
      width: 120,
      isUsual: true,
      filter: { field: "user", value: (row) => row.userId },
      cell: (row, { projectId }) => (
        <>
          {linked(row.userId, (userId) => href.user({ projectId, userId }))}
          {row.userCount > 1 && <span className="pl-1 text-text-3">+{row.userCount - 1}</span>}
        </>
      ),
    },
    {
      id: "tokens",
      inFile: ["inputTokens", "outputTokens", "totalTokens"],
      label: "Tokens",
      width: 116,
      isUsual: true,
      isNumeric: true,
      sort: "totalTokens",
      cell: (row) => <TokensText input={row.inputTokens} output={row.outputTokens} total={row.totalTokens} />,
    },
    {
      id: "cost",
      inFile: ["cost", "unpricedCount"],
      label: "Cost",
      width: 100,
      isUsual: true,
      isNumeric: true,
      sort: "cost",
      cell: (row) => <CostText amount={row.cost} unpriced={row.unpricedCount} />,
    },
    {
      id: "scores",
      label: "Scores",
      width: 200,
      isUsual: true,
      cell: (row, { lines }) => <ScoreChips scores={row.scores} lines={lines} />,
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
  ],
  facets: [
    { field: "env", label: "Environment" },
    { field: "user", label: "User" },
    { field: "name", label: "Name of a trace" },
    { field: "level", label: "Level of a trace" },
    { field: "tag", label: "Tags" },
    { field: "version", label: "Version" },
    { field: "release", label: "Release" },
    { field: "traces", label: "Traces" },
    { field: "latency", label: "Duration" },
    { field: "cost", label: "Cost" },
    { field: "tokens", label: "Tokens" },
  ],
};
