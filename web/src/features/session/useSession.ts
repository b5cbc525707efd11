/** A session from the server: its header, and its turns page by page. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";

import { fetchSession, fetchTurns, type Turn } from "@/api/sessions";

const FRESH_MS = 60_000;

export const sessionKey = (projectId: string, sessionId: string) => ["session", projectId, sessionId] as const;

export function useSession(projectId: string, sessionId: string) {
  return useQuery({
    queryKey: sessionKey(projectId, sessionId),
    queryFn: ({ signal }) => fetchSession(projectId, sessionId, signal),
    staleTime: FRESH_MS,
  });
}

export interface Turns {
  turns: readonly Turn[];
  isComplete: boolean;
  error: unknown;
  refetch: () => void;
}

/** All turns, one page after the other; what came is usable while the rest is on its way. */
export function useTurns(projectId: string, sessionId: string, isThere: boolean): Turns {
  const query = useInfiniteQuery({
    queryKey: ["turns", projectId, sessionId],
    queryFn: ({ pageParam, signal }) => fetchTurns(projectId, sessionId, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    enabled: isThere,
    staleTime: FRESH_MS,
  });
  const { hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = query;
  useEffect(() => {
    if (hasNextPage && !isFetching && !isFetchNextPageError) void fetchNextPage();
  }, [hasNextPage, isFetching, isFetchNextPageError, fetchNextPage]);
  const pages = query.data?.pages;
  const turns = useMemo(() => pages?.flatMap(({ rows }) => rows) ?? [], [pages]);
  return {
    turns,
    isComplete: pages !== undefined && !hasNextPage,
    error: query.error,
    refetch: () => void (isFetchNextPageError ? fetchNextPage() : query.refetch()),
  };
}
