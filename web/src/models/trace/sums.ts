/** What a subtree took and cost: tokens, money, own time, wall time. */
import { toPico } from "./money";
import type { Intervals } from "./intervals";
import type { Skeleton } from "./skeleton";
import { TRACE_ROW, type TraceTree } from "./tree";

export interface Sums {
  /** 10⁻¹² USD of the subtree; null when nothing in it has a cost. */
  cost: (bigint | null)[];
  inputTokens: Float64Array;
  outputTokens: Float64Array;
  totalTokens: Float64Array;
  /** Observations in the subtree that used a model and have no price. */
  unpriced: Int32Array;
  /** Observations of the subtree at these levels. */
  errors: Int32Array;
  warnings: Int32Array;
  /** µs of the row that none of its children covers. */
  selfUs: Float64Array;
  /** µs from the least start to the greatest end of the subtree. */
  wallUs: Float64Array;
  /** Something below ends noticeably later than the row itself: by more than 1 % of it and 1 ms. */
  isOutlived: Uint8Array;
}

/** An observation without usage has none to count; parents repeat nothing of their children. */
export function sumsOf(tree: TraceTree, skeleton: Skeleton, intervals: Intervals): Sums {
  const floats = (): Float64Array => new Float64Array(tree.count);
  const ints = (): Int32Array => new Int32Array(tree.count);
  const sums: Sums = {
    cost: Array.from({ length: tree.count }, () => null),
    inputTokens: floats(),
    outputTokens: floats(),
    totalTokens: floats(),
    unpriced: ints(),
    errors: ints(),
    warnings: ints(),
    selfUs: selfTimes(tree, intervals),
    wallUs: floats(),
    isOutlived: new Uint8Array(tree.count),
  };
  for (let row = tree.count - 1; row >= TRACE_ROW; row -= 1) {
    addOwn(sums, row, skeleton, tree.source[row] as number);
    addToParent(sums, row, tree.parent[row] as number);
    sums.wallUs[row] = (intervals.effectiveEnd[row] as number) - (intervals.earliestStart[row] as number);
    const own = (intervals.end[row] as number) - (intervals.start[row] as number);
    const beyond = (intervals.effectiveEnd[row] as number) - (intervals.end[row] as number);
    sums.isOutlived[row] = beyond > own / 100 && beyond > 1000 ? 1 : 0;
  }
  return sums;
}

const plus = (a: bigint | null, b: bigint | null): bigint | null => (a === null ? b : b === null ? a : a + b);

function addOwn(sums: Sums, row: number, skeleton: Skeleton, place: number): void {
  if (place < 0) return;
  sums.cost[row] = plus(sums.cost[row] ?? null, toPico(skeleton.cost[place]));
  add(sums.inputTokens, row, skeleton.inputTokens[place]);
  add(sums.outputTokens, row, skeleton.outputTokens[place]);
  add(sums.totalTokens, row, skeleton.totalTokens[place]);
  add(sums.unpriced, row, skeleton.isUnpriced[place] ? 1 : 0);
  add(sums.errors, row, skeleton.level[place] === "ERROR" ? 1 : 0);
  add(sums.warnings, row, skeleton.level[place] === "WARNING" ? 1 : 0);
}

function addToParent(sums: Sums, row: number, above: number): void {
  if (above < 0) return;
  sums.cost[above] = plus(sums.cost[above] ?? null, sums.cost[row] ?? null);
  for (const column of [
    sums.inputTokens,
    sums.outputTokens,
    sums.totalTokens,
    sums.unpriced,
    sums.errors,
    sums.warnings,
  ])
    add(column, above, column[row]);
}

function add(column: Float64Array | Int32Array, row: number, amount: number | null | undefined): void {
  column[row] = (column[row] as number) + (amount ?? 0);
}

/** Own interval minus the union of the children's, clipped to it. Children come by start, so one sweep does it. */
function selfTimes(tree: TraceTree, { start, end }: Intervals): Float64Array {
  const result = new Float64Array(tree.count);
  const covered = Float64Array.from(start);
  for (let row = 0; row < tree.count; row += 1) result[row] = (end[row] as number) - (start[row] as number);
  for (let row = 1; row < tree.count; row += 1) {
    const above = tree.parent[row] as number;
    const from = Math.max(start[row] as number, covered[above] as number);
    const to = Math.min(end[row] as number, end[above] as number);
    if (to <= from) continue;
    result[above] = (result[above] as number) - (to - from);
    covered[above] = to;
  }
  return result;
}
