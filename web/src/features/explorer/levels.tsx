/** What differs between the lists: their columns, their facets, and what a row opens. */
import type { ReactNode } from "react";

import type { ObservationRow, TraceRow } from "@/api/explorer";
import { href, type ListLevel } from "@/lib/href";
import type { ColumnShape } from "@/models/columns";
import { Chip, HueDot } from "@/ui/Chip";
import { Link } from "@/ui/Link";
import { LevelBadge } from "@/ui/LevelBadge";
import { TypeIcon } from "@/ui/TypeIcon";
import { CostText, DurationText, TimeText, TokensText } from "@/ui/values";
import { formatCount } from "@/lib/formatters";

import { ChipList, HeatBar, PreviewCell, ScoreChips } from "./cells";

export interface CellContext {
  projectId: string;
  today: string;
  lines: number;
  /** 95th percentile of the loaded rows' latencies, µs. */
  slowUs: number;
}

export interface Column<Row> extends ColumnShape {
  label: string;
  /** The server's name for sorting by it. */
  sort?: string;
  isNumeric?: boolean;
  /** Takes a share of what is left of the width. */
  grows?: boolean;
  cell: (row: Row, context: CellContext) => ReactNode;
}

export interface FacetLook {
  field: string;
  label: string;
}

export interface LevelLook<Row = never> {
  level: ListLevel;
  title: string;
  /** Name of one row in words: "trace". */
  noun: string;
  usualSort: string;
  columns: readonly Column<Row>[];
  facets: readonly FacetLook[];
  idOf: (row: Row) => string;
  traceIdOf: (row: Row) => string;
  pathOf: (row: Row, projectId: string) => string;
  hasError: (row: Row) => boolean;
}

const ABSENT = <span className="text-text-3">—</span>;

/** A column that this list cannot be sorted by, and does not show at first. */
function unsorted<Row>(column: Column<Row>): Column<Row> {
  const { id, label, width, cell } = column;
  return { id, label, width, cell, isUsual: false };
}

function text(value: string | null): ReactNode {
  return value === null ? (
    ABSENT
  ) : (
    <span className="truncate" dir="auto" title={value}>
      {value}
    </span>
  );
}

function environment(value: string): ReactNode {
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <HueDot name={value} />
      <span className="truncate">{value}</span>
    </span>
  );
}

function tags(values: readonly string[], lines: number): ReactNode {
  if (values.length === 0) return ABSENT;
  return (
    <ChipList lines={lines}>
      {values.map((tag) => (
        <Chip key={tag}>{tag}</Chip>
      ))}
    </ChipList>
  );
}

function sessionLink(id: string | null): ReactNode {
  return text(id);
}

function issues(errors: number, warnings: number): ReactNode {
  if (errors + warnings === 0) return null;
  return (
    <span className="ml-auto flex shrink-0 gap-1">
      {errors > 0 && <Chip tone="danger" title={`${errors} with errors`}>{`${errors}✕`}</Chip>}
      {warnings > 0 && <Chip tone="warn" title={`${warnings} with warnings`}>{`${warnings}!`}</Chip>}
    </span>
  );
}

function shared<Row extends TraceRow | ObservationRow>(): Record<
  | "input"
  | "output"
  | "latency"
  | "tokens"
  | "cost"
  | "scores"
  | "user"
  | "session"
  | "tags"
  | "environment"
  | "version",
  Column<Row>
> {
  return {
    input: {
      id: "input",
      label: "Input",
      width: 180,
      isUsual: true,
      grows: true,
      cell: (row, { lines }) => <PreviewCell text={row.inputPreview} lines={lines} />,
    },
    output: {
      id: "output",
      label: "Output",
      width: 180,
      isUsual: true,
      grows: true,
      cell: (row, { lines }) => <PreviewCell text={row.outputPreview} lines={lines} />,
    },
    latency: {
      id: "latency",
      label: "Latency",
      width: 84,
      isUsual: true,
      isNumeric: true,
      sort: "latency",
      cell: (row, { slowUs }) => (
        <HeatBar value={row.latencyUs} limit={slowUs}>
          <DurationText us={row.latencyUs} isRunning={"isRunning" in row && row.isRunning && row.latencyUs === null} />
        </HeatBar>
      ),
    },
    tokens: {
      id: "tokens",
      label: "Tokens",
      width: 116,
      isUsual: true,
      isNumeric: true,
      sort: "totalTokens",
      cell: (row) => <TokensText input={row.inputTokens} output={row.outputTokens} total={row.totalTokens} />,
    },
    cost: {
      id: "cost",
      label: "Cost",
      width: 84,
      isUsual: true,
      isNumeric: true,
      sort: "cost",
      cell: (row) => <CostText amount={row.cost} unpriced={"unpricedCount" in row ? row.unpricedCount : 0} />,
    },
    scores: {
      id: "scores",
      label: "Scores",
      width: 200,
      isUsual: true,
      cell: (row, { lines }) => <ScoreChips scores={row.scores} lines={lines} />,
    },
    user: { id: "user", label: "User", width: 104, isUsual: true, sort: "userId", cell: (row) => text(row.userId) },
    session: {
      id: "session",
      label: "Session",
      width: 104,
      isUsual: true,
      sort: "sessionId",
      cell: (row) => sessionLink(row.sessionId),
    },
    tags: { id: "tags", label: "Tags", width: 120, isUsual: true, cell: (row, { lines }) => tags(row.tags, lines) },
    environment: {
      id: "environment",
      label: "Environment",
      width: 120,
      isUsual: false,
      sort: "environment",
      cell: (row) => environment(row.environment),
    },
    version: {
      id: "version",
      label: "Version",
      width: 96,
      isUsual: false,
      sort: "version",
      cell: (row) => text(row.version),
    },
  };
}

