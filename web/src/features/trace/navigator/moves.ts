/** Where the keys of the tree lead: pure, so that the component only carries them out. */
import type { Navigator } from "./useNavigator";
import { placeOf } from "@/models/trace/visible";

export type Move = { select: number } | { collapsed: ReadonlySet<number> } | null;

/** What a key does; null when it does nothing here. */
export function moveOf(key: string, isShift: boolean, { model: { tree }, visible, selected, collapsed }: Navigator): Move {
  const { rows } = visible;
  const at = Math.min(placeOf(rows, selected), rows.length - 1);
  const select = (place: number): Move => ({ select: rows[Math.min(rows.length - 1, Math.max(0, place))] as number });
  const hasChildren = (visible.childCounts[at] as number) > 0;
  switch (key) {
    case "ArrowDown":
      return select(at + 1);
    case "ArrowUp":
      return select(at - 1);
    case "PageDown":
      return select(at + 20);
    case "PageUp":
      return select(at - 20);
    case "Home":
      return select(0);
    case "End":
      return select(rows.length - 1);
    case "ArrowRight":
      if (isShift) return { collapsed: without(collapsed, tree.end[selected] as number, selected) };
      if (hasChildren && collapsed.has(selected)) return { collapsed: without(collapsed, selected + 1, selected) };
      return hasChildren ? select(at + 1) : null;
    case "ArrowLeft": {
      if (isShift) return { collapsed: withSubtree(collapsed, tree.end, selected) };
      if (hasChildren && !collapsed.has(selected)) return { collapsed: new Set([...collapsed, selected]) };
      return select(parentPlace(visible.depths, at));
    }
    default:
      return null;
  }
}

/** The place of the nearest row above that is one level up. */
function parentPlace(depths: Int32Array, at: number): number {
  for (let place = at - 1; place >= 0; place -= 1) if ((depths[place] as number) < (depths[at] as number)) return place;
  return at;
}

const without = (collapsed: ReadonlySet<number>, end: number, from: number): Set<number> => new Set([...collapsed].filter((row) => row < from || row >= end));

function withSubtree(collapsed: ReadonlySet<number>, end: Int32Array, row: number): Set<number> {
  const next = new Set(collapsed);
  for (let inside = row; inside < (end[row] as number); inside += 1) if ((end[inside] as number) > inside + 1) next.add(inside);
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
