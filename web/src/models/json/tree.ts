/** The rows of a JSON value in a virtual tree: only what is open is listed. */
import { tryParse } from "./parse";
import { childPointer, ROOT } from "./pointer";
import { entriesOf, printScalar } from "./print";
import { isArray, isContainer, type Json } from "./value";

export interface JsonRow {
  pointer: string;
  /** Null for the root; an index as a number. */
  key: string | number | null;
  value: Json;
  depth: number;
  /** Children of a container, or of the JSON inside a string; 0 for other scalars. */
  childCount: number;
  isExpanded: boolean;
  /** The value is a string that holds a JSON object or list, which can be opened in place. */
  isEmbedded: boolean;
  /** Place among its siblings from 1, and how many there are. */
  position: number;
  siblings: number;
}

type Pending = Pick<JsonRow, "pointer" | "key" | "value" | "depth" | "position" | "siblings">;
const ROWS_PER_STEP = 1_000;
const MAX_EMBEDDED = 1_000_000;
/** A container so large is opened at first when it is the first one inside the root. */
const ONLY_ONE_LIMIT = 5_000;

/** The object or list inside a string, undefined when there is none. */
export function embeddedJson(value: Json): Json | undefined {
  if (typeof value !== "string" || value.length > MAX_EMBEDDED || !/^\s*[[{]/.test(value)) return undefined;
  return tryParse(value);
}

/** Rows of everything open, in order. */
export function jsonRows(root: Json, expanded: ReadonlySet<string>): JsonRow[] {
  const rows: JsonRow[] = [];
  finish(
    walk(root, (row, isEmpty) => {
      row.isExpanded = !isEmpty && expanded.has(row.pointer);
      rows.push(row);
      return row.isExpanded;
    }),
  );
  return rows;
}

/** What to open at first: whole levels, breadth first, until about `limit` rows would show. Embedded JSON stays closed. */
export function initialExpansion(root: Json, limit = 100): Set<string> {
  const expanded = new Set<string>();
  let level: [string, Json][] = [[ROOT, root]];
  let shown = 1;
  while (level.length > 0) {
    const next: [string, Json][] = [];
    for (const [pointer, value] of level) {
      const entries = entriesOf(value);
      if (!entries || entries.length === 0) continue;
      const isOnlyOne = expanded.size <= 1 && entries.length <= ONLY_ONE_LIMIT;
      if (pointer !== ROOT && !isOnlyOne && shown + entries.length > limit) continue;
      expanded.add(pointer);
      shown += entries.length;
      for (const [index, [key, child]] of entries.entries())
        if (isContainer(child)) next.push([childPointer(pointer, key ?? index), child]);
    }
    level = next;
  }
  return expanded;
}

/** Pointers of every container below and including one, for "expand all"; at most `limit`, outer ones first. */
export function subtreePointers(value: Json, pointer: string, limit = 20_000): string[] {
  const found: string[] = [];
  const queue: [string, Json][] = [[pointer, value]];
  for (let next = 0; next < queue.length && found.length < limit; next += 1) {
    const [current, inside] = queue[next] as [string, Json];
    const entries = entriesOf(embeddedJson(inside) ?? inside);
    if (!entries || entries.length === 0) continue;
    found.push(current);
    for (const [index, [key, child]] of entries.entries()) queue.push([childPointer(current, key ?? index), child]);
  }
  return found;
}

/** Pointers of the rows whose key or scalar holds the text, in order, ignoring case; open or not. At most `limit`. In steps. */
export function* searchSteps(root: Json, text: string, limit = 10_000): Generator<void, string[]> {
  const found: string[] = [];
  const sought = text.toLowerCase();
  if (sought === "") return found;
  yield* walk(root, (row) => {
    if (found.length >= limit) return false;
    const isHit =
      (typeof row.key === "string" && row.key.toLowerCase().includes(sought)) ||
      scalarText(row.value).toLowerCase().includes(sought);
    if (isHit && !(row.isEmbedded && row.childCount > 0)) found.push(row.pointer);
    return true;
  });
  return found;
}

/** All steps of a search at once. */
export const searchJson = (root: Json, text: string, limit?: number): string[] =>
  finish(searchSteps(root, text, limit));

/** Runs steps to their end. */
function finish<T>(steps: Generator<void, T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

const scalarText = (value: Json): string =>
  typeof value === "string" ? value : isContainer(value) ? "" : printScalar(value);

/** Depth first, in order; `enter` says whether to go inside. */
function* walk(root: Json, enter: (row: JsonRow, isEmpty: boolean) => boolean): Generator<void, void> {
  const stack: Pending[] = [{ pointer: ROOT, key: null, value: root, depth: 0, position: 1, siblings: 1 }];
  let count = 0;
  for (let next = stack.pop(); next; next = stack.pop()) {
    count += 1;
    if (count % ROWS_PER_STEP === 0) yield;
    const embedded = embeddedJson(next.value);
    const inside = embedded ?? next.value;
    const entries = entriesOf(inside) ?? [];
    const row: JsonRow = { ...next, childCount: entries.length, isExpanded: false, isEmbedded: embedded !== undefined };
    if (!enter(row, entries.length === 0)) continue;
    for (let index = entries.length - 1; index >= 0; index -= 1) {
      const [key, value] = entries[index] as readonly [string | null, Json];
      const name = isArray(inside) ? index : (key as string);
      stack.push({
        pointer: childPointer(next.pointer, name),
        key: name,
        value,
        depth: next.depth + 1,
        position: index + 1,
        siblings: entries.length,
      });
    }
  }
}
