/** Columns that several lists have, and the cells that they are made of. */
import type { ReactNode } from "react";

import type { ObservationRow, TraceRow } from "@/api/explorer";
import { formatCount } from "@/lib/formatters";
import { href } from "@/lib/href";
import { Chip, HueDot } from "@/ui/Chip";
import { Link } from "@/ui/Link";
import { CostText, DurationText, TokensText } from "@/ui/values";

import { ChipList, HeatBar, PreviewCell, ScoreChips } from "./cells";
import type { Column } from "./levels";

const ABSENT = <span className="text-text-3">—</span>;

/** A column that this list cannot be sorted by, and does not show at first. */
export function unsorted<Row>(column: Column<Row>): Column<Row> {
  const { id, label, width, cell, inFile = [id] } = column;
  return { id, label, width, cell, inFile, isUsual: false };
}

export function text(value: string | null): ReactNode {
  return value === null ? (
    ABSENT
  ) : (
    <span className="truncate" dir="auto" title={value}>
      {value}
    </span>
  );
}

/** A value that has a page of its own. */
export function linked(value: string | null, to: (value: string) => string): ReactNode {
  if (value === null || value === "") return text(value);
  return (
    <Link to={to(value)} className="truncate rounded-sm hover:underline" dir="auto" title={value}>
      {value}
    </Link>
  );
}

export function environment(value: string): ReactNode {
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <HueDot name={value} />
      <span className="truncate">{value}</span>
    </span>
  );
}

export function tags(values: readonly string[], lines: number): ReactNode {
  if (values.length === 0) return ABSENT;
  return (
    <ChipList lines={lines}>
      {values.map((tag) => (
        <Chip key={tag}>{tag}</Chip>
      ))}
    </ChipList>
  );
}

export function count(value: number): ReactNode {
  return <span className="tabular">{formatCount(value)}</span>;
}

export function id(value: string): ReactNode {
  return (
    <span className="truncate font-mono text-12" title={value}>
      {value}
    </span>
  );
}

export function issues(errors: number, warnings: number): ReactNode {
  if (errors + warnings === 0) return null;
  return (
    <span className="ml-auto flex shrink-0 gap-1">
      {errors > 0 && <Chip tone="danger" title={`${errors} with errors`}>{`${errors}✕`}</Chip>}
      {warnings > 0 && <Chip tone="warn" title={`${warnings} with warnings`}>{`${warnings}!`}</Chip>}
    </span>
  );
}

export function shared<Row extends TraceRow | ObservationRow>(): Record<
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
      inFile: ["inputPreview"],
      label: "Input",
      width: 180,
      isUsual: true,
      grows: true,
      cell: (row, { lines }) => <PreviewCell text={row.inputPreview} lines={lines} />,
    },
    output: {
      id: "output",
      inFile: ["outputPreview"],
      label: "Output",
      width: 180,
      isUsual: true,
      grows: true,
      cell: (row, { lines }) => <PreviewCell text={row.outputPreview} lines={lines} />,
    },
    latency: {
      id: "latency",
      inFile: ["latencyUs"],
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
      inFile: ["inputTokens", "outputTokens", "totalTokens"],
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
      width: 100,
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
    user: {
      id: "user",
      inFile: ["userId"],
      label: "User",
      width: 104,
      isUsual: true,
      sort: "userId",
      filter: { field: "user", value: (row) => row.userId },
      cell: (row, { projectId }) => linked(row.userId, (userId) => href.user({ projectId, userId })),
    },
    session: {
      id: "session",
      inFile: ["sessionId"],
      label: "Session",
      width: 104,
      isUsual: true,
      sort: "sessionId",
      filter: { field: "session", value: (row) => row.sessionId },
      cell: (row, { projectId }) => linked(row.sessionId, (sessionId) => href.session({ projectId, sessionId })),
    },
    tags: { id: "tags", label: "Tags", width: 120, isUsual: true, cell: (row, { lines }) => tags(row.tags, lines) },
    environment: {
      id: "environment",
      label: "Environment",
      width: 120,
      isUsual: false,
      sort: "environment",
      filter: { field: "env", value: (row) => row.environment },
      cell: (row) => environment(row.environment),
    },
    version: {
      id: "version",
      label: "Version",
      width: 96,
      isUsual: false,
      sort: "version",
      filter: { field: "version", value: (row) => row.version },
      cell: (row) => text(row.version),
    },
  };
}

/** The first cell of a row: a link to what the row is. */
export function RowLink({ to, children }: { to: string; children: ReactNode }) {
  return (
    <Link to={to} data-row-link className="flex min-w-0 rounded-sm text-text hover:underline">
      {children}
    </Link>
  );
}
