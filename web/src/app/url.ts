/** The URL as state: read what is on screen from it, change it by patches, so that Back undoes the last change. */
import { useRouter, useRouterState } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";

import { parseSearch, patchSearch, printSearch, type Search, type SearchPatch } from "@/lib/search";
import { withBase } from "@/lib/href";

export interface UrlState {
  search: Search;
  /** Change keys; Back returns. `undefined` takes a key away. */
  push: (patch: SearchPatch) => void;
  /** Change keys without a step of history: typing, corrections. */
  replace: (patch: SearchPatch) => void;
}

export function useUrlState(): UrlState {
  const router = useRouter();
  const text = useRouterState({ select: (state) => state.location.searchStr });
  const search = useMemo(() => parseSearch(text), [text]);
  const change = useCallback(
    (patch: SearchPatch, how: "push" | "replace") => {
      const { pathname, search: now } = window.location;
      const next = `${pathname}${printSearch(patchSearch(parseSearch(now), patch))}`;
      if (next !== `${pathname}${now}`) router.history[how](next);
    },
    [router],
  );
  const push = useCallback((patch: SearchPatch) => change(patch, "push"), [change]);
  const replace = useCallback((patch: SearchPatch) => change(patch, "replace"), [change]);
  return useMemo(() => ({ search, push, replace }), [search, push, replace]);
}

/** Go to a path that `href` built. */
export function useGo(): (path: string, options?: { replace?: boolean }) => void {
  const router = useRouter();
  return useCallback(
    (path, { replace = false } = {}) => router.history[replace ? "replace" : "push"](withBase(path)),
    [router],
  );
}

/** Whether the person is still where they are now, in path and search: what comes late moves nobody. */
export function fromHere(): () => boolean {
  const here = () => window.location.pathname + window.location.search;
  const before = here();
  return () => here() === before;
}
