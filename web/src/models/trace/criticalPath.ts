/**
 * The chain of rows that determined when the trace ended: walking back from the end, always into the child that ended
 * last before the cursor. Its segments cover the trace from start to end without gap or overlap.
 */
import type { Intervals } from "./intervals";
import { childrenOf, TRACE_ROW, type TraceTree } from "./tree";

export interface Segment {
  row: number;
  /** Epoch µs. */
  from: number;
  to: number;
}

export interface CriticalPath {
  /** From the end of the trace back to its start; none is empty. */
  segments: Segment[];
  /** 1 for rows that own a segment, and for what surrounds them. */
  isOn: Uint8Array;
  /** µs of the segments that belong to observations: the rest of the trace waited for nothing that is known. */
  knownUs: number;
}

interface Visit {
  row: number;
  /** Children by their effective end; those from `next` on are behind the cursor or were taken. */
  children: number[];
  next: number;
}

export function criticalPath(tree: TraceTree, intervals: Intervals): CriticalPath {
  const { start, effectiveEnd } = intervals;
  const path: CriticalPath = { segments: [], isOn: new Uint8Array(tree.count), knownUs: 0 };
  const visit = (row: number): Visit => {
    const children = childrenOf(tree, row).toSorted(
      (a, b) =>
        (effectiveEnd[a] as number) - (effectiveEnd[b] as number) || (start[a] as number) - (start[b] as number),
    );
    return { row, children, next: children.length };
  };
  let cursor = effectiveEnd[TRACE_ROW] as number;
  const reach = (row: number, from: number): void => {
    if (from >= cursor) return;
    path.segments.push({ row, from, to: cursor });
    if ((tree.source[row] as number) >= 0) path.knownUs += cursor - from;
    for (let on = row; on >= 0 && path.isOn[on] === 0; on = tree.parent[on] as number) path.isOn[on] = 1;
    cursor = from;
  };
  const stack = [visit(TRACE_ROW)];
  for (let here = stack.at(-1); here; here = stack.at(-1)) {
    const child = lastEndedBefore(here, effectiveEnd, cursor);
    if (child === undefined) {
      reach(here.row, start[here.row] as number);
      stack.pop();
      continue;
    }
    reach(here.row, effectiveEnd[child] as number);
    stack.push(visit(child));
  }
  return path;
}

function lastEndedBefore(visit: Visit, effectiveEnd: Float64Array, cursor: number): number | undefined {
  while (visit.next > 0) {
    visit.next -= 1;
    const child = visit.children[visit.next] as number;
    if ((effectiveEnd[child] as number) <= cursor) return child;
  }
  return undefined;
}
