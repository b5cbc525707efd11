/** A chart in a sentence, for whoever does not see it. */
import type { Series } from "./series";

const MOST_NAMED = 3;

export interface Named {
  label: string;
  value: string;
}

/** `Cost by model: gpt-4o $12.30, gpt-4o-mini $1.20 and 2 more.` */
export function summarise(title: string, named: readonly Named[]): string {
  if (named.length === 0) return `${title}: nothing in this time.`;
  const first = named.slice(0, MOST_NAMED).map(({ label, value }) => `${label} ${value}`);
  const rest = named.length - first.length;
  return `${title}: ${first.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}.`;
}

/** A value of metadata as people wrote it: newer SDKs send texts as JSON, and they are kept as sent. */
export function unquoted(value: string): string {
  if (!value.startsWith('"')) return value;
  try {
    const read: unknown = JSON.parse(value);
    return typeof read === "string" ? read : value;
  } catch {
    return value;
  }
}

/** What a series is called. */
export function labelOf(series: Pick<Series, "name" | "others">, none = "(none)"): string {
  if (series.others > 0) return `other (${series.others})`;
  return series.name ?? none;
}
