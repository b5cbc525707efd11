import { type ReactNode, useId, useState } from "react";

import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { TextField } from "./fields";
import { useAlone } from "./useAlone";

export interface ConfirmDialogProps {
  title: string;
  /** What the button says and does: a verb with its object. */
  action: string;
  isOpen: boolean;
  onClose: () => void;
  onConfirm: () => Promise<void>;
  children: ReactNode;
  /** A text to be typed first, for what cannot be undone. */
  typed?: string;
}

/** Asks before something goes for good; what fails is said in the dialog, which stays open. */
export function ConfirmDialog({ title, action, isOpen, onClose, onConfirm, children, typed }: ConfirmDialogProps) {
  const [text, setText] = useState("");
  const errorId = useId();
  const alone = useAlone();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const close = () => {
    setText("");
    setError(null);
    onClose();
  };
  // What is at work tells its outcome here, so the dialog stays until then.
  const leave = () => {
    if (!isBusy) close();
  };
  const confirm = async () => {
    if (typed !== undefined && text !== typed) {
      setError(`Type ${typed} to go on.`);
      return;
    }
    setBusy(true);
    try {
      await onConfirm();
      close();
    } catch (failure) {
      setError(failure instanceof Error ? failure.message : String(failure));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} isOpen={isOpen} onClose={leave}>
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void alone(confirm);
        }}
      >
        <div className="text-text-2">{children}</div>
        {typed !== undefined && (
          <TextField
            label={`Type “${typed}” to confirm`}
            value={text}
            data-first
            autoComplete="off"
            aria-invalid={error === null ? undefined : true}
            aria-describedby={error === null ? undefined : errorId}
            onChange={(event) => setText(event.target.value)}
          />
        )}
        {error !== null && (
          <p id={errorId} role="alert" className="text-danger">
            {error}
          </p>
        )}
        <div className="flex justify-end gap-2">
          <Button size="large" aria-disabled={isBusy} onClick={leave}>
            Cancel
          </Button>
          <Button kind="danger" size="large" type="submit" aria-disabled={isBusy}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
