/**
 * The tree of a trace. Rows are numbered in reading order (preorder), so a subtree is the run of rows from `row` to
 * `end[row]`. Row 0 is the trace itself. Whatever the parents say, every observation is there exactly once.
 */
import type { Skeleton } from "./skeleton";

export const TRACE_ROW = 0;
/** In `source`: the row is the trace itself. */
export const IS_TRACE = -1;
/** In `source`, and below: the row stands for a parent that is not there; `missing[IS_MISSING - source]` is its id. */
export const IS_MISSING = -2;

/** Bits of `marks`. */
export const Mark = {
  /** It was part of a cycle of parents, which was cut here. */
  Cycle: 1,
  /** Its id came more than once; the last one is shown. */
  Duplicate: 2,
} as const;

export interface TraceTree {
  /** How many rows there are. */
  count: number;
  /** The observation's place in the skeleton, or IS_TRACE, or IS_MISSING and below. */
  source: Int32Array;
  /** The row of the parent, -1 for the trace. */
  parent: Int32Array;
  /** The row after the last one of the subtree. */
  end: Int32Array;
  /** 0 for the trace. */
  depth: Int32Array;
  marks: Uint8Array;
  /** Ids of the parents that are missing. */
  missing: string[];
}

interface Links {
  /** Places in the skeleton that are shown, by (start, id). */
  order: Int32Array;
  rank: Int32Array;
  /** Place of the parent in the skeleton, -1 at the top, IS_MISSING and below for a parent that is not there. */
  parent: Int32Array;
  marks: Uint8Array;
  missing: string[];
}

export function buildTree(skeleton: Skeleton): TraceTree {
  const links = linkParents(skeleton);
  cutCycles(links);
  return layOut(links);
}

function linkParents(skeleton: Skeleton): Links {
  const size = skeleton.id.length;
  const marks = new Uint8Array(size);
  const places = new Map<string, number>();
  for (let place = 0; place < size; place += 1) {
    const id = skeleton.id[place] as string;
    const earlier = places.get(id);
    if (earlier !== undefined) marks[place] = Mark.Duplicate;
    places.set(id, place);
  }
  const order = Int32Array.from(places.values()).toSorted(byStartAndId(skeleton));
  const rank = new Int32Array(size).fill(-1);
  order.forEach((place, index) => (rank[place] = index));
  const missing = new Map<string, number>();
  const parent = new Int32Array(size).fill(-1);
  for (const place of order) {
    const id = skeleton.parentId[place] ?? null;
    if (id === null) continue;
    const found = places.get(id);
    if (found === undefined && !missing.has(id)) missing.set(id, missing.size);
    parent[place] = found ?? IS_MISSING - (missing.get(id) as number);
  }
  return { order, rank, parent, marks, missing: [...missing.keys()] };
}

export const compareIds = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const byStartAndId =
  (skeleton: Skeleton) =>
  (a: number, b: number): number =>
    (skeleton.startTimeUs[a] as number) - (skeleton.startTimeUs[b] as number) ||
    compareIds(skeleton.id[a] as string, skeleton.id[b] as string);

/** Follows parents from every observation once; where a walk meets itself, the earliest member of the cycle is let go. */
function cutCycles({ order, rank, parent, marks }: Links): void {
  const walkOf = new Int32Array(parent.length).fill(-1);
  for (const from of order) {
    let at = from;
    while (at >= 0 && walkOf[at] === -1) {
      walkOf[at] = from;
      at = parent[at] as number;
    }
    if (at < 0 || walkOf[at] !== from) continue;
    let first = at;
    for (let member = parent[at] as number; member !== at; member = parent[member] as number) {
      if ((rank[member] as number) < (rank[first] as number)) first = member;
    }
    parent[first] = -1;
    marks[first] = (marks[first] as number) | Mark.Cycle;
  }
}

/** First child and next sibling of every node: observations by place, then the missing parents. */
interface Chains {
  first: Int32Array;
  next: Int32Array;
  firstTop: number;
}

/** Children in the order of (start, id); a missing parent stands at the top where its first child would. */
function chain({ order, parent, missing }: Links): Chains {
  const size = parent.length;
  const first = new Int32Array(size + missing.length).fill(-1);
  const last = new Int32Array(size + missing.length).fill(-1);
  const next = new Int32Array(size + missing.length).fill(-1);
  let firstTop = -1;
  let lastTop = -1;
  const addTop = (node: number): void => {
    if (lastTop === -1) firstTop = node;
    else next[lastTop] = node;
    lastTop = node;
  };
  for (const place of order) {
    const above = parent[place] as number;
    if (above === -1) {
      addTop(place);
      continue;
    }
    const node = above >= 0 ? above : size + IS_MISSING - above;
    if (first[node] === -1) {
      first[node] = place;
      if (above < 0) addTop(node);
    } else next[last[node] as number] = place;
    last[node] = place;
  }
  return { first, next, firstTop };
}

/** Numbers the rows in reading order. */
function layOut(links: Links): TraceTree {
  const { first, next, firstTop } = chain(links);
  const size = links.parent.length;
  const count = links.order.length + links.missing.length + 1;
  const column = (): Int32Array => new Int32Array(count);
  const tree: TraceTree = {
    count,
    source: column(),
    parent: column(),
    end: column(),
    depth: column(),
    marks: new Uint8Array(count),
    missing: links.missing,
  };
  tree.source[TRACE_ROW] = IS_TRACE;
  tree.parent[TRACE_ROW] = -1;
  const nodes = column();
  let row = TRACE_ROW;
  let above = TRACE_ROW;
  let node = firstTop;
  for (;;) {
    if (node === -1) {
      tree.end[above] = row + 1;
      if (above === TRACE_ROW) return tree;
      node = next[nodes[above] as number] as number;
      above = tree.parent[above] as number;
      continue;
    }
    row += 1;
    nodes[row] = node;
    tree.source[row] = node < size ? node : IS_MISSING - (node - size);
    tree.parent[row] = above;
    tree.depth[row] = (tree.depth[above] as number) + 1;
    tree.marks[row] = links.marks[node] ?? 0;
    above = row;
    node = first[node] as number;
  }
}

/** Rows of the children, in order. */
export function childrenOf(tree: TraceTree, row: number): number[] {
  const children: number[] = [];
  for (let child = row + 1; child < (tree.end[row] as number); child = tree.end[child] as number) children.push(child);
  return children;
}

/** The row of each observation by id. */
export function rowsById(tree: TraceTree, skeleton: Skeleton): Map<string, number> {
  const rows = new Map<string, number>();
  for (let row = 0; row < tree.count; row += 1) {
    const place = tree.source[row] as number;
    if (place >= 0) rows.set(skeleton.id[place] as string, row);
  }
  return rows;
}

/** The id of the missing parent that a row stands for, null for any other row. */
export const missingIdOf = (tree: TraceTree, row: number): string | null =>
  tree.missing[IS_MISSING - (tree.source[row] as number)] ?? null;
