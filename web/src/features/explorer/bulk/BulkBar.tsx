import { useQueryClient } from "@tanstack/react-query";
import { Copy, Download, Trash2, X } from "lucide-react";
import { useState } from "react";

import { forgetRows } from "@/api/bulk";
import { useSession } from "@/api/session";
import { formatCount } from "@/lib/formatters";
import { writeTerm } from "@/models/query/terms";
import { Button } from "@/ui/Button";
import { copyText } from "@/ui/copyText";
import { Tooltip } from "@/ui/Tooltip";
import { toast } from "@/ui/toasts";

import { ExportMenu } from "../ExportMenu";
import type { LevelLook } from "../levels";
import type { View } from "../view";
import type { Taste } from "../views/useTaste";
import { DeleteDialog } from "./DeleteDialog";
import { deleteSoon } from "./pending";
import type { Selecting } from "./useSelection";

/** So many go without a question, for they can be brought back. */
const UNDONE_UP_TO = 20;
/** A query that names them has to be short enough for an address. */
const MAX_NAMED_CHARS = 6000;

export interface BulkBarProps<Row> {
  view: View;
  look: LevelLook<Row>;
  taste: Taste;
  selecting: Selecting;
  /** How many rows match; null when nobody has counted them to the last. */
  total: number | null;
  hasMore: boolean;
}

/** What can be done with the rows that are selected. */
export function BulkBar<Row>({ view, look, taste, selecting, total, hasMore }: BulkBarProps<Row>) {
  const { selection, extent, clear, selectAll } = selecting;
  const [isAsking, setAsking] = useState(false);
  const ids = [...selection.ids];
  const count = selection.isAll ? total : ids.length;
  if (!selection.isAll && ids.length === 0) return null;
  const named = writeTerm(look.level === "users" ? "user" : "id", ids);
  const isNamed = !selection.isAll && named.length <= MAX_NAMED_CHARS;
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
        {selection.isAll || isNamed ? (
          <ExportMenu
            view={isNamed ? { ...view, question: { ...view.question, q: named, ...EVER } } : view}
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
        {look.level === "traces" && (
          <DeleteButton view={view} ids={selection.isAll ? null : ids} onDone={clear} onAsk={() => setAsking(true)} />
        )}
        <Button kind="quiet" aria-label="Clear the selection" className="w-7 px-0" onClick={clear}>
          <X className="size-4" strokeWidth={1.75} />
        </Button>
      </div>
      {isAsking && (
        <DeleteDialog
          question={view.question}
          ids={selection.isAll ? null : ids}
          total={total}
          onDone={clear}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  );
}

/** Rows that are named are meant wherever they stand in time. */
const EVER = { fromUs: undefined, untilUs: undefined, fixed: undefined };

interface DeleteButtonProps {
  view: View;
  /** null: all that match. */
  ids: readonly string[] | null;
  onDone: () => void;
  onAsk: () => void;
}

function DeleteButton({ view, ids, onDone, onAsk }: DeleteButtonProps) {
  const { projectId } = view.question;
  const queries = useQueryClient();
  const role = useSession().projects.find(({ id }) => id === projectId)?.role;
  const label = (
    <>
      <Trash2 className="size-4" strokeWidth={1.75} aria-hidden /> Delete
    </>
  );
  if (role === undefined || role === "viewer")
    return (
      <Tooltip label="Deleting needs the role member; yours here is viewer: ask an owner or admin">
        <Button kind="danger" aria-disabled>
          {label}
        </Button>
      </Tooltip>
    );
  const remove = () => {
    if (ids === null || ids.length > UNDONE_UP_TO) {
      onAsk();
      return;
    }
    const undo = deleteSoon(projectId, ids, (error) => {
      if (error === null) return forgetRows(queries);
      toast(error instanceof Error ? error.message : "They could not be deleted", "error");
    });
    onDone();
    toast(ids.length === 1 ? "1 trace deleted" : `${ids.length} traces deleted`, "plain", {
      label: "Undo",
      run: undo,
      ms: 8000,
    });
  };
  return (
    <Button kind="danger" onClick={remove}>
      {label}
    </Button>
  );
}
