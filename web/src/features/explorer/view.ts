/** What a list shows, read from the URL; and how it is changed there. */
import { useCallback, useEffect, useMemo, useState } from "react";

import type { Question } from "@/api/explorer";
import { type UrlState, useUrlState } from "@/app/url";
import type { ListLevel } from "@/lib/href";
import { preferences, setPreferences } from "@/lib/preferences";
import { allOf, oneOf } from "@/lib/search";
import { boundsOf, type DateRange, parseRange, printRange, USUAL_RANGE } from "@/models/dateRange";
import { fromLangfuse } from "@/models/query/langfuse";

import type { LevelLook } from "./levels";

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
  url: UrlState;
  refresh: () => void;
}

const REUSED_US = 60_000_000;
/** By project and range: when it was last looked at, so that Back finds the rows that were there. */
const lookedAt = new Map<string, number>();

const clockUs = () => Date.now() * 1000;

function startOf(key: string): number {
  const before = lookedAt.get(key);
  const now = clockUs();
  if (before !== undefined && now - before < REUSED_US) return before;
  lookedAt.set(key, now);
  return now;
}

/** Read the view of a list from the URL. */
export function useView(projectId: string, look: LevelLook, fixed?: string): View {
  const url = useUrlState();
  const { search } = url;
  const ignored = useOldLinks(url);
  const rangeText = oneOf(search, "dateRange") ?? preferences().dateRange[projectId];
  const range = useMemo(() => parseRange(rangeText) ?? USUAL_RANGE, [rangeText]);
  const key = `${projectId} ${printRange(range)}`;
  const [, rerender] = useState(0);
  const nowUs = startOf(key);
  const refresh = useCallback(() => {
    lookedAt.set(key, clockUs());
    rerender((count) => count + 1);
  }, [key]);
  const q = (oneOf(search, "q") ?? "").trim();
  const env = allOf(search, "env").join("\n");
  const { level } = look;
  const question = useMemo<Question>(
    () => ({ projectId, level, q, fixed, env: env === "" ? [] : env.split("\n"), ...boundsOf(range, nowUs) }),
    [projectId, level, q, fixed, env, range, nowUs],
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
    url,
    refresh,
  };
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
