/** When each row of a trace began and ended. */
import type { Skeleton } from "./skeleton";
import { TRACE_ROW, type TraceTree } from "./tree";

/** Epoch µs per row. */
export interface Intervals {
  start: Float64Array;
  /** Own end; "now" for a running one, never before the start. */
  end: Float64Array;
  /** The greatest end in the subtree. */
  effectiveEnd: Float64Array;
  /** The least start in the subtree. */
  earliestStart: Float64Array;
  isRunning: Uint8Array;
}

/** The trace spans everything; a missing parent begins with its first child and ends with the last thing below. */
export function intervalsOf(tree: TraceTree, skeleton: Skeleton, nowUs: number): Intervals {
  const column = (): Float64Array => new Float64Array(tree.count);
  const result: Intervals = {
    start: column(),
    end: column(),
    effectiveEnd: column(),
    earliestStart: column(),
    isRunning: new Uint8Array(tree.count),
  };
  const { start, end, effectiveEnd, earliestStart, isRunning } = result;
  effectiveEnd.fill(-Infinity);
  earliestStart.fill(Infinity);
  for (let row = tree.count - 1; row >= TRACE_ROW; row -= 1) {
    const place = tree.source[row] as number;
    if (place >= 0) {
      const ended = endOf(skeleton, place);
      start[row] = skeleton.startTimeUs[place] as number;
      end[row] = Math.max(start[row] as number, ended ?? nowUs);
      isRunning[row] = ended === null ? 1 : 0;
    } else {
      const isEmpty = earliestStart[row] === Infinity;
      start[row] = isEmpty ? nowUs : row === TRACE_ROW ? (earliestStart[row] as number) : (start[row + 1] as number);
      end[row] = isEmpty ? nowUs : (effectiveEnd[row] as number);
    }
    effectiveEnd[row] = Math.max(effectiveEnd[row] as number, end[row] as number);
    earliestStart[row] = Math.min(earliestStart[row] as number, start[row] as number);
    const above = tree.parent[row] as number;
    if (above < 0) continue;
    effectiveEnd[above] = Math.max(effectiveEnd[above] as number, effectiveEnd[row] as number);
    earliestStart[above] = Math.min(earliestStart[above] as number, earliestStart[row] as number);
  }
  return result;
}

/** When an observation ended, null while it runs. An event is a moment. */
const endOf = (skeleton: Skeleton, place: number): number | null =>
  skeleton.endTimeUs[place] ?? (skeleton.type[place] === "EVENT" ? (skeleton.startTimeUs[place] as number) : null);

/** The last moment that is known of a trace: until then what never ended is drawn once nobody waits for it any more. */
export function lastKnownUs(skeleton: Skeleton): number {
  let last = -Infinity;
  for (const start of skeleton.startTimeUs) last = Math.max(last, start);
  for (const end of skeleton.endTimeUs) if (end !== null) last = Math.max(last, end);
  return Number.isFinite(last) ? last : 0;
}

/** Children that begin more than a second before their parent: two clocks that disagree. */
export function skewedRows(tree: TraceTree, intervals: Intervals, toleranceUs = 1_000_000): number[] {
  const rows: number[] = [];
  for (let row = 1; row < tree.count; row += 1) {
    const above = tree.parent[row] as number;
    if (
      (tree.source[above] as number) >= 0 &&
      (intervals.start[row] as number) < (intervals.start[above] as number) - toleranceUs
    )
      rows.push(row);
  }
  return rows;
}

/** The same observations with each skewed subtree moved so that it begins with its parent. */
export function shiftSkewed(tree: TraceTree, skeleton: Skeleton, skewed: readonly number[]): Skeleton {
  const start = [...skeleton.startTimeUs];
  const end = [...skeleton.endTimeUs];
  for (const row of skewed) {
    const above = tree.source[tree.parent[row] as number] as number;
    const shift = (start[above] as number) - (start[tree.source[row] as number] as number);
    for (let inside = row; inside < (tree.end[row] as number); inside += 1) {
      const place = tree.source[inside] as number;
      start[place] = (start[place] as number) + shift;
      const ended = end[place];
      if (typeof ended === "number") end[place] = ended + shift;
    }
  }
  return { ...skeleton, startTimeUs: start, endTimeUs: end };
}
