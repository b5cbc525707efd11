/** Everything that is worked out about a trace before it is drawn. Made of arrays, so that a worker can make it. */
import { criticalPath, type CriticalPath } from "./criticalPath";
import { intervalsOf, lastKnownUs, shiftSkewed, skewedRows, type Intervals } from "./intervals";
import type { Skeleton } from "./skeleton";
import { sumsOf, type Sums } from "./sums";
import { buildTree, type TraceTree } from "./tree";

export interface TraceModel {
  /** As drawn: shifted, if that was asked for. */
  skeleton: Skeleton;
  tree: TraceTree;
  intervals: Intervals;
  sums: Sums;
  path: CriticalPath;
  /** Children that began before their parent, by the clocks that were sent. */
  skewedCount: number;
}

/** Traces of more observations are worked out in a worker. */
export const WORKER_FROM = 2_000;

/** `runningUntilUs` null: the trace is over, and what never ended is drawn to the last moment that is known. `shiftClocks` moves subtrees whose clock disagrees with their parent's. */
export function buildModel(sent: Skeleton, runningUntilUs: number | null, shiftClocks: boolean): TraceModel {
  const nowUs = runningUntilUs ?? lastKnownUs(sent);
  const asSent = buildTree(sent);
  const skewed = skewedRows(asSent, intervalsOf(asSent, sent, nowUs));
  const isShifted = shiftClocks && skewed.length > 0;
  const skeleton = isShifted ? shiftSkewed(asSent, sent, skewed) : sent;
  const tree = isShifted ? buildTree(skeleton) : asSent;
  const intervals = intervalsOf(tree, skeleton, nowUs);
  return {
    skeleton,
    tree,
    intervals,
    sums: sumsOf(tree, skeleton, intervals),
    path: criticalPath(tree, intervals),
    skewedCount: skewed.length,
  };
}

/** The parts of a row that no child covers, as shares of its own length: at most `limit`, the longest ones. */
export function ownStretches(
  { tree, intervals: { start, end } }: TraceModel,
  row: number,
  limit = 40,
): { from: number; to: number }[] {
  const from = start[row] as number;
  const length = (end[row] as number) - from;
  if (length <= 0) return [];
  const free: { from: number; to: number }[] = [];
  let reached = from;
  for (let child = row + 1; child < (tree.end[row] as number); child = tree.end[child] as number) {
    const begins = Math.min(start[child] as number, from + length);
    if (begins > reached) free.push({ from: (reached - from) / length, to: (begins - from) / length });
    reached = Math.max(reached, end[child] as number);
  }
  if (reached < from + length) free.push({ from: (reached - from) / length, to: 1 });
  if (free.length <= limit) return free;
  const longest = free.toSorted((a, b) => b.to - b.from - (a.to - a.from)).slice(0, limit);
  return longest.toSorted((a, b) => a.from - b.from);
}
