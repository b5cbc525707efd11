/** Columns that several lists have, and the cells that they are made of. */
import type { ReactNode } from "react";

import type { TraceRow } from "@/api/explorer";
import { formatCount } from "@/lib/formatters";
import { href } from "@/lib/href";
import { Chip, HueDot } from "@/ui/Chip";
import { Link } from "@/ui/Link";
import { CostText, DurationText, TimeText, TokensText } from "@/ui/values";

import { ChipList, HeatBar, PreviewCell, ScoreChips } from "./cells";
import type { Column } from "./levels";

const ABSENT = <span className="text-text-3">—</span>;

/** A column that this list cannot be sorted by, and does not show at first. */
export function unsorted<Row>(column: Column<Row>): Column<Row> {
  const { sort: _, ...rest } = column;
  return { ...rest, isUsual: false };
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

export function issues(errors: number, warnings: number): ReactNode {
  if (errors + warnings === 0) return null;
  return (
    <span className="ml-auto flex shrink-0 gap-1">
      {errors > 0 && <Chip tone="danger" title={`${errors} with errors`}>{`${errors}✕`}</Chip>}
      {warnings > 0 && <Chip tone="warn" title={`${warnings} with warnings`}>{`${warnings}!`}</Chip>}
    </span>
  );
}

/** A column of moments. */
export function moments<Row>(
  is: Pick<Column<Row>, "id" | "label" | "sort" | "inFile"> & Partial<Column<Row>>,
  of: (row: Row) => number,
): Column<Row> {
  return {
    isTime: true,
    width: 156,
    isUsual: true,
    cell: (row, { today }) => <TimeText us={of(row)} today={today} />,
    ...is,
  };
}

/** The pinned column of when a row was, which is the link to what the row is. */
export function rowTimes<Row>(
  is: Pick<Column<Row>, "label" | "sort" | "inFile">,
  of: (row: Row) => number,
  pathOf: (row: Row, projectId: string) => string,
): Column<Row> {
  return moments(
    {
      id: "time",
      isPinned: true,
      cell: (row, { today, projectId }) => (
        <RowLink to={pathOf(row, projectId)}>
          <TimeText us={of(row)} today={today} />
        </RowLink>
      ),
      ...is,
    },
    of,
  );
}

/** A column of numbers of things. */
export function counts<Row>(
  is: Pick<Column<Row>, "id" | "label" | "sort" | "inFile"> & Partial<Column<Row>>,
  of: (row: Row) => number,
): Column<Row> {
  return { width: 88, isUsual: true, isNumeric: true, cell: (row) => count(of(row)), ...is };
}

/** A column of one value that the list can be asked for by. */
export function values<Row>(
  is: Pick<Column<Row>, "id" | "label" | "width"> & Partial<Column<Row>>,
  field: string,
  of: (row: Row) => string | null,
): Column<Row> {
  return { isUsual: true, sort: is.id, filter: { field, value: of }, cell: (row) => text(of(row)), ...is };
}

type Of<Name extends keyof TraceRow> = Pick<TraceRow, Name>;

export const INPUT: Column<Of<"inputPreview">> = {
  id: "input",
  inFile: ["inputPreview"],
  label: "Input",
  width: 180,
  isUsual: true,
  grows: true,
  cell: (row, { lines }) => <PreviewCell text={row.inputPreview} lines={lines} />,
};

export const OUTPUT: Column<Of<"outputPreview">> = {
  id: "output",
  inFile: ["outputPreview"],
  label: "Output",
  width: 180,
  isUsual: true,
  grows: true,
  cell: (row, { lines }) => <PreviewCell text={row.outputPreview} lines={lines} />,
};

export const LATENCY: Column<Of<"latencyUs"> & Partial<Of<"isRunning">>> = {
  id: "latency",
  inFile: ["latencyUs"],
  label: "Latency",
  width: 84,
  isUsual: true,
  isNumeric: true,
  sort: "latency",
  cell: ({ latencyUs, isRunning = false }, { slowUs }) => (
    <HeatBar value={latencyUs} limit={slowUs}>
      <DurationText us={latencyUs} isRunning={isRunning && latencyUs === null} />
    </HeatBar>
  ),
};

export const TOKENS: Column<Of<"inputTokens" | "outputTokens" | "totalTokens">> = {
  id: "tokens",
  inFile: ["inputTokens", "outputTokens", "totalTokens"],
  label: "Tokens",
  width: 116,
  isUsual: true,
  isNumeric: true,
  sort: "totalTokens",
  cell: (row) => <TokensText input={row.inputTokens} output={row.outputTokens} total={row.totalTokens} />,
};

export const COST: Column<Of<"cost"> & Partial<Of<"unpricedCount">>> = {
  id: "cost",
  inFile: ["cost", "unpricedCount"],
  label: "Cost",
  width: 100,
  isUsual: true,
  isNumeric: true,
  sort: "cost",
  cell: ({ cost, unpricedCount = 0 }) => <CostText amount={cost} unpriced={unpricedCount} />,
};

export const SCORES_OF_ROW: Column<Of<"scores">> = {
  id: "scores",
  label: "Scores",
  width: 200,
  isUsual: true,
  cell: (row, { lines }) => <ScoreChips scores={row.scores} lines={lines} />,
};

export const USER: Column<Of<"userId">> = values(
  {
    id: "user",
    inFile: ["userId"],
    label: "User",
    width: 104,
    sort: "userId",
    cell: (row, { projectId }) => linked(row.userId, (userId) => href.user({ projectId, userId })),
  },
  "user",
  (row) => row.userId,
);

export const SESSION: Column<Of<"sessionId">> = values(
  {
    id: "session",
    inFile: ["sessionId"],
    label: "Session",
    width: 104,
    sort: "sessionId",
    cell: (row, { projectId }) => linked(row.sessionId, (sessionId) => href.session({ projectId, sessionId })),
  },
  "session",
  (row) => row.sessionId,
);

export const TAGS: Column<Of<"tags">> = {
  id: "tags",
  label: "Tags",
  width: 120,
  isUsual: false,
  cell: (row, { lines }) => tags(row.tags, lines),
};

/** Names in one cell; null: not looked for. */
export function names<Row>(
  is: Pick<Column<Row>, "id" | "label">,
  of: (row: Row) => readonly string[] | null | undefined,
): Column<Row> {
  return { width: 140, isUsual: false, cell: (row) => text(of(row)?.join(", ") || null), ...is };
}

export const ENVIRONMENT: Column<Of<"environment">> = values(
  { id: "environment", label: "Environment", width: 120, cell: (row) => environment(row.environment) },
  "env",
  (row) => row.environment,
);

export const VERSION: Column<Of<"version">> = values(
  { id: "version", label: "Version", width: 96, isUsual: false },
  "version",
  (row) => row.version,
);

export const ID: Column<Of<"id">> = {
  id: "id",
  label: "Id",
  width: 220,
  isUsual: false,
  sort: "id",
  cell: (row) => (
    <span className="truncate font-mono text-12" title={row.id}>
      {row.id}
    </span>
  ),
};

/** The first cell of a row: a link to what the row is. */
export function RowLink({ to, children }: { to: string; children: ReactNode }) {
  return (
    <Link to={to} data-row-link className="flex min-w-0 rounded-sm text-text hover:underline">
      {children}
    </Link>
  );
}
