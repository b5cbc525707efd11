import type { SessionRow } from "@/api/explorer";
import { href } from "@/lib/href";
import { DurationText } from "@/ui/values";

import {
  COST,
  counts,
  ENVIRONMENT,
  INPUT,
  issues,
  linked,
  moments,
  RowLink,
  SCORES_OF_ROW,
  TAGS,
  text,
  TOKENS,
} from "./columns";
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
    moments(
      { id: "lastActivity", inFile: ["lastActivityUs"], label: "Last activity", width: 152, sort: "lastActivity" },
      (row) => row.lastActivityUs,
    ),
    moments({ id: "start", inFile: ["startUs"], label: "Start", isUsual: false, sort: "start" }, (row) => row.startUs),
    { ...INPUT, id: "preview", label: "Asked last", width: 172 },
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
    counts(
      {
        id: "traces",
        inFile: ["traceCount", "observationCount", "errorCount"],
        label: "Traces",
        width: 80,
        sort: "traceCount",
      },
      (row) => row.traceCount,
    ),
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
    TOKENS,
    COST,
    SCORES_OF_ROW,
    TAGS,
    ENVIRONMENT,
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
