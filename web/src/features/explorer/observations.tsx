import type { ObservationRow } from "@/api/explorer";
import { href } from "@/lib/href";
import { LevelBadge } from "@/ui/LevelBadge";
import { TypeIcon } from "@/ui/TypeIcon";
import { DurationText } from "@/ui/values";

import {
  COST,
  ENVIRONMENT,
  ID,
  INPUT,
  LATENCY,
  names,
  OUTPUT,
  rowTimes,
  SCORES_OF_ROW,
  SESSION,
  TAGS,
  text,
  TOKENS,
  unsorted,
  USER,
  values,
  VERSION,
} from "./columns";
import type { LevelLook } from "./levels";
import { NO_TRACES } from "./nothing";
import { TRACING_QUESTIONS } from "./quick";

const observationPath = (row: ObservationRow, projectId: string) =>
  href.trace({ projectId, traceId: row.traceId, observation: row.id });

export const OBSERVATIONS: LevelLook<ObservationRow> = {
  level: "observations",
  title: "Observations",
  noun: "observation",
  usualSort: "startTime",
  idOf: (row) => row.id,
  peekOf: (row) => ({ peek: row.id, traceId: row.traceId, observation: row.id }),
  latencyOf: (row) => row.latencyUs,
  pathOf: observationPath,
  hasError: (row) => row.level === "ERROR",
  hasHistogram: true,
  isFollowed: true,
  hasPayload: true,
  quick: TRACING_QUESTIONS,
  placeholder: "user:user-42 latency:>2s refund policy",
  nothingYet: NO_TRACES,
  columns: [
    rowTimes({ label: "Start", sort: "startTime", inFile: ["startTimeUs"] }, (row) => row.startTimeUs, observationPath),
    values(
      {
        id: "name",
        inFile: ["type", "name", "level"],
        label: "Name",
        width: 196,
        cell: (row) => (
          <span className="flex min-w-0 grow items-center gap-1.5">
            <TypeIcon type={row.type} />
            {text(row.name)}
            <span className="ml-auto">
              <LevelBadge level={row.level} />
            </span>
          </span>
        ),
      },
      "name",
      (row) => row.name,
    ),
    values({ id: "type", label: "Type", width: 104, isUsual: false }, "type", (row) => row.type),
    {
      id: "trace",
      inFile: ["traceId", "traceName"],
      label: "Trace",
      width: 136,
      isUsual: true,
      filter: { field: "trace.name", value: (row) => row.traceName },
      cell: (row) => text(row.traceName),
    },
    values({ id: "model", label: "Model", width: 160 }, "model", (row) => row.model),
    INPUT,
    OUTPUT,
    LATENCY,
    {
      id: "ttft",
      inFile: ["timeToFirstTokenUs"],
      label: "First token",
      width: 84,
      isUsual: true,
      isNumeric: true,
      sort: "timeToFirstToken",
      cell: (row) => <DurationText us={row.timeToFirstTokenUs} />,
    },
    TOKENS,
    { ...COST, inFile: ["cost", "isUnpriced"] },
    { ...SCORES_OF_ROW, isUsual: false },
    names({ id: "toolsCalled", label: "Tools called" }, (row) => row.toolsCalled),
    {
      id: "prompt",
      inFile: ["promptName", "promptVersion"],
      label: "Prompt",
      width: 156,
      isUsual: false,
      sort: "promptName",
      filter: { field: "prompt", value: (row) => row.promptName },
      cell: (row) => text(row.promptName === null ? null : `${row.promptName} v${row.promptVersion ?? "?"}`),
    },
    {
      id: "status",
      inFile: ["statusMessage"],
      label: "Status",
      width: 180,
      isUsual: false,
      filter: { field: "status", value: (row) => row.statusMessage },
      cell: (row) => text(row.statusMessage),
    },
    unsorted(USER),
    unsorted(SESSION),
    TAGS,
    { ...ENVIRONMENT, isUsual: false },
    VERSION,
    ID,
  ],
  facets: [
    { field: "type", label: "Type" },
    { field: "env", label: "Environment" },
    { field: "name", label: "Name" },
    { field: "level", label: "Level" },
    { field: "model", label: "Model" },
    { field: "tool", label: "Tool called" },
    { field: "prompt", label: "Prompt" },
    { field: "trace.name", label: "Trace name" },
    { field: "version", label: "Version" },
    { field: "latency", label: "Latency" },
    { field: "ttft", label: "First token" },
    { field: "cost", label: "Cost" },
    { field: "tokens", label: "Tokens" },
  ],
};
