/** Which columns a table shows, in which order and how wide: the usual ones, changed by what a person prefers. */

export interface ColumnShape {
  id: string;
  /** Pixels. */
  width: number;
  isUsual: boolean;
  /** The first column stays at the left and cannot be hidden. */
  isPinned?: boolean;
}

export interface ColumnTaste {
  hidden: readonly string[];
  shown: readonly string[];
  order: readonly string[];
  widths: Readonly<Record<string, number>>;
}

export const NO_TASTE: ColumnTaste = { hidden: [], shown: [], order: [], widths: {} };
export const MIN_WIDTH = 48;
export const MAX_WIDTH = 1200;

/** All columns in the order in which they stand: the pinned ones, those with a place, then the others as usual. */
export function ordered<Column extends ColumnShape>(columns: readonly Column[], taste: ColumnTaste): Column[] {
  const place = (column: Column, at: number) => {
    const told = taste.order.indexOf(column.id);
    return column.isPinned === true ? -1 : told >= 0 ? told : taste.order.length + at;
  };
  return columns
    .map((column, at) => ({ column, at: place(column, at) }))
    .toSorted((left, right) => left.at - right.at)
    .map(({ column }) => column);
}

/** The columns that are shown, each with its width. */
export function visible<Column extends ColumnShape>(columns: readonly Column[], taste: ColumnTaste): Column[] {
  return ordered(columns, taste)
    .filter((column) => isVisible(column, taste))
    .map((column) => ({ ...column, width: clampWidth(taste.widths[column.id] ?? column.width) }));
}

export function isVisible(column: ColumnShape, taste: ColumnTaste): boolean {
  if (column.isPinned === true) return true;
  return column.isUsual ? !taste.hidden.includes(column.id) : taste.shown.includes(column.id);
}

/** Show a column, or hide it. */
export function toggled(column: ColumnShape, taste: ColumnTaste): ColumnTaste {
  if (column.isPinned === true) return taste;
  const key = column.isUsual ? "hidden" : "shown";
  const list = taste[key];
  return { ...taste, [key]: list.includes(column.id) ? list.filter((id) => id !== column.id) : [...list, column.id] };
}

/** Move a column by some places among all columns. */
export function moved<Column extends ColumnShape>(
  columns: readonly Column[],
  taste: ColumnTaste,
  id: string,
  by: number,
): ColumnTaste {
  const ids = ordered(columns, taste).map((column) => column.id);
  const from = ids.indexOf(id);
  const first = columns.filter((column) => column.isPinned === true).length;
  const to = Math.min(Math.max(from + by, first), ids.length - 1);
  if (from < first || to === from) return taste;
  ids.splice(to, 0, ...ids.splice(from, 1));
  return { ...taste, order: ids };
}

/** Make a column so many pixels wide. */
export function resized(taste: ColumnTaste, id: string, width: number): ColumnTaste {
  return { ...taste, widths: { ...taste.widths, [id]: clampWidth(width) } };
}

function clampWidth(width: number): number {
  return Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, Math.round(width)));
}

/** A column that the data make: a key of the metadata, or the scores of one name. */
export interface KeyedColumn {
  id: string;
  kind: "meta" | "score";
  key: string;
}

/** Keys of the metadata that rows carry at once. */
export const MAX_META_COLUMNS = 10;

export function keyedId(kind: KeyedColumn["kind"], key: string): string {
  return `${kind}.${key}`;
}

/** The keyed columns that are shown. */
export function keyedOf(taste: ColumnTaste): KeyedColumn[] {
  const all = taste.shown.flatMap((id): KeyedColumn[] => {
    const match = /^(meta|score)\.(.+)$/s.exec(id);
    return match === null ? [] : [{ id, kind: match[1] === "meta" ? "meta" : "score", key: match[2] ?? "" }];
  });
  const meta = new Set(all.filter(({ kind }) => kind === "meta").slice(0, MAX_META_COLUMNS));
  return all.filter((column) => column.kind === "score" || meta.has(column));
}

/** Put a column where another one stands; that one makes room on the side that it came from. */
export function movedTo<Column extends ColumnShape>(
  columns: readonly Column[],
  taste: ColumnTaste,
  id: string,
  target: string,
): ColumnTaste {
  const ids = ordered(columns, taste).map((column) => column.id);
  return moved(columns, taste, id, ids.indexOf(target) < 0 ? 0 : ids.indexOf(target) - ids.indexOf(id));
}
