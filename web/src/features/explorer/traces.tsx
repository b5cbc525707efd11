import type { TraceRow } from "@/api/explorer";
import { href } from "@/lib/href";
import { Chip } from "@/ui/Chip";

import {
  COST,
  counts,
  ENVIRONMENT,
  ID,
  INPUT,
  issues,
  LATENCY,
  names,
  OUTPUT,
  rowTimes,
  SCORES_OF_ROW,
  SESSION,
  TAGS,
  text,
  TOKENS,
  USER,
  values,
  VERSION,
} from "./columns";
import type { LevelLook } from "./levels";
import { NO_TRACES } from "./nothing";
import { TRACING_QUESTIONS } from "./quick";

const pathOf = (row: TraceRow, projectId: string) => href.trace({ projectId, traceId: row.id });

export const TRACES: LevelLook<TraceRow> = {
  level: "traces",
  title: "Traces",
  noun: "trace",
  usualSort: "timestamp",
  idOf: (row) => row.id,
  peekOf: (row) => ({ peek: row.id }),
  latencyOf: (row) => row.latencyUs,
  pathOf,
  hasError: (row) => row.errorCount > 0,
  hasHistogram: true,
  isFollowed: true,
  hasPayload: true,
  partColumns: ["models", "tools"],
  quick: TRACING_QUESTIONS,
  placeholder: "user:user-42 latency:>2s refund policy",
  nothingYet: NO_TRACES,
  columns: [
    rowTimes({ label: "Time", sort: "timestamp", inFile: ["timestampUs"] }, (row) => row.timestampUs, pathOf),
    values(
      {
        id: "name",
        label: "Name",
        width: 160,
        cell: (row) => (
          <span className="flex min-w-0 grow items-center gap-1.5">
            {text(row.name)}
            {row.isRunning && <Chip tone="outline">running</Chip>}
            {issues(row.errorCount, row.warningCount)}
          </span>
        ),
      },
      "name",
      (row) => row.name,
    ),
    INPUT,
    OUTPUT,
    LATENCY,
    TOKENS,
    COST,
    SCORES_OF_ROW,
    USER,
    SESSION,
    { ...TAGS, isUsual: true },
    names({ id: "models", label: "Models" }, (row) => row.models),
    names({ id: "tools", label: "Tools called" }, (row) => row.tools),
    { ...ENVIRONMENT, isUsual: false },
    counts(
      {
        id: "observations",
        inFile: ["observationCount", "errorCount", "warningCount"],
        label: "Observations",
        width: 112,
        isUsual: false,
        sort: "observationCount",
      },
      (row) => row.observationCount,
    ),
    VERSION,
    values({ id: "release", label: "Release", width: 96, isUsual: false }, "release", (row) => row.release),
    ID,
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
