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

/** What a series is called. */
export function labelOf(series: Pick<Series, "name" | "others">, none = "(none)"): string {
  if (series.others > 0) return `other (${series.others})`;
  return series.name ?? none;
}
