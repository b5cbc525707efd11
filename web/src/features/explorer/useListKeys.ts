import { useCallback, useMemo, useState } from "react";

import { useGo } from "@/app/url";
import { useShortcuts } from "@/app/useShortcuts";
import type { SearchPatch } from "@/lib/search";
import type { Shortcut } from "@/lib/shortcuts";

import { openCellMenu } from "./CellMenu";
import type { LevelLook } from "./levels";
import type { View } from "./view";

/** Keys that belong to the panel's trace, and go with it. */
const OF_PEEK = {
  peek: undefined,
  traceId: undefined,
  peekView: undefined,
  observation: undefined,
  view: undefined,
  traceTab: undefined,
  pref: undefined,
  comments: undefined,
  commentObjectType: undefined,
  commentObjectId: undefined,
} as const satisfies SearchPatch;

interface ListKeys<Row> {
  view: View;
  look: LevelLook<Row>;
  rows: readonly Row[];
  projectId: string;
}

/** The row that the keyboard is on, the one that is open, and the keys that move both. */
export function useListKeys<Row>({ view, look, rows, projectId }: ListKeys<Row>) {
  const { peek } = view;
  const { push, replace } = view.url;
  const go = useGo();
  const openId = peek?.rowId ?? null;
  const openIndex = openId === null ? -1 : rows.findIndex((row) => look.idOf(row) === openId);
  const [moved, setCursor] = useState(-1);
  const cursor = openIndex >= 0 ? openIndex : Math.min(moved, rows.length - 1);
  const open = useCallback(
    (row: Row, index: number, how: "push" | "replace" = "push") => {
      setCursor(index);
      const keys = look.peekOf?.(row) ?? null;
      if (keys === null) go(look.pathOf(row, projectId));
      else
        (how === "push" ? push : replace)({
          ...OF_PEEK,
          peekView: view.isPeekWide ? "expanded" : undefined,
          ...keys,
        });
    },
    [look, push, replace, view.isPeekWide, go, projectId],
  );
  const close = useCallback(() => push(OF_PEEK), [push]);
  const step = useCallback(
    (by: -1 | 1) => {
      const next = Math.min(Math.max(cursor + by, 0), rows.length - 1);
      const row = rows[next];
      if (row === undefined) return;
      if (openId === null) setCursor(next);
      else open(row, next, "replace");
    },
    [cursor, rows, openId, open],
  );
  const keys = useMemo<Shortcut[]>(() => {
    const row = rows[cursor];
    return [
      { keys: "j", label: "Next row", run: () => step(1) },
      { keys: "k", label: "Previous row", run: () => step(-1) },
      {
        keys: "Enter",
        label: look.peekOf === undefined ? "Open the row" : "Open the row beside the list",
        run: (event) => openByEnter(event, () => row !== undefined && open(row, cursor)),
      },
      { keys: ".", label: "Menu of the row", run: () => row !== undefined && openCellMenu(look.idOf(row)) },
      { keys: "o", label: "Open the row's page", run: () => row !== undefined && go(look.pathOf(row, projectId)) },
    ];
  }, [rows, cursor, step, open, go, look, projectId]);
  useShortcuts("page", keys);
  const openRow = useCallback((row: Row, index: number) => open(row, index), [open]);
  return { cursor, openId, openIndex, openRow, close, step };
}

/** Enter on a button or a link is theirs. */
function openByEnter(event: KeyboardEvent, open: () => void): void {
  const target = event.target;
  if (target instanceof HTMLElement && target.closest("a, button, [role=menuitem], [role=separator]") !== null) {
    target.click();
    return;
  }
  open();
}
