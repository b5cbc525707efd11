/** Labelled inputs: what is wrong stands below, and is read out with the field. */
import {
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
} from "react";

import { classes } from "./classes";

export interface FieldProps {
  label: string;
  /** What it means, below the field. */
  hint?: ReactNode;
  /** What is wrong with it; null: nothing. */
  error?: string | null;
  className?: string | undefined;
}

interface Wiring {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": true | undefined;
}

const BOX =
  "w-full rounded-sm border border-line-strong bg-bg px-2 text-13 placeholder:text-text-3 disabled:cursor-not-allowed disabled:bg-panel disabled:text-text-2 aria-invalid:border-danger";

function Field({ label, hint, error, className, children }: FieldProps & { children: (wiring: Wiring) => ReactNode }) {
  const id = useId();
  const isWrong = error !== undefined && error !== null;
  const note = isWrong ? error : hint;
  const noteId = `${id}-note`;
  return (
    <div className={classes("min-w-0", className)}>
      <label htmlFor={id} className="mb-1 block text-12 font-medium text-text-2">
        {label}
      </label>
      {children({
        id,
        "aria-describedby": note === undefined ? undefined : noteId,
        "aria-invalid": isWrong ? true : undefined,
      })}
      {note !== undefined && (
        <p id={noteId} className={classes("mt-1 text-12", isWrong ? "text-danger" : "text-text-3")}>
          {note}
        </p>
      )}
    </div>
  );
}

type TextInputProps = FieldProps & Omit<InputHTMLAttributes<HTMLInputElement>, "className" | "id">;

export function TextInput({ label, hint, error, className, type = "text", ...rest }: TextInputProps) {
  return (
    <Field label={label} hint={hint} error={error ?? null} className={className}>
      {(wiring) => <input {...wiring} type={type} className={classes(BOX, "h-8")} {...rest} />}
    </Field>
  );
}

type TextAreaProps = FieldProps & Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "className" | "id">;

export function TextArea({ label, hint, error, className, rows = 3, ...rest }: TextAreaProps) {
  return (
    <Field label={label} hint={hint} error={error ?? null} className={className}>
      {(wiring) => <textarea {...wiring} rows={rows} className={classes(BOX, "py-1.5")} {...rest} />}
    </Field>
  );
}

type SelectInputProps = FieldProps &
  Omit<SelectHTMLAttributes<HTMLSelectElement>, "className" | "id" | "children"> & {
    options: readonly { value: string; label: string }[];
  };

/** The browser's own choice: it works everywhere, and the page's policy allows it. */
export function SelectInput({ label, hint, error, className, options, ...rest }: SelectInputProps) {
  return (
    <Field label={label} hint={hint} error={error ?? null} className={className}>
      {(wiring) => (
        <select {...wiring} className={classes(BOX, "h-8")} {...rest}>
          {options.map(({ value, label: text }) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
