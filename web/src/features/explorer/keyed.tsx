/** Columns that the data make: keys of the metadata, and the scores of one name. */
import type { TraceRow } from "@/api/explorer";
import { formatScore } from "@/lib/formatters";
import { type ColumnTaste, type KeyedColumn, keyedOf } from "@/models/columns";
import { writeField } from "@/models/query/terms";

import { scoreText } from "./cells";
import { text } from "./columns";
import type { Column } from "./levels";

type Score = TraceRow["scores"][number];

/** What rows of traces and observations carry beside their columns. */
interface Carried {
  meta?: Readonly<Record<string, unknown>>;
  scores?: readonly Score[];
}

/** The columns that a person added to a list. */
export function keyedColumns<Row>(taste: ColumnTaste): Column<Row>[] {
  return keyedOf(taste).map((column) => (column.kind === "meta" ? metaColumn(column) : scoreColumn(column)));
}

function metaColumn<Row>({ id, key }: KeyedColumn): Column<Row> {
  const valueOf = (row: Row) => written((row as Carried).meta?.[key]);
  return {
    id,
    label: key,
    width: 140,
    isUsual: false,
    inFile: [`meta.${encodeURIComponent(key)}`],
    filter: { field: writeField("meta", key), value: valueOf },
    cell: (row) => text(valueOf(row)),
  };
}

/** A value of the metadata as text; null: there is none. */
function written(value: unknown): string | null {
  if (value === undefined) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function scoreColumn<Row>({ id, key }: KeyedColumn): Column<Row> {
  return {
    id,
    label: key,
    width: 96,
    isUsual: false,
    inFile: [`score.${encodeURIComponent(key)}`],
    cell: (row) => <ScoreCell scores={((row as Carried).scores ?? []).filter(({ name }) => name === key)} />,
  };
}

/** The mean of numbers, of others the newest; how many there are where there are several. */
function ScoreCell({ scores }: { scores: readonly Score[] }) {
  const [newest] = scores;
  if (newest === undefined) return <span className="text-text-3">—</span>;
  const isNumber = newest.dataType === "NUMERIC";
  const mean = scores.reduce((sum, { value }) => sum + value, 0) / scores.length;
  return (
    <span
      className="tabular truncate"
      dir="auto"
      title={scores.length > 1 ? `${isNumber ? "mean" : "newest"} of ${scores.length}` : undefined}
    >
      {isNumber ? formatScore(mean) : scoreText(newest)}
    </span>
  );
}
