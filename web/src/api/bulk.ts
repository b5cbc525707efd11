/** Deleting all that matches, and the work in the background that it may be. */
import { type QueryClient, queryOptions } from "@tanstack/react-query";

import { segment } from "@/lib/href";

import { parameters, type Question } from "./explorer";
import { fetchJson, fetchRaw } from "./http";
import type { SchemaBackgroundBody, SchemaBackgroundsBody } from "./schema";

export type Background = SchemaBackgroundBody;

const EVERY_MS = 1000;
const FRESH_MS = 15_000;

export function isOver({ state }: Background): boolean {
  return state === "done" || state === "failed" || state === "cancelled";
}

export function backgroundQuery(projectId: string) {
  return queryOptions({
    queryKey: ["background", projectId],
    staleTime: FRESH_MS,
    queryFn: async ({ signal }) => {
      const { operations } = await fetchJson<SchemaBackgroundsBody>(`/projects/${segment(projectId)}/operations`, {
        signal,
      });
      return operations;
    },
    refetchInterval: ({ state }) => (state.data?.some((one) => !isOver(one)) === true ? EVERY_MS : false),
  });
}

export async function cancelBackground(queries: QueryClient, projectId: string, id: string): Promise<void> {
  await fetchRaw(`/projects/${segment(projectId)}/operations/${segment(id)}`, { method: "DELETE" });
  await queries.invalidateQueries({ queryKey: ["background", projectId] });
}

/** Delete all rows that match, traces in the background; refused unless they are as many as `count`. */
export async function deleteMatching(queries: QueryClient, question: Question, count: number): Promise<void> {
  const path = `/projects/${segment(question.projectId)}/${question.level}/deletions`;
  const told = { method: "POST", query: parameters(question), body: { count } } as const;
  if (question.level !== "traces") {
    await fetchRaw(path, told);
    return;
  }
  const begun = await fetchJson<Background>(path, told);
  const queryKey = ["background", question.projectId];
  // Known as begun before it may be over: whoever waits for its end has to have seen it run.
  queries.setQueryData<Background[]>(queryKey, (before = []) => [
    { ...begun, state: isOver(begun) ? "running" : begun.state },
    ...before.filter(({ id }) => id !== begun.id),
  ]);
  await queries.invalidateQueries({ queryKey });
}

const KEYS_OF_ROWS = ["rows", "count", "facet", "histogram", "top", "metrics"];

/** Read anew what deleted rows were part of; done when what is in sight has been read. */
export async function forgetRows(queries: QueryClient): Promise<void> {
  await Promise.all(KEYS_OF_ROWS.map((key) => queries.invalidateQueries({ queryKey: [key] })));
}
