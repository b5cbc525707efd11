/** Which columns a list shows, and how high its rows are: of the saved view, changed by what was done to it since. */
import { useMemo } from "react";

import { type ColumnPreferences, preferences, type RowLines, setPreferences, usePreferences } from "@/lib/preferences";
import type { SavedView } from "@/api/views";
import type { ListLevel } from "@/lib/href";
import { type ColumnTaste, NO_TASTE } from "@/models/columns";

export interface Taste {
  columns: ColumnTaste;
  rowLines: RowLines;
  storeColumns: (next: ColumnTaste) => void;
  storeRowLines: (next: RowLines) => void;
  /** Whether it is another than the saved view's. */
  isChanged: boolean;
  /** Take the saved view's again. */
  reset: () => void;
}

/** What is kept under a name in this browser. */
function keep(key: string, change: Partial<ColumnPreferences> | null): void {
  const { [key]: before, ...others } = preferences().columns;
  setPreferences({ columns: change === null ? others : { ...others, [key]: { ...NO_TASTE, ...before, ...change } } });
}

/** `view` is the one that the list is seen through; one without a name says nothing about columns. */
export function useTaste(level: ListLevel, view: SavedView | null): Taste {
  const { columns: kept, rowLines: usualLines } = usePreferences();
  const saved = view !== null && view.name !== null ? view : null;
  const key = saved === null ? level : `${level}@${saved.id}`;
  const own = kept[key];
  const ofLevel = kept[level];
  return useMemo(() => {
    const columns = { ...NO_TASTE, ...(own ?? saved?.state.columns ?? ofLevel) };
    const rowLines = own?.rowLines ?? readLines(saved?.state.rowLines) ?? usualLines;
    return {
      columns,
      rowLines,
      // Row lines go with the columns, so that a change of one does not take the other from the view.
      storeColumns: (next) => keep(key, saved === null ? next : { ...next, rowLines }),
      storeRowLines: (next) =>
        saved === null ? setPreferences({ rowLines: next }) : keep(key, { ...columns, rowLines: next }),
      isChanged: saved !== null && own !== undefined,
      reset: () => keep(key, null),
    };
  }, [own, ofLevel, saved, usualLines, key]);
}

function readLines(lines: number | null | undefined): RowLines | undefined {
  return lines === 1 || lines === 3 || lines === 8 ? lines : undefined;
}
