import { X } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef } from "react";

import { shortcuts } from "@/lib/shortcuts";

import { Button } from "./Button";
import { classes } from "./classes";

export interface DialogProps {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  children: ReactNode;
  className?: string;
  /** Without a title line and a margin: the content is all there is to see. */
  isBare?: boolean;
  /** Only its buttons close it: for what is shown once, which a slip must not take away. */
  isKept?: boolean;
}

/** A modal dialog: the browser's own, which keeps the focus inside and the rest of the page out of reach. */
export function Dialog({ title, isOpen, onClose, children, className, isBare = false, isKept = false }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const isPressedOutside = useRef(false);
  const slip = useRef(onClose); // in a ref: most callers make it anew with each render, and the dialog stays open
  useEffect(() => {
    slip.current = isKept ? () => undefined : onClose;
  });
  useEffect(() => {
    const dialog = ref.current;
    if (dialog === null || !isOpen) return;
    const before = document.activeElement;
    dialog.showModal();
    const forget = shortcuts.add("dialog", [{ keys: "Escape", label: "Close", run: () => slip.current() }]);
    return () => {
      forget();
      dialog.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, [isOpen]);
  if (!isOpen) return null;
  return (
    // A click on the backdrop is a click on the dialog itself, outside of what it holds.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions -- Escape does the same
    <dialog
      ref={ref}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        slip.current();
      }}
      onPointerDown={(event) => {
        isPressedOutside.current = event.target === ref.current; // and not where a text was selected beyond the edge
      }}
      onClick={(event) => event.target === ref.current && isPressedOutside.current && slip.current()}
      className={classes(
        "m-auto max-h-[85vh] w-full max-w-140 overflow-hidden rounded-lg border border-line bg-bg p-0 text-text shadow-dialog backdrop:bg-(--backdrop) open:flex open:flex-col",
        className,
      )}
    >
      {isBare ? (
        <h2 id={titleId} className="sr-only">
          {title}
        </h2>
      ) : (
        <div className="flex items-center justify-between border-b border-line py-2 pr-2 pl-4">
          <h2 id={titleId} className="text-14 font-semibold">
            {title}
          </h2>
          {/* Without a tooltip: it would open at once, for the focus comes here, and take the first Escape. */}
          <Button kind="quiet" className="w-7 px-0" aria-label="Close" onClick={onClose}>
            <X className="size-4" strokeWidth={1.75} />
          </Button>
        </div>
      )}
      {isBare ? children : <div className="overflow-auto p-4">{children}</div>}
    </dialog>
  );
}
