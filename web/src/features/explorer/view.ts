/** What a list shows, read from the URL; and how it is changed there. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";

import type { Question } from "@/api/explorer";
import { type SavedView, saveView, type ViewState } from "@/api/views";
import { fromHere, type UrlState, useUrlState } from "@/app/url";
import { useAsked } from "@/app/useAsked";
import type { ListLevel } from "@/lib/href";
import { preferences, setPreferences } from "@/lib/preferences";
import { allOf, oneOf, type Search, type SearchPatch } from "@/lib/search";
import { boundsOf, type DateRange, parseRange, printRange, USUAL_RANGE } from "@/models/dateRange";
import { fromLangfuse } from "@/models/query/langfuse";
import { effective, MAX_QUERY_IN_URL, overView, type SavedState, stateOf } from "@/models/views";
import { toast } from "@/ui/toasts";

import type { LevelLook } from "./levels";
import { NO_VIEW, type Seen } from "./views/useSavedView";

export interface Sort {
  column: string;
  isDescending: boolean;
}

export interface View {
  question: Question;
  range: DateRange;
  /** What "now" means for the range; later rows are asked for by refreshing. */
  nowUs: number;
  sort: Sort;
  /** The row in the panel, and what the panel shows. */
  peek: { rowId: string; traceId: string; observationId?: string | undefined } | null;
  isPeekWide: boolean;
  /** Clauses of an old link that mean nothing here. */
  ignored: readonly string[];
  /** The saved view that the list is seen through. */
  saved: SavedView | null;
  /** The keys as they count: those of the URL, the others as they were saved. */
  search: Search;
  /** The URL, to be changed in terms of what counts. */
  url: UrlState;
  /** The URL as it is. */
  bare: UrlState;
  refresh: () => void;
}

export interface ViewOptions {
  /** The saved view that it is seen through. */
  seen?: Seen;
  /** Keys of the metadata that its rows carry. */
  meta?: readonly string[];
  /** Whether they carry what is within them. */
  parts?: boolean;
  /** What the page asks beside what is typed. */
  fixed?: string | undefined;
}

const NO_KEYS: readonly string[] = [];

/** Read the view of a list from the URL. */
export function useView(
  projectId: string,
  look: LevelLook,
  { seen = NO_VIEW, meta = NO_KEYS, parts = false, fixed }: ViewOptions = {},
): View {
  const bare = useUrlState();
  const { view: saved, missingId } = seen;
  const { level } = look;
  const url = useOverView(bare, saved, { projectId, level });
  const search = useMemo(() => effective(bare.search, readState(saved)), [bare.search, saved]);
  const unknown = useOldLinks(bare);
  const ignored = missingId === null ? unknown : [...unknown, `saved view ${missingId}`];
  const rangeText = oneOf(search, "dateRange") ?? preferences().dateRange[projectId];
  const range = useMemo(() => parseRange(rangeText) ?? USUAL_RANGE, [rangeText]);
  const key = `${projectId} ${printRange(range)}`;
  const [nowUs, refresh] = useAsked(key);
  const q = (oneOf(search, "q") ?? "").trim();
  const env = allOf(search, "env").join("\n");
  const question = useMemo<Question>(
    () => ({
      projectId,
      level,
      q,
      fixed,
      meta,
      parts,
      env: env === "" ? [] : env.split("\n"),
      ...boundsOf(range, nowUs),
      askedUs: nowUs,
    }),
    [projectId, level, q, fixed, meta, parts, env, range, nowUs],
  );
  const sortText = oneOf(search, "orderBy");
  const sort = useMemo(() => parseSort(sortText, look), [sortText, look]);
  return {
    question,
    range,
    nowUs,
    sort,
    peek: readPeek(url, level),
    isPeekWide: oneOf(search, "peekView") === "expanded",
    ignored,
    saved,
    search,
    url,
    bare,
    refresh,
  };
}

function readState(saved: SavedView | null): SavedState | null {
  return saved?.state ?? null;
}

/**
 * The URL over a saved view. A query that is too long for an address becomes a view without a name, so that no link
 * loses it.
 */
function useOverView(
  bare: UrlState,
  saved: SavedView | null,
  { projectId, level }: { projectId: string; level: ListLevel },
): UrlState {
  const queries = useQueryClient();
  return useMemo(() => {
    const state = readState(saved);
    const change = (how: "push" | "replace") => (patch: SearchPatch) => {
      const { q } = patch;
      if (typeof q !== "string" || q.length <= MAX_QUERY_IN_URL) {
        bare[how](overView(patch, state));
        return;
      }
      const { q: _, ...others } = stateOf(effective({ ...bare.search, ...defined(patch) }, state));
      const kept = { ...others, q, dateRange: null, env: [], orderBy: null } as unknown as ViewState;
      const isHere = fromHere();
      saveView(queries, projectId, { level, name: null, isShared: false, state: kept }).then(
        ({ id }) => {
          if (!isHere()) return;
          const { dateRange, env, orderBy } = others;
          const own = { dateRange: dateRange ?? undefined, env, orderBy: orderBy ?? undefined };
          bare[how]({ ...patch, ...own, q: undefined, viewId: id });
        },
        (error: unknown) => toast(error instanceof Error ? error.message : "The query is too long", "error"),
      );
    };
    return { search: bare.search, push: change("push"), replace: change("replace") };
  }, [bare, saved, queries, projectId, level]);
}

function defined(patch: SearchPatch): Search {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) as Search;
}

/** Turn what Langfuse writes into what we write, once, without a step of history. */
function useOldLinks({ search, replace }: UrlState): readonly string[] {
  const filter = oneOf(search, "filter");
  const words = oneOf(search, "search");
  const types = allOf(search, "searchType").join(",");
  const [ignored, setIgnored] = useState<readonly string[]>([]);
  useEffect(() => {
    if (filter === undefined && words === undefined && types === "") return;
    const converted = fromLangfuse(filter, words, types === "" ? [] : types.split(","));
    const q = [oneOf(search, "q"), converted.query].filter(Boolean).join(" ");
    setIgnored(converted.ignored);
    replace({ filter: undefined, search: undefined, searchType: undefined, q: q === "" ? undefined : q });
  }, [filter, words, types, search, replace]);
  return ignored;
}

function parseSort(text: string | undefined, look: LevelLook): Sort {
  const match = /^(.+)[-:](asc|desc)$/i.exec(text ?? "");
  const column = match?.[1] ?? "";
  if (!look.columns.some(({ sort }) => sort === column)) return { column: look.usualSort, isDescending: true };
  return { column, isDescending: match?.[2]?.toLowerCase() === "desc" };
}

export function printSort({ column, isDescending }: Sort): string {
  return `${column}-${isDescending ? "DESC" : "ASC"}`;
}

function readPeek({ search }: UrlState, level: ListLevel): View["peek"] {
  const peek = oneOf(search, "peek");
  if (peek === undefined || peek === "") return null;
  const traceId = oneOf(search, "traceId");
  if (traceId === undefined) return level === "traces" ? { rowId: peek, traceId: peek } : null;
  return { rowId: peek, traceId, observationId: level === "scores" ? oneOf(search, "observation") : peek };
}

/** Choose a range for this project; links carry it, and the next list begins with it. */
export function chooseRange(projectId: string, url: UrlState, range: DateRange): void {
  const text = printRange(range);
  if (range.kind === "relative") setPreferences({ dateRange: { ...preferences().dateRange, [projectId]: text } });
  url.push({ dateRange: text });
}
