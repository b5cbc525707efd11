/** Rows that a query names one by one. */
import { writeTerm } from "@/models/query/terms";

/** A query that names them has to be short enough for an address. */
const MAX_NAMED_CHARS = 6000;

/** Rows that are named are meant wherever they stand in time. */
export const EVER = { fromUs: undefined, untilUs: undefined, fixed: undefined };

/** The query for these values of a field; null when they are too many. */
export function namedBy(field: string, ids: readonly string[]): string | null {
  const named = writeTerm(field, ids);
  return named.length <= MAX_NAMED_CHARS ? named : null;
}
