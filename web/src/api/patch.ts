import type { QueryClient, QueryKey } from "@tanstack/react-query";

/**
 * Change what is shown of one answer, if it is there.
 *
 * An answer that is on its way meanwhile may have been made before the server knew of the change, and would undo it: it
 * is given up and asked for anew.
 */
export function patchShown<T>(queries: QueryClient, queryKey: QueryKey, patch: (shown: T) => T): void {
  queries.setQueryData<T>(queryKey, (shown) => (shown === undefined ? shown : patch(shown)));
  const same = { queryKey, exact: true };
  if (queries.isFetching(same) > 0) void queries.refetchQueries(same);
}
