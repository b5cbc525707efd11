/** A trace from the server: its header, its skeleton page by page, and the model that is drawn. */
import {
  type InfiniteData,
  infiniteQueryOptions,
  type QueryClient,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";

import { watchChanges } from "@/api/changes";
import { withAwaited } from "@/api/patch";
import {
  fetchObservation,
  fetchSkeletonPage,
  fetchText,
  fetchTrace,
  type Owner,
  type Side,
  type SkeletonPage,
  type TraceBody,
} from "@/api/traces";
import { counted, type Recount } from "@/models/scoring/scores";
import { buildModel, WORKER_FROM, type TraceModel } from "@/models/trace/model";
import { joinPages, type Skeleton } from "@/models/trace/skeleton";
import { useRole } from "@/ui/Permitted";

import type { ModelRequest } from "./worker";

const CLOSED_MS = 10 * 60_000;
const OPEN_MS = 5000;
/** A trace of which nothing came for so long is over. */
const OVER_US = 300_000_000;
/** Changes within it are read together. */
const PAUSE_MS = 500;
/** A running trace of which nothing was heard for so long is not watched any more. */
const SILENT_US = 60_000_000;
/** What came so recently may not be all: more is likely on its way. */
const RECENT_US = 30_000_000;

/** Is it worth looking whether a trace has changed? */
export function isLively(trace: { isRunning: boolean; updatedUs: number } | undefined): boolean {
  if (trace === undefined) return false;
  return Date.now() * 1000 - trace.updatedUs < (trace.isRunning ? SILENT_US : RECENT_US);
}

const SIDES = ["input", "output"] as const satisfies readonly Side[];

export const traceKey = (projectId: string, traceId: string) => ["trace", projectId, traceId] as const;

export function traceQuery(projectId: string, traceId: string) {
  const queryKey = traceKey(projectId, traceId);
  const queryFn = async ({ signal }: { signal: AbortSignal }) =>
    withAwaited(queryKey, await fetchTrace(projectId, traceId, signal));
  return { queryKey, queryFn };
}

/** How long a header that was read stays good for whoever opens the trace next: long only when the trace was over. */
function freshMs({
  state: { data, dataUpdatedAt },
}: {
  state: { data?: TraceBody | undefined; dataUpdatedAt: number };
}) {
  const wasOver = data !== undefined && !data.isRunning && dataUpdatedAt * 1000 - data.updatedUs > OVER_US;
  return wasOver ? CLOSED_MS : OPEN_MS;
}

const skeletonKey = (projectId: string, traceId: string) => ["skeleton", projectId, traceId] as const;

const skeletonQuery = (projectId: string, traceId: string) =>
  infiniteQueryOptions({
    queryKey: skeletonKey(projectId, traceId),
    queryFn: ({ pageParam, signal }) => fetchSkeletonPage(projectId, traceId, pageParam, signal),
    initialPageParam: 0,
    getNextPageParam: ({ page, pages }) => (page + 1 < pages ? page + 1 : undefined),
    staleTime: CLOSED_MS, // the header tells when there is more
  });

/** Read what opening a trace needs, before it is opened; the function that comes back gives up what is still on its way. */
export function readAhead(queries: QueryClient, projectId: string, traceId: string): () => void {
  void queries.prefetchQuery({ ...traceQuery(projectId, traceId), staleTime: freshMs });
  void queries.prefetchInfiniteQuery(skeletonQuery(projectId, traceId));
  return () => {
    for (const queryKey of [traceKey(projectId, traceId), skeletonKey(projectId, traceId)])
      void queries.cancelQueries({ queryKey, exact: true, predicate: (query) => query.getObserversCount() === 0 });
  };
}

/** The header; while the trace is lively, it is read again when the server says that something came. */
export function useTraceHeader(projectId: string, traceId: string) {
  const query = useQuery({ ...traceQuery(projectId, traceId), staleTime: freshMs });
  const isMember = useRole() !== "visitor"; // who alone hears of changes
  const isWatched = isMember && isLively(query.data);
  const { refetch } = query;
  const queries = useQueryClient();
  useEffect(() => {
    if (!isWatched) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    // An answer that is on its way is waited for: given up for the next change, none would ever come on a slow line.
    const ask = () => {
      const isAsking = queries.isFetching({ queryKey: traceKey(projectId, traceId), exact: true }) > 0;
      timer = isAsking ? setTimeout(ask, PAUSE_MS) : undefined;
      if (!isAsking) void refetch();
    };
    const stop = watchChanges(projectId, (ids) => {
      if (ids.length === 0 || ids.includes(traceId)) timer ??= setTimeout(ask, PAUSE_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [projectId, traceId, isWatched, queries, refetch]);
  return query;
}

/** Count a mark of an observation's row anew: how many scores or comments it has. */
export function patchMarks(
  queries: QueryClient,
  projectId: string,
  traceId: string,
  column: "scoreCount" | "commentCount",
  observationId: string,
  to: Recount,
): void {
  queries.setQueriesData<InfiniteData<SkeletonPage>>({ queryKey: ["skeleton", projectId, traceId] }, (data) =>
    data === undefined
      ? data
      : {
          ...data,
          pages: data.pages.map((page) => {
            const { columns } = page;
            const changed = counted(columns.id, columns[column], observationId, to);
            return changed === columns[column] ? page : { ...page, columns: { ...columns, [column]: changed } };
          }),
        },
  );
}

/**
 * All pages of the skeleton, one after the other; what came is usable while the rest is on its way.
 *
 * It is asked for beside the header, not after it, and once more whenever the header knows of a later change.
 */
export function useSkeleton(projectId: string, traceId: string, updatedUs: number | undefined) {
  const query = useInfiniteQuery(skeletonQuery(projectId, traceId));
  const { hasNextPage, isFetching, isFetchNextPageError, fetchNextPage, refetch } = query;
  useEffect(() => {
    if (hasNextPage && !isFetching && !isFetchNextPageError) void fetchNextPage();
  }, [hasNextPage, isFetching, isFetchNextPageError, fetchNextPage]);
  const readUs = query.data?.pages[0]?.updatedUs;
  const hasFailed = query.isError && readUs === undefined;
  useEffect(() => {
    if (updatedUs !== undefined && hasFailed) void refetch();
    // oxlint-disable-next-line react/exhaustive-deps -- a header that came, not a failure, asks again
  }, [updatedUs, refetch]);
  const askedUs = useRef(0);
  useEffect(() => {
    if (isFetching || updatedUs === undefined || readUs === undefined) return;
    if (readUs >= updatedUs || askedUs.current >= updatedUs) return; // once for each change
    askedUs.current = updatedUs;
    void refetch();
  }, [updatedUs, readUs, isFetching, refetch]);
  const pages = query.data?.pages;
  const skeleton = useMemo(
    () =>
      pages === undefined
        ? undefined
        : pages.length === 1
          ? pages[0]?.columns
          : joinPages(pages.map(({ columns }) => columns)),
    [pages],
  );
  return {
    skeleton,
    count: pages?.[0]?.count ?? 0,
    isComplete: pages !== undefined && !hasNextPage,
    error: query.error,
    refetch: () => void (isFetchNextPageError ? fetchNextPage() : refetch()),
  };
}

/** The model of a skeleton; undefined while a worker is at it for the first time. */
export function useTraceModel(
  skeleton: Skeleton | undefined,
  nowUs: number | null,
  shiftClocks: boolean,
): TraceModel | undefined {
  const isLarge = skeleton !== undefined && skeleton.id.length > WORKER_FROM;
  const small = useMemo(
    () => (skeleton === undefined || isLarge ? undefined : buildModel(skeleton, nowUs, shiftClocks)),
    [skeleton, isLarge, nowUs, shiftClocks],
  );
  const [large, setLarge] = useState<TraceModel>();
  useEffect(() => {
    if (skeleton === undefined || !isLarge) return;
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    worker.addEventListener("message", ({ data }: MessageEvent<{ model: TraceModel }>) => {
      setLarge(data.model);
      worker.terminate();
    });
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has one listener
    worker.postMessage({ number: 0, skeleton, nowUs, shiftClocks } satisfies ModelRequest);
    return () => worker.terminate();
  }, [skeleton, isLarge, nowUs, shiftClocks]);
  return isLarge ? large : small;
}

export const observationQuery = (projectId: string, observationId: string, version: number) => ({
  queryKey: ["observation", projectId, observationId, version] as const,
  queryFn: ({ signal }: { signal: AbortSignal }) => fetchObservation(projectId, observationId, signal),
  staleTime: CLOSED_MS,
});

export const textQuery = (owner: Owner, side: Side, version: number | string) => ({
  queryKey: ["text", owner.projectId, owner.kind, owner.id, side, version] as const,
  queryFn: ({ signal }: { signal: AbortSignal }) => fetchText(owner, side, signal),
  staleTime: CLOSED_MS,
});

/** Fetches texts of something, or their heads. */
export function prefetchTexts(queries: QueryClient, owner: Owner, version: number, sides: readonly Side[]): void {
  for (const side of sides) void queries.prefetchQuery(textQuery(owner, side, version));
}

/** Fetches what a row would show if it were selected. */
export function prefetchObservation(queries: QueryClient, projectId: string, id: string, version: number): void {
  void queries.prefetchQuery(observationQuery(projectId, id, version));
  prefetchTexts(queries, { projectId, kind: "observations", id }, version, SIDES);
}
