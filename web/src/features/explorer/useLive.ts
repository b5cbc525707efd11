import { type InfiniteData, useQueryClient } from "@tanstack/react-query";
import { type RefObject, useCallback, useEffect, useRef, useState } from "react";

import { watchChanges } from "@/api/changes";
import { fetchNewer, type Rows, rowsQuery } from "@/api/explorer";

import type { LevelLook } from "./levels";
import { printSort, type View } from "./view";

const PAUSE_MS = 2000;

export interface Live {
  isLive: boolean;
  toggle: () => void;
  /** Rows that came and are not shown yet, so that nothing moves under the pointer. */
  waiting: number;
}

interface LiveOptions<Row> {
  view: View;
  look: LevelLook<Row>;
  asOfUs: number | null;
  /** Whether new rows may come in at the top: it is in sight, and nothing is open or pointed at. */
  isIdle: boolean;
  scroller: RefObject<HTMLDivElement | null>;
}

/** Keep a list up to date: rows that changed are replaced where they stand, new ones wait until they disturb nobody. */
export function useLive<Row>({ view, look, asOfUs, isIdle, scroller }: LiveOptions<Row>): Live {
  const { question, sort, refresh } = view;
  const { idOf } = look;
  const queries = useQueryClient();
  const [isLive, setLive] = useState(false);
  const [waiting, setWaiting] = useState(0);
  const idle = useRef(isIdle);
  useEffect(() => {
    idle.current = isIdle;
  }, [isIdle]);
  useEffect(() => setWaiting(0), [question, sort]);
  const orderBy = printSort(sort);
  useEffect(() => {
    if (!isLive || asOfUs === null) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const abort = new AbortController();
    const key = rowsQuery<Row>(question, orderBy).queryKey;
    // A page on its way brings the pages before it along as they were when it was asked for.
    const isReading = () => queries.isFetching({ queryKey: key, exact: true }) > 0;
    let isChecking = false;
    const check = async () => {
      timer = undefined;
      isChecking = true;
      const newer = isReading() ? null : await fetchNewer<Row>(question, asOfUs, abort.signal).catch(() => null);
      isChecking = false;
      if (abort.signal.aborted) return;
      if (isReading()) {
        checkSoon();
        return;
      }
      if (newer === null) return;
      const byId = new Map(newer.rows.map((row) => [idOf(row), row]));
      queries.setQueryData<InfiniteData<Rows<Row>>>(key, (data) => data && replaced(data, byId, idOf));
      const known = new Set(
        queries.getQueryData<InfiniteData<Rows<Row>>>(key)?.pages.flatMap(({ rows }) => rows.map(idOf)),
      );
      const fresh = [...byId.keys()].filter((id) => !known.has(id)).length;
      if (fresh > 0 && idle.current && (scroller.current?.scrollTop ?? 0) === 0) refresh();
      else setWaiting(fresh);
    };
    const checkSoon = () => {
      timer ??= setTimeout(() => (isChecking ? ((timer = undefined), checkSoon()) : void check()), PAUSE_MS);
    };
    // What came between the reading of the rows and now is told by nobody: so the first look is at once.
    timer = setTimeout(() => void check(), 0);
    const stop = watchChanges(question.projectId, checkSoon);
    return () => {
      stop();
      abort.abort();
      clearTimeout(timer);
    };
  }, [isLive, asOfUs, question, orderBy, queries, idOf, refresh, scroller]);
  const toggle = useCallback(() => {
    setLive((before) => !before);
    refresh();
  }, [refresh]);
  return { isLive, toggle, waiting };
}

/** The pages with newer rows in the places of those that they follow. */
function replaced<Row>(
  data: InfiniteData<Rows<Row>>,
  byId: ReadonlyMap<string, Row>,
  idOf: (row: Row) => string,
): InfiniteData<Rows<Row>> {
  if (!data.pages.some(({ rows }) => rows.some((row) => byId.has(idOf(row))))) return data;
  const pages = data.pages.map((page) => ({ ...page, rows: page.rows.map((row) => byId.get(idOf(row)) ?? row) }));
  return { ...data, pages };
}
