import { useCallback, useMemo, useState } from "react";

import { useShortcuts } from "@/app/useShortcuts";
import type { Shortcut } from "@/lib/shortcuts";
import { allOrNone, everything, extended, extentOf, NOTHING, type Selection, toggled } from "@/models/selection";

export interface Selecting {
  selection: Selection;
  extent: "none" | "some" | "all";
  /** Select a row or take it out; with a range: all from the one before. */
  select: (id: string, isRange: boolean) => void;
  selectLoaded: () => void;
  selectAll: () => void;
  clear: () => void;
}

/** The selection of a list, for as long as it asks for the same rows. */
export function useSelection(ids: readonly string[], cursor: number, identity: string): Selecting {
  const [kept, setKept] = useState({ identity, selection: NOTHING });
  const selection = kept.identity === identity ? kept.selection : NOTHING;
  const change = useCallback(
    (how: (before: Selection) => Selection) =>
      setKept((before) => ({ identity, selection: how(before.identity === identity ? before.selection : NOTHING) })),
    [identity],
  );
  const select = useCallback(
    (id: string, isRange: boolean) => change((before) => (isRange ? extended(before, id, ids) : toggled(before, id))),
    [change, ids],
  );
  const clear = useCallback(() => change(() => NOTHING), [change]);
  const id = ids[cursor];
  const hasAny = selection.isAll || selection.ids.size > 0;
  const keys = useMemo<Shortcut[]>(
    () => [
      { keys: "x", label: "Select the row", run: () => id !== undefined && select(id, false) },
      { keys: "shift+x", label: "Select the rows up to this one", run: () => id !== undefined && select(id, true) },
      ...(hasAny ? [{ keys: "Escape", label: "Clear the selection", run: clear }] : []),
    ],
    [id, select, clear, hasAny],
  );
  useShortcuts("page", keys);
  return useMemo(
    () => ({
      selection,
      extent: extentOf(selection, ids),
      select,
      clear,
      selectLoaded: () => change((before) => allOrNone(before, ids)),
      selectAll: () => change(() => everything(ids)),
    }),
    [selection, ids, select, clear, change],
  );
}
