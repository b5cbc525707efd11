import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { deleteMatching, forgetRows } from "@/api/bulk";
import { type Deletable, deleteRows } from "@/api/deletion";
import { ApiError } from "@/api/errors";
import { countQuery, type Question } from "@/api/explorer";
import { formatCount } from "@/lib/formatters";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { Dialog } from "@/ui/Dialog";
import { toast } from "@/ui/toasts";

export interface DeleteDialogProps {
  level: Deletable;
  question: Question;
  /** null: all that match. */
  ids: readonly string[] | null;
  /** How many they are; null when nobody has counted them to the last. */
  count: number | null;
  isOpen: boolean;
  /** Which they are, where that is not the list's own question. */
  which?: ReactNode;
  onDone: () => void;
  onClose: () => void;
}

const WITH: Readonly<Record<Deletable, string>> = {
  traces: " go with all their observations, scores and media, for everybody and for good.",
  scores: " go, for everybody and for good. What they are about stays.",
};

/** Asks for the number of rows before they go: whoever types it has seen it. */
export function DeleteDialog({ level, question, ids, count, isOpen, which, onDone, onClose }: DeleteDialogProps) {
  const queries = useQueryClient();
  const counted = useQuery({ ...countQuery(question), enabled: false });
  if (count === null)
    return (
      <Dialog title={`Delete ${level}`} isOpen={isOpen} onClose={onClose}>
        <p>
          {counted.data?.isExact === false
            ? `More than 100 000 ${level} match, and only what is counted can be deleted: narrow the time or the search.`
            : "How many match could not be counted, and only what is counted can be deleted: read the list anew, or narrow the time or the search."}
        </p>
      </Dialog>
    );
  const noun = count === 1 ? level.slice(0, -1) : level;
  const isLater = ids === null && level === "traces";
  const remove = async () => {
    try {
      if (ids === null) await deleteMatching(queries, question, count);
      else await deleteRows(level, question.projectId, ids);
    } catch (failure) {
      if (failure instanceof ApiError && failure.code === "count_changed") void forgetRows(queries);
      throw failure;
    }
    if (!isLater) void forgetRows(queries);
    toast(
      isLater
        ? `${formatCount(count)} ${noun} ${count === 1 ? "is" : "are"} being deleted: the bell shows how far it is`
        : `${formatCount(count)} ${noun} deleted`,
    );
    onDone();
  };
  return (
    <ConfirmDialog
      title={`Delete ${level}`}
      action={`Delete ${formatCount(count)} ${noun}`}
      typed={String(count)}
      isOpen={isOpen}
      onClose={onClose}
      onConfirm={remove}
    >
      <p>
        <strong className="text-text">
          {formatCount(count)} {noun}
        </strong>
        {WITH[level]} {which ?? (ids === null ? "They are all that match." : "Only those that you selected.")}
        {isLater && " They are deleted in the background; what arrives from now on stays."}
      </p>
    </ConfirmDialog>
  );
}