const ofTraces = shared<TraceRow>();
const ofObservations = shared<ObservationRow>();

export const TRACES: LevelLook<TraceRow> = {
  level: "traces",
  title: "Traces",
  noun: "trace",
  usualSort: "timestamp",
  idOf: (row) => row.id,
  traceIdOf: (row) => row.id,
  pathOf: (row, projectId) => href.trace({ projectId, traceId: row.id }),
  hasError: (row) => row.errorCount > 0,
  columns: [
    {
      id: "time",
      label: "Time",
      width: 140,
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
    ofTraces.cost,
    ofTraces.scores,
    { ...ofTraces.user },
    { ...ofTraces.session },
    ofTraces.tags,
    ofTraces.environment,
    {
      id: "observations",
      label: "Observations",
      width: 112,
      isUsual: false,
      isNumeric: true,
      sort: "observationCount",
      cell: (row) => <span className="tabular">{formatCount(row.observationCount)}</span>,
    },
    ofTraces.version,
    { id: "release", label: "Release", width: 96, isUsual: false, sort: "release", cell: (row) => text(row.release) },
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

const observationPath = (row: ObservationRow, projectId: string) =>
  href.trace({ projectId, traceId: row.traceId, observation: row.id });

export const OBSERVATIONS: LevelLook<ObservationRow> = {
  level: "observations",
  title: "Observations",
  noun: "observation",
  usualSort: "startTime",
  idOf: (row) => row.id,
  traceIdOf: (row) => row.traceId,
  pathOf: observationPath,
  hasError: (row) => row.level === "ERROR",
  columns: [
    {
      id: "time",
      label: "Start",
      width: 140,
      isUsual: true,
      isPinned: true,
      sort: "startTime",
      cell: (row, { today, projectId }) => (
        <RowLink to={observationPath(row, projectId)}>
          <TimeText us={row.startTimeUs} today={today} />
        </RowLink>
      ),
    },
    {
      id: "name",
      label: "Name",
      width: 196,
      isUsual: true,
      sort: "name",
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
    { id: "type", label: "Type", width: 104, isUsual: false, sort: "type", cell: (row) => text(row.type) },
    { id: "trace", label: "Trace", width: 136, isUsual: true, cell: (row) => text(row.traceName) },
    { id: "model", label: "Model", width: 160, isUsual: true, sort: "model", cell: (row) => text(row.model) },
    ofObservations.input,
    ofObservations.output,
    ofObservations.latency,
    {
      id: "ttft",
      label: "First token",
      width: 84,
      isUsual: true,
      isNumeric: true,
      sort: "timeToFirstToken",
      cell: (row) => <DurationText us={row.timeToFirstTokenUs} />,
    },
    ofObservations.tokens,
    ofObservations.cost,
    { ...ofObservations.scores, isUsual: false },
    {
      id: "prompt",
      label: "Prompt",
      width: 140,
      isUsual: false,
      sort: "promptName",
      cell: (row) => text(row.promptName === null ? null : `${row.promptName} v${row.promptVersion ?? "?"}`),
    },
    { id: "status", label: "Status", width: 180, isUsual: false, cell: (row) => text(row.statusMessage) },
    unsorted(ofObservations.user),
    unsorted(ofObservations.session),
    { ...ofObservations.tags, isUsual: false },
    ofObservations.environment,
    ofObservations.version,
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

function RowLink({ to, children }: { to: string; children: ReactNode }) {
  return (
    <Link to={to} data-row-link className="rounded-sm text-text hover:underline">
      {children}
    </Link>
  );
}
