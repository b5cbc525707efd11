/** JSON text of a value; numbers as their source had them. Iterative: nesting is bounded by memory alone. */
import { ExactNumber, isArray, isObject, type Json } from "./value";

type Step = { text: string } | { value: Json; depth: number };

/** With `indent` 0 the shortest text, else lines indented by so many spaces. */
export function printJson(value: Json, indent = 0): string {
  const parts: string[] = [];
  const steps: Step[] = [{ value, depth: 0 }];
  const line = (depth: number): string => (indent > 0 ? `\n${" ".repeat(indent * depth)}` : "");
  for (let step = steps.pop(); step; step = steps.pop()) {
    if ("text" in step) {
      parts.push(step.text);
      continue;
    }
    const entries = entriesOf(step.value);
    if (!entries) {
      parts.push(printScalar(step.value));
      continue;
    }
    const [open, close] = isArray(step.value) ? ["[", "]"] : ["{", "}"];
    if (entries.length === 0) {
      parts.push(open + close);
      continue;
    }
    const inner = step.depth + 1;
    steps.push({ text: line(step.depth) + close });
    for (let index = entries.length - 1; index >= 0; index -= 1) {
      const [key, child] = entries[index] as readonly [string | null, Json];
      const label = key === null ? "" : `${JSON.stringify(key)}:${indent > 0 ? " " : ""}`;
      steps.push({ value: child, depth: inner }, { text: (index > 0 ? "," : "") + line(inner) + label });
    }
    parts.push(open);
  }
  return parts.join("");
}

/** Key and value of each child, null keys in a list; null for a scalar. */
export function entriesOf(value: Json): (readonly [string | null, Json])[] | null {
  if (isArray(value)) return value.map((child) => [null, child] as const);
  return isObject(value) ? Object.entries(value) : null;
}

/** A scalar as JSON text. */
export const printScalar = (value: Json): string =>
  value instanceof ExactNumber ? value.source : JSON.stringify(value);
