import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

import { useSession } from "@/api/session";
import { changeView, deleteView, type SavedView, saveView, type ViewState } from "@/api/views";
import { BACK_TO_VIEW } from "@/models/views";
import { Button } from "@/ui/Button";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { Dialog } from "@/ui/Dialog";
import { toast } from "@/ui/toasts";

import type { View } from "../view";
import type { Taste } from "./useTaste";

interface NameDialogProps {
  view: View;
  taste: Taste;
  /** What is to be saved under a new name … */
  state?: ViewState;
  /** … or the view that gets another one. */
  renamed?: SavedView | null;
  onClose: () => void;
}

/** Asks for the name of a view, and keeps it. */
export function NameDialog({ view, taste, state, renamed = null, onClose }: NameDialogProps) {
  const { projectId, level } = view.question;
  const queries = useQueryClient();
  const isViewer = useSession().projects.find(({ id }) => id === projectId)?.role === "viewer";
  const [name, setName] = useState(renamed?.name ?? "");
  const [isShared, setShared] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const keep = async () => {
    if (renamed !== null) return changeView(queries, projectId, renamed.id, { name });
    const saved = await saveView(queries, projectId, { level, name, isShared, state: state ?? ({} as ViewState) });
    if (taste.isChanged) taste.reset();
    view.bare.replace({ ...BACK_TO_VIEW, viewId: saved.id });
    return saved;
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === "") {
      setError("A view needs a name.");
      return;
    }
    setBusy(true);
    try {
      const kept = await keep();
      toast(`${kept.name ?? "The view"} is saved`);
      onClose();
    } catch (failure) {
      setError(failure instanceof Error ? failure.message : "It could not be saved.");
      setBusy(false);
    }
  };
  return (
    <Dialog title={renamed === null ? "Save as a new view" : "Rename the view"} isOpen onClose={onClose}>
      <form noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-3">
        <label className="flex flex-col gap-1">
          <span className="text-12 text-text-2">Name</span>
          <input
            // oxlint-disable-next-line jsx-a11y/no-autofocus -- the dialog is there to ask for it
            autoFocus
            value={name}
            maxLength={200}
            aria-invalid={error !== null}
            aria-describedby={error === null ? undefined : "view-name-error"}
            onChange={(event) => setName(event.target.value)}
            className="h-8 rounded-sm border border-line-strong bg-bg px-2"
            dir="auto"
          />
        </label>
        {renamed === null && (
          <>
            <label className="flex items-center gap-2">
              <input
                type="checkbox"
                className="size-4 accent-(--accent)"
                checked={isShared}
                disabled={isViewer}
                onChange={(event) => setShared(event.target.checked)}
              />
              Everybody in the project finds it{isViewer && " (needs the role member)"}
            </label>
            <p className="text-12 text-text-3">
              It holds the search, the time, the environments, the order, the columns and the height of the rows.
              Whoever has its link can open it in any case.
            </p>
          </>
        )}
        {error !== null && (
          <p id="view-name-error" role="alert" className="text-danger">
            {error}
          </p>
        )}
        <div className="flex justify-end gap-2">
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button kind="primary" type="submit" disabled={isBusy}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

interface DeleteDialogProps {
  view: View;
  saved: SavedView;
  onClose: () => void;
}

/** Asks before a view goes. What it shows stays. */
export function DeleteDialog({ view, saved, onClose }: DeleteDialogProps) {
  const queries = useQueryClient();
  const remove = async () => {
    await deleteView(queries, view.question.projectId, saved.id);
    view.bare.replace({ viewId: "" });
    toast(`${saved.name ?? "The view"} is deleted`);
  };
  return (
    <ConfirmDialog title="Delete the view" action="Delete the view" isOpen onClose={onClose} onConfirm={remove}>
      <p>
        <strong dir="auto">{saved.name}</strong> goes{saved.isShared && ", for everybody"}; the {saved.level} that it
        shows stay. Links to it will show all {saved.level}.
      </p>
    </ConfirmDialog>
  );
}
