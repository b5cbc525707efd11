/** Changing what is shown of an answer, before and after the server knows of the change. */
import { hashKey, type QueryClient, type QueryKey } from "@tanstack/react-query";

type Patch<T> = (shown: T) => T;

/** Changes that the server has not confirmed, by the key of what they change, in the order in which they were made. */
const awaited = new Map<string, Set<Patch<unknown>>>();

/** An answer with the changes that it cannot know of yet; for the function that asks for it. */
export const withAwaited = <T>(queryKey: QueryKey, answer: T): T =>
  [...(awaited.get(hashKey(queryKey)) ?? [])].reduce<unknown>((shown, patch) => patch(shown), answer) as T;

/** Change what is shown of one answer, if it is there. An answer that comes later undoes it. */
export function patchShown<T>(queries: QueryClient, queryKey: QueryKey, patch: Patch<T>): void {
  queries.setQueryData<T>(queryKey, (shown) => (shown === undefined ? shown : patch(shown)));
}

/** The same, also of answers that come before the function is called that this returns; twice must be as once. */
export function patchAwaited<T>(queries: QueryClient, queryKey: QueryKey, patch: Patch<T>): () => void {
  const key = hashKey(queryKey);
  const patches = awaited.get(key) ?? new Set();
  const added = patch as Patch<unknown>;
  awaited.set(key, patches.add(added));
  patchShown(queries, queryKey, patch);
  return () => {
    patches.delete(added);
    if (patches.size === 0 && awaited.get(key) === patches) awaited.delete(key);
  };
}

/**
 * The same once the server knows; what it does not know yet stays on top.
 *
 * An answer that is on its way may have been made before the server knew, and would undo it: it is given up and asked
 * for anew.
 */
export function patchKnown<T>(queries: QueryClient, queryKey: QueryKey, patch: Patch<T>): void {
  patchShown<T>(queries, queryKey, (shown) => withAwaited(queryKey, patch(shown)));
  const same = { queryKey, exact: true };
  if (queries.isFetching(same) > 0) void queries.refetchQueries(same);
}
