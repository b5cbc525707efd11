import type { TraceRow } from "@/api/explorer";
import { formatCount } from "@/lib/formatters";
import { href } from "@/lib/href";
import { Chip } from "@/ui/Chip";
import { TimeText } from "@/ui/values";

import { issues, RowLink, shared, text } from "./columns";
import type { LevelLook } from "./levels";
import { NO_TRACES } from "./nothing";
import { TRACING_QUESTIONS } from "./quick";

const ofTraces = shared<TraceRow>();

export const TRACES: LevelLook<TraceRow> = {
  level: "traces",
  title: "Traces",
  noun: "trace",
  usualSort: "timestamp",
  idOf: (row) => row.id,
  peekOf: (row) => ({ peek: row.id }),
  latencyOf: (row) => row.latencyUs,
  pathOf: (row, projectId) => href.trace({ projectId, traceId: row.id }),
  hasError: (row) => row.errorCount > 0,
  hasHistogram: true,
  isFollowed: true,
  hasPayload: true,
  quick: TRACING_QUESTIONS,
  placeholder: "user:user-42 latency:>2s refund policy",
  nothingYet: NO_TRACES,
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
        <RowLink to={href.trace({ projectId, traceId: row.id })}>
          <TimeText us={row.timestampUs} today={today} />
        </RowLink>
      ),
    },
    {
      id: "name",
      label: "Name",
      width: 160,
      isUsual: true,
      sort: "name",
      filter: { field: "name", value: (row) => row.name },
      cell: (row) => (
        <span className="flex min-w-0 grow items-center gap-1.5">
          {text(row.name)}
          {row.isRunning && <Chip tone="outline">running</Chip>}
          {issues(row.errorCount, row.warningCount)}
        </span>
      ),
    },
    ofTraces.input,
    ofTraces.output,
    ofTraces.latency,
    ofTraces.tokens,
    { ...ofTraces.cost, inFile: ["cost", "unpricedCount"] },
    ofTraces.scores,
    { ...ofTraces.user },
    { ...ofTraces.session },
    ofTraces.tags,
    ofTraces.environment,
    {
      id: "observations",
      inFile: ["observationCount", "errorCount", "warningCount"],
      label: "Observations",
      width: 112,
      isUsual: false,
      isNumeric: true,
      sort: "observationCount",
      cell: (row) => <span className="tabular">{formatCount(row.observationCount)}</span>,
    },
    ofTraces.version,
    {
      id: "release",
      label: "Release",
      width: 96,
      isUsual: false,
      sort: "release",
      filter: { field: "release", value: (row) => row.release },
      cell: (row) => text(row.release),
    },
    {
      id: "id",
      label: "Id",
      width: 220,
      isUsual: false,
      sort: "id",
      cell: (row) => <span className="truncate font-mono text-12">{row.id}</span>,
    },
  ],
  facets: [
    { field: "env", label: "Environment" },
    { field: "name", label: "Name" },
    { field: "level", label: "Level" },
    { field: "user", label: "User" },
    { field: "session", label: "Session" },
    { field: "tag", label: "Tags" },
    { field: "model", label: "Model" },
    { field: "tool", label: "Tool called" },
    { field: "prompt", label: "Prompt" },
    { field: "version", label: "Version" },
    { field: "release", label: "Release" },
    { field: "latency", label: "Latency" },
    { field: "cost", label: "Cost" },
    { field: "tokens", label: "Tokens" },
  ],
};
