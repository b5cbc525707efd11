/** Labelled inputs: what is wrong stands below, and is read out with the field. */
import type { InputHTMLAttributes, ReactNode, SelectHTMLAttributes, TextareaHTMLAttributes } from "react";

import { Field, Select, TextArea, TextInput } from "./Field";

interface Labelled {
  label: string;
  /** What it means, below the field. */
  hint?: ReactNode;
  /** What is wrong with it; null: nothing. */
  error?: string | null;
  className?: string | undefined;
}
type Rest<Attributes> = Omit<Attributes, "className" | "id">;

export function TextField({
  label,
  hint,
  error = null,
  className,
  type = "text",
  ...rest
}: Labelled & Rest<InputHTMLAttributes<HTMLInputElement>>) {
  return (
    <Field label={label} hint={hint} problem={error} className={className}>
      {(ties) => <TextInput {...ties} type={type} className="h-8" {...rest} />}
    </Field>
  );
}

export function TextAreaField({
  label,
  hint,
  error = null,
  className,
  rows = 3,
  ...rest
}: Labelled & Rest<TextareaHTMLAttributes<HTMLTextAreaElement>>) {
  return (
    <Field label={label} hint={hint} problem={error} className={className}>
      {(ties) => <TextArea {...ties} rows={rows} className="py-1.5" {...rest} />}
    </Field>
  );
}

interface Choices {
  options: readonly { value: string; label: string }[];
}

export function SelectField({
  label,
  hint,
  error = null,
  className,
  options,
  ...rest
}: Labelled & Choices & Omit<Rest<SelectHTMLAttributes<HTMLSelectElement>>, "children">) {
  return (
    <Field label={label} hint={hint} problem={error} className={className}>
      {(ties) => (
        <Select {...ties} className="h-8" {...rest}>
          {options.map(({ value, label: text }) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
