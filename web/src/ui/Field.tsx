/** What forms are made of: a label, what is below it, and what is wrong with it. */
import {
  type InputHTMLAttributes,
  type ReactNode,
  type Ref,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
} from "react";

import { classes } from "./classes";

const BOX =
  "w-full min-w-0 rounded-sm border border-line-strong bg-bg px-2 text-13 text-text placeholder:text-text-3 aria-invalid:border-danger disabled:opacity-50";

export interface FieldProps {
  label: string;
  hint?: ReactNode;
  problem?: string | null;
  className?: string | undefined;
  /** Gets the ids that tie it to its label and its problem. */
  children: (ties: { id: string; "aria-describedby"?: string; "aria-invalid"?: true }) => ReactNode;
}

export function Field({ label, hint, problem = null, className, children }: FieldProps) {
  const id = useId();
  const noteId = `${id}-note`;
  const hasNote = problem !== null || hint !== undefined;
  return (
    <div className={classes("flex min-w-0 flex-col gap-1", className)}>
      <label htmlFor={id} className="text-12 font-medium text-text-2">
        {label}
      </label>
      {children({
        id,
        ...(hasNote ? { "aria-describedby": noteId } : {}),
        ...(problem === null ? {} : { "aria-invalid": true as const }),
      })}
      {hasNote && (
        <p id={noteId} className={classes("text-12", problem === null ? "text-text-3" : "text-danger")}>
          {problem ?? hint}
        </p>
      )}
    </div>
  );
}

export function TextInput({
  className,
  ...rest
}: InputHTMLAttributes<HTMLInputElement> & { ref?: Ref<HTMLInputElement> }) {
  return <input {...rest} className={classes(BOX, "h-7", className)} />;
}

export function TextArea({
  className,
  ...rest
}: TextareaHTMLAttributes<HTMLTextAreaElement> & { ref?: Ref<HTMLTextAreaElement> }) {
  return <textarea {...rest} className={classes(BOX, "block resize-y py-1", className)} />;
}

/** The browser's own list of choices. */
export function Select({ className, ...rest }: SelectHTMLAttributes<HTMLSelectElement>) {
  return <select {...rest} className={classes(BOX, "h-7 px-1", className)} />;
}

/** Something that is on or off. */
export function Switch({
  label,
  isOn,
  isDisabled = false,
  onChange,
}: {
  label: string;
  isOn: boolean;
  isDisabled?: boolean;
  onChange: (isOn: boolean) => void;
}) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={isOn}
      aria-label={label}
      disabled={isDisabled}
      onClick={() => onChange(!isOn)}
      className="inline-flex h-6 w-10 shrink-0 items-center rounded-full border border-line-strong bg-panel px-0.5 aria-checked:border-accent aria-checked:bg-accent disabled:opacity-50"
    >
      <span
        aria-hidden
        className={classes(
          "size-4 rounded-full transition-transform duration-(--motion)",
          isOn ? "translate-x-4.5 bg-on-accent" : "bg-text-3",
        )}
      />
    </button>
  );
}
