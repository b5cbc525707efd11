/** A saved view under the keys of a URL: what the URL says counts, the rest is as it was saved. */
import { allOf, oneOf, type Search, type SearchPatch } from "@/lib/search";

export interface SavedState {
  q?: string | undefined;
  dateRange?: string | null | undefined;
  env?: readonly string[] | undefined;
  orderBy?: string | null | undefined;
}

const KEYS = ["q", "dateRange", "env", "orderBy"] as const;
type Key = (typeof KEYS)[number];

/** Longer queries do not go into the address: proxies and chats cut them. */
export const MAX_QUERY_IN_URL = 4000;

/** What a view says of a key, as the URL would; undefined: nothing. */
function valueOf(state: SavedState, key: Key): string | readonly string[] | undefined {
  const value = state[key] ?? undefined;
  return value === undefined || value.length === 0 ? undefined : value;
}

/** The keys as they count. */
export function effective(search: Search, state: SavedState | null): Search {
  if (state === null) return search;
  const merged: Record<string, string | readonly string[]> = { ...search };
  for (const key of KEYS) {
    const value = valueOf(state, key);
    if (!(key in search) && value !== undefined) merged[key] = value;
  }
  return merged;
}

/** A change of keys, so that what goes back to the view leaves the URL, and what the view says can be taken away. */
export function overView(patch: SearchPatch, state: SavedState | null): SearchPatch {
  if (state === null) return patch;
  const changed: Record<string, string | readonly string[] | undefined> = { ...patch };
  for (const key of KEYS) {
    if (!(key in patch)) continue;
    const value = patch[key];
    const saved = valueOf(state, key);
    if (isSame(value, saved)) changed[key] = undefined;
    else if (isNothing(value)) changed[key] = "";
  }
  return changed;
}

/** Whether the URL says something else than the view. */
export function differs(search: Search, state: SavedState): boolean {
  return KEYS.some((key) => key in search && !isSame(search[key], valueOf(state, key)));
}

/** Keys that take a URL back to its view. */
export const BACK_TO_VIEW = { q: undefined, dateRange: undefined, env: undefined, orderBy: undefined } as const;

/** Whether an address asks for nothing of its own: then a list begins with its default view. */
export function asksForNothing(search: Search): boolean {
  return ![...KEYS, "viewId", "filter", "search", "searchType", "peek"].some((key) => key in search);
}

/** What is on screen, to be saved. */
export function stateOf(search: Search): Required<SavedState> {
  return {
    q: (oneOf(search, "q") ?? "").trim(),
    dateRange: oneOf(search, "dateRange") ?? null,
    env: allOf(search, "env").filter((name) => name !== ""),
    orderBy: oneOf(search, "orderBy") ?? null,
  };
}

function isNothing(value: string | readonly string[] | undefined): boolean {
  return value === undefined || value.length === 0;
}

function isSame(left: string | readonly string[] | undefined, right: string | readonly string[] | undefined): boolean {
  const texts = (value: string | readonly string[] | undefined) =>
    (typeof value === "string" ? [value] : (value ?? [])).filter((text) => text !== "").join("\n");
  return texts(left) === texts(right);
}
