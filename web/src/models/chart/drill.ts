/** What leads from a number to the rows behind it. */
import type { SearchPatch } from "@/lib/search";
import { printRange } from "@/models/dateRange";
import { writeField, writeValue } from "@/models/query/terms";

import type { Span } from "./steps";

/** Rows whose field is this text as a whole; without one, null. */
export function exactTerm(field: string, value: string | null, key?: string): string {
  const name = writeField(field, key);
  return value === null ? `-has:${name}` : `${name}:=${writeValue(value)}`;
}

/** The search of a list that holds the rows of a span. */
export function rowsBehind(
  span: Span,
  env: readonly string[],
  terms: readonly string[],
  orderBy?: string,
): SearchPatch {
  return {
    q: terms.length === 0 ? undefined : terms.join(" "),
    dateRange: printRange({ kind: "absolute", ...span }),
    env,
    orderBy,
  };
}
