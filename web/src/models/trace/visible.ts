/** Which rows are on screen, in order, given what is collapsed, hidden and sought. */
import type { TraceTree } from "./tree";

export interface VisibleRows {
  rows: Int32Array;
  /** Depth of each as shown: hidden rows take no level. */
  depths: Int32Array;
  /** Kept rows next below each. */
  childCounts: Int32Array;
  /** Place among its siblings from 1, and how many there are, as shown. */
  positions: Int32Array;
  siblings: Int32Array;
}

export interface Narrowing {
  /** Rows whose subtrees are closed. */
  collapsed: ReadonlySet<number>;
  /** Without it every row may show. */
  isKept?: Uint8Array | null;
}

/** The rows to show: kept ones of which no kept ancestor is collapsed. */
export function visibleRows(tree: TraceTree, { collapsed, isKept }: Narrowing): VisibleRows {
  const kept = (row: number): boolean => !isKept || isKept[row] === 1;
  const shownParent = new Int32Array(tree.count).fill(-1);
  const shownDepth = new Int32Array(tree.count);
  const counts = new Int32Array(tree.count + 1);
  const positions = new Int32Array(tree.count);
  for (let row = 0; row < tree.count; row += 1) {
    const above = tree.parent[row] as number;
    const nearest = above < 0 || kept(above) ? above : (shownParent[above] as number);
    shownParent[row] = nearest;
    shownDepth[row] = nearest < 0 ? 0 : (shownDepth[nearest] as number) + 1;
    if (!kept(row)) continue;
    const slot = nearest < 0 ? tree.count : nearest;
    counts[slot] = (counts[slot] as number) + 1;
    positions[row] = counts[slot] as number;
  }
  const rows: number[] = [];
  for (let row = 0; row < tree.count;) {
    const isShown = kept(row);
    if (isShown) rows.push(row);
    row = isShown && collapsed.has(row) ? (tree.end[row] as number) : row + 1;
  }
  const shown = Int32Array.from(rows);
  return {
    rows: shown,
    depths: shown.map((row) => shownDepth[row] as number),
    childCounts: shown.map((row) => counts[row] as number),
    positions: shown.map((row) => positions[row] as number),
    siblings: shown.map(
      (row) => counts[(shownParent[row] as number) < 0 ? tree.count : (shownParent[row] as number)] as number,
    ),
  };
}

/** Where a row is in the list, or where it would be: the place of the first row behind it. */
export function placeOf(rows: Int32Array, row: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle] as number) < row) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Rows and everything around them. */
export function withAncestors(tree: TraceTree, matches: Iterable<number>): Uint8Array {
  const kept = new Uint8Array(tree.count);
  for (const match of matches)
    for (let row = match; row >= 0 && kept[row] === 0; row = tree.parent[row] as number) kept[row] = 1;
  return kept;
}

/** What to collapse so that every model call shows and nothing below it: rows without a model call inside. */
export function collapsedToCalls(tree: TraceTree, isCall: (row: number) => boolean): Set<number> {
  const holdsCall = new Uint8Array(tree.count);
  const collapsed = new Set<number>();
  for (let row = tree.count - 1; row >= 0; row -= 1) {
    if (holdsCall[row] === 0 && (tree.end[row] as number) > row + 1) collapsed.add(row);
    const above = tree.parent[row] as number;
    if (above >= 0 && (holdsCall[row] === 1 || isCall(row))) holdsCall[above] = 1;
  }
  return collapsed;
}
