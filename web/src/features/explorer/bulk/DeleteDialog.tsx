import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

import { deleteMatching, forgetRows } from "@/api/bulk";
import { deleteTraces } from "@/api/deletion";
import { ApiError } from "@/api/errors";
import { countQuery, type Question } from "@/api/explorer";
import { formatCount } from "@/lib/formatters";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { toast } from "@/ui/toasts";

interface DeleteDialogProps {
  question: Question;
  /** null: all that match. */
  ids: readonly string[] | null;
  total: number | null;
  onDone: () => void;
  onClose: () => void;
}

/** Asks for the number of traces before they go: whoever types it has seen it. */
export function DeleteDialog({ question, ids, total, onDone, onClose }: DeleteDialogProps) {
  const queries = useQueryClient();
  const count = ids === null ? total : ids.length;
  const [typed, setTyped] = useState("");
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const counted = useQuery({ ...countQuery(question), enabled: false });
  if (count === null)
    return (
      <Dialog title="Delete traces" isOpen onClose={onClose}>
        <p>
          {counted.data?.isExact === false
            ? "More than 100 000 traces match, and only what is counted can be deleted: narrow the time or the search."
            : "How many match could not be counted, and only what is counted can be deleted: read the list anew, or narrow the time or the search."}
        </p>
      </Dialog>
    );
  const remove = async () => {
    if (ids === null) {
      await deleteMatching(queries, question, count);
      toast(`${formatCount(count)} traces are being deleted: the bell shows how far it is`);
      return;
    }
    await deleteTraces(question.projectId, ids);
    forgetRows(queries);
    toast(`${formatCount(count)} traces deleted`);
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (typed.replaceAll(/[\s,.\u202f]/g, "") !== String(count)) {
      setError(`Type ${count} to confirm.`);
      return;
    }
    setBusy(true);
    try {
      await remove();
      onDone();
      onClose();
    } catch (failure) {
      setError(failure instanceof Error ? failure.message : "They could not be deleted.");
      setBusy(false);
      if (failure instanceof ApiError && failure.code === "count_changed") forgetRows(queries);
    }
  };
  return (
    <Dialog title="Delete traces" isOpen onClose={onClose}>
      <form noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-3">
        <p>
          <strong>{formatCount(count)} traces</strong> go with all their observations, scores and media, for everybody
          and for good.{" "}
          {ids === null
            ? "They are deleted in the background; what arrives from now on stays."
            : "Only those that you selected."}
        </p>
        <label className="flex flex-col gap-1">
          <span className="text-12 text-text-2">
            Type <strong>{count}</strong> to confirm
          </span>
          <input
            // oxlint-disable-next-line jsx-a11y/no-autofocus -- the dialog is there to ask for it
            autoFocus
            inputMode="numeric"
            autoComplete="off"
            value={typed}
            aria-invalid={error !== null}
            aria-describedby={error === null ? undefined : "delete-error"}
            onChange={(event) => setTyped(event.target.value)}
            className="tabular h-8 rounded-sm border border-line-strong bg-bg px-2"
          />
        </label>
        {error !== null && (
          <p id="delete-error" role="alert" className="text-danger">
            {error}
          </p>
        )}
        <div className="flex justify-end gap-2">
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button kind="danger" type="submit" disabled={isBusy}>
            Delete {formatCount(count)} traces
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
