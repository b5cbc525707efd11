/** The saved view that a list is seen through, if there is one. */
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";

import { ApiError } from "@/api/errors";
import { type SavedView, viewQuery, viewsQuery } from "@/api/views";
import { useUrlState } from "@/app/url";
import type { ListLevel } from "@/lib/href";
import { oneOf } from "@/lib/search";
import { asksForNothing } from "@/models/views";

export interface Seen {
  /** null: the list as it is. */
  view: SavedView | null;
  /** False until it is known which rows are meant. */
  isReady: boolean;
  /** An id that names no view here. */
  missingId: string | null;
  /** Why it cannot be read; what it would have left out must not be shown instead. */
  failure: Error | null;
  retry: () => void;
}

/** A list as it is. */
export const NO_VIEW: Seen = { view: null, isReady: true, missingId: null, failure: null, retry: () => undefined };
const WAITING: Seen = { ...NO_VIEW, isReady: false };

/** Find the view that the URL names, or the one that the list begins with. */
export function useSavedView(projectId: string, level: ListLevel, hasViews: boolean): Seen {
  const { search, replace } = useUrlState();
  const named = hasViews ? (oneOf(search, "viewId") ?? "") : "";
  const found = useQuery({ ...viewQuery(projectId, named), enabled: named !== "", retry: false });
  const isOpen = hasViews && asksForNothing(search);
  const views = useQuery({ ...viewsQuery(projectId), enabled: hasViews });
  const ofLevel = views.data?.defaults.filter((one) => one.level === level) ?? [];
  const usual = isOpen ? (ofLevel.find(({ forAll }) => !forAll) ?? ofLevel[0])?.viewId : undefined;
  useEffect(() => {
    if (usual !== undefined) replace({ viewId: usual });
  }, [usual, replace]);
  if (named === "") return (isOpen && views.isPending) || usual !== undefined ? WAITING : NO_VIEW;
  if (found.isPending) return WAITING;
  if (found.error !== null && found.data === undefined && !isMissing(found.error))
    return { ...WAITING, failure: found.error, retry: () => void found.refetch() };
  if (found.data === undefined || found.data.level !== level) return { ...NO_VIEW, missingId: named };
  return { ...NO_VIEW, view: found.data };
}

function isMissing(error: Error): boolean {
  return error instanceof ApiError && error.status === 404;
}
