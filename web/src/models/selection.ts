/** Which rows of a list are selected: some of those that are loaded, or all that match. */

export interface Selection {
  ids: ReadonlySet<string>;
  /** All that match, also those that nobody has loaded. */
  isAll: boolean;
  /** Where a range begins. */
  anchor: string | null;
}

export const NOTHING: Selection = { ids: new Set(), isAll: false, anchor: null };

/** Select a row, or take it out. */
export function toggled({ ids }: Selection, id: string): Selection {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return { ids: next, isAll: false, anchor: id };
}

/** Select the rows from the one that was touched last to this one; `loaded` is their order. */
export function extended(selection: Selection, id: string, loaded: readonly string[]): Selection {
  const from = selection.anchor === null ? -1 : loaded.indexOf(selection.anchor);
  const to = loaded.indexOf(id);
  if (from < 0 || to < 0) return toggled(selection, id);
  const range = loaded.slice(Math.min(from, to), Math.max(from, to) + 1);
  return { ids: new Set([...selection.ids, ...range]), isAll: false, anchor: id };
}

/** Select all rows that are loaded; when they are already, none. */
export function allOrNone({ ids, isAll }: Selection, loaded: readonly string[]): Selection {
  if (isAll || (loaded.length > 0 && loaded.every((id) => ids.has(id)))) return NOTHING;
  return { ids: new Set(loaded), isAll: false, anchor: null };
}

/** All that match. */
export function everything(loaded: readonly string[]): Selection {
  return { ids: new Set(loaded), isAll: true, anchor: null };
}

export function isSelected({ ids, isAll }: Selection, id: string): boolean {
  return isAll || ids.has(id);
}

/** How much of what is loaded is selected. */
export function extentOf({ ids, isAll }: Selection, loaded: readonly string[]): "none" | "some" | "all" {
  if (isAll) return "all";
  const count = loaded.filter((id) => ids.has(id)).length;
  return count === 0 ? "none" : count === loaded.length ? "all" : "some";
}
