/** Where the keys of the tree lead: pure, so that the component only carries them out. */
import type { Navigator } from "./useNavigator";
import { placeOf } from "@/models/trace/visible";

const PAGE = 20;

export type Move = { select: number } | { collapsed: ReadonlySet<number> } | null;

/** What a key does; null when it does nothing here. */
export function moveOf(key: string, isShift: boolean, navigator: Navigator): Move {
  const { rows } = navigator.visible;
  const at = Math.min(placeOf(rows, navigator.selected), rows.length - 1);
  const places: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + PAGE,
    PageUp: at - PAGE,
    Home: 0,
    End: rows.length - 1,
  };
  const place = places[key];
  if (place !== undefined) return { select: rows[Math.min(rows.length - 1, Math.max(0, place))] as number };
  if (key === "ArrowRight") return inward(navigator, at, isShift);
  return key === "ArrowLeft" ? outward(navigator, at, isShift) : null;
}

/** Opens the row, or goes to its first child; with shift opens everything below. */
function inward({ model: { tree }, visible, selected, collapsed }: Navigator, at: number, isShift: boolean): Move {
  if (isShift) return { collapsed: without(collapsed, tree.end[selected] as number, selected) };
  if ((visible.childCounts[at] as number) === 0) return null;
  return collapsed.has(selected)
    ? { collapsed: without(collapsed, selected + 1, selected) }
    : { select: visible.rows[at + 1] as number };
}

/** Closes the row, or goes to its parent; with shift closes everything below. */
function outward({ model: { tree }, visible, selected, collapsed }: Navigator, at: number, isShift: boolean): Move {
  if (isShift) return { collapsed: withSubtree(collapsed, tree.end, selected) };
  if ((visible.childCounts[at] as number) > 0 && !collapsed.has(selected))
    return { collapsed: new Set([...collapsed, selected]) };
  return { select: visible.rows[parentPlace(visible.depths, at)] as number };
}

/** The place of the nearest row above that is one level up. */
function parentPlace(depths: Int32Array, at: number): number {
  for (let place = at - 1; place >= 0; place -= 1) if ((depths[place] as number) < (depths[at] as number)) return place;
  return at;
}

const without = (collapsed: ReadonlySet<number>, end: number, from: number): Set<number> =>
  new Set([...collapsed].filter((row) => row < from || row >= end));

function withSubtree(collapsed: ReadonlySet<number>, end: Int32Array, row: number): Set<number> {
  const next = new Set(collapsed);
  for (let inside = row; inside < (end[row] as number); inside += 1)
    if ((end[inside] as number) > inside + 1) next.add(inside);
  return next;
}

/** The next or previous row of the whole trace for which something holds; wraps around. */
export function nextRow(count: number, from: number, by: 1 | -1, holds: (row: number) => boolean): number | null {
  for (let step = 1; step <= count; step += 1) {
    const row = (((from + by * step) % count) + count) % count;
    if (holds(row)) return row;
  }
  return null;
}
