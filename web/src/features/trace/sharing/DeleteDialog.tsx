import { useState } from "react";

import type { TraceBody } from "@/api/traces";
import { formatCount } from "@/lib/formatters";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";

/** Asks once more before a trace is gone for good. */
export function DeleteDialog({
  trace,
  onDelete,
  onClose,
}: {
  trace: TraceBody;
  onDelete: () => Promise<void>;
  onClose: () => void;
}) {
  const [isDeleting, setDeleting] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const remove = async () => {
    setDeleting(true);
    try {
      await onDelete();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : "It was not deleted");
      setDeleting(false);
    }
  };
  return (
    <Dialog title="Delete this trace?" isOpen onClose={onClose} className="max-w-110">
      <p className="text-text-2">
        <span className="font-medium break-words text-text" dir="auto">
          {trace.name ?? trace.id}
        </span>{" "}
        goes with its {formatCount(trace.observationCount)}{" "}
        {trace.observationCount === 1 ? "observation" : "observations"} and all their scores. This cannot be undone.
      </p>
      {problem !== null && (
        <p role="alert" className="mt-2 text-danger">
          {problem}
        </p>
      )}
      <div className="mt-4 flex justify-end gap-2">
        <Button onClick={onClose}>Keep it</Button>
        <Button kind="danger" aria-disabled={isDeleting} onClick={() => void remove()}>
          Delete trace
        </Button>
      </div>
    </Dialog>
  );
}
