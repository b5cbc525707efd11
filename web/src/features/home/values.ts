/** Values of the rows that the server answers. */
import type { MetricsRow } from "@/api/metrics";

/** A dimension as text; null where there is none. */
export function textAt(row: MetricsRow, at: number): string | null {
  const value = row.dimensions[at] ?? null;
  return value === null ? null : String(value);
}

/** A metric; null where there is none, which is not 0. */
export function numberAt(row: MetricsRow | undefined, at: number): number | null {
  const value = row?.values[at];
  return typeof value === "number" ? value : null;
}
