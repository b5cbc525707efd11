import { Copy, Download, X } from "lucide-react";
import { formatCount } from "@/lib/formatters";
import { Button } from "@/ui/Button";
import { copyText } from "@/ui/copyText";
import { Tooltip } from "@/ui/Tooltip";

import { ExportMenu } from "../ExportMenu";
import type { LevelLook } from "../levels";
import type { View } from "../view";
import type { Taste } from "../views/useTaste";
import { DeleteButton } from "./DeleteButton";
import { EVER, namedBy } from "./named";
import type { Selecting } from "./useSelection";

export interface BulkBarProps {
  view: View;
  look: LevelLook;
  taste: Taste;
  selecting: Selecting;
  /** How many rows match; null when nobody has counted them to the last. */
  total: number | null;
  hasMore: boolean;
}

/** What can be done with the rows that are selected, of which there is one at least. */
export function BulkBar({ view, look, taste, selecting, total, hasMore }: BulkBarProps) {
  const { selection, extent, clear, selectAll } = selecting;
  const ids = [...selection.ids];
  const count = selection.isAll ? total : ids.length;
  const named = selection.isAll ? null : namedBy(look.level === "users" ? "user" : "id", ids);
  const copy = () =>
    void copyText(ids.join("\n"), ids.length === 1 ? "Id copied" : `${formatCount(ids.length)} ids copied`);
  return (
    <div
      role="toolbar"
      aria-label="Selection"
      data-testid="bulk-bar"
      className="flex min-h-10 shrink-0 flex-wrap items-center gap-1 border-t border-line bg-panel px-3 py-1"
    >
      <span role="status" className="tabular mr-1 font-medium">
        {count === null ? "All that match" : formatCount(count)} selected
      </span>
      {!selection.isAll && extent === "all" && hasMore && total !== null && (
        <Button kind="quiet" className="text-accent" onClick={selectAll}>
          Select all {formatCount(total)} that match
        </Button>
      )}
      <div className="ml-auto flex items-center gap-1">
        {!selection.isAll && (
          <Button kind="quiet" aria-label="Copy ids" onClick={copy}>
            <Copy className="size-4" strokeWidth={1.75} aria-hidden />{" "}
            <span className="hidden sm:inline">Copy ids</span>
          </Button>
        )}
        {selection.isAll || named !== null ? (
          <ExportMenu
            view={named === null ? view : { ...view, question: { ...view.question, q: named, ...EVER } }}
            look={look}
            taste={taste}
            label="Export selection"
          />
        ) : (
          <Tooltip label="So many cannot be named one by one: select all that match">
            <Button kind="quiet" aria-disabled>
              <Download className="size-4" strokeWidth={1.75} aria-hidden /> Export selection
            </Button>
          </Tooltip>
        )}
        <DeleteButton
          level={look.level}
          question={view.question}
          ids={selection.isAll ? null : ids}
          total={total}
          onDone={clear}
        />
        <Button kind="quiet" aria-label="Clear the selection" className="w-7 px-0" onClick={clear}>
          <X className="size-4" strokeWidth={1.75} />
        </Button>
      </div>
    </div>
  );
}
