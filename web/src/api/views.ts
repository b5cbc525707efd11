/** Saved views: what somebody wants to see of a list again. */
import { type QueryClient, queryOptions } from "@tanstack/react-query";

import { type ListLevel, segment } from "@/lib/href";

import { fetchJson, fetchRaw } from "./http";
import type { SchemaViewBody, SchemaViewsBody } from "./schema";

export type SavedView = SchemaViewBody;
export type ViewState = SavedView["state"];
export type SavedViews = SchemaViewsBody;

export interface NewView {
  level: ListLevel;
  /** null: for its id alone. */
  name: string | null;
  isShared: boolean;
  state: ViewState;
}

const path = (projectId: string) => `/projects/${segment(projectId)}/views`;

export function viewsQuery(projectId: string) {
  return queryOptions({
    queryKey: ["views", projectId],
    staleTime: 60_000,
    queryFn: ({ signal }) => fetchJson<SavedViews>(path(projectId), { signal }),
  });
}

export function viewQuery(projectId: string, viewId: string) {
  return queryOptions({
    queryKey: ["view", projectId, viewId],
    staleTime: 60_000,
    queryFn: ({ signal }) => fetchJson<SavedView>(`${path(projectId)}/${segment(viewId)}`, { signal }),
  });
}

export async function saveView(queries: QueryClient, projectId: string, view: NewView): Promise<SavedView> {
  const saved = await fetchJson<SavedView>(path(projectId), { method: "POST", body: view });
  await keep(queries, projectId, saved);
  return saved;
}

export async function changeView(
  queries: QueryClient,
  projectId: string,
  viewId: string,
  change: Partial<Omit<NewView, "level">>,
): Promise<SavedView> {
  const changed = await fetchJson<SavedView>(`${path(projectId)}/${segment(viewId)}`, {
    method: "PATCH",
    body: change,
  });
  await keep(queries, projectId, changed);
  return changed;
}

export async function deleteView(queries: QueryClient, projectId: string, viewId: string): Promise<void> {
  await fetchRaw(`${path(projectId)}/${segment(viewId)}`, { method: "DELETE" });
  await queries.invalidateQueries({ queryKey: ["views", projectId] });
}

/** Begin a list with a view, or with none; for oneself or for everybody. */
export async function setDefaultView(
  queries: QueryClient,
  projectId: string,
  level: ListLevel,
  choice: { viewId: string | null; forAll: boolean },
): Promise<void> {
  await fetchRaw(`${path(projectId)}/defaults/${level}`, { method: "PUT", body: choice });
  await queries.invalidateQueries({ queryKey: ["views", projectId] });
}

async function keep(queries: QueryClient, projectId: string, view: SavedView): Promise<void> {
  queries.setQueryData(viewQuery(projectId, view.id).queryKey, view);
  await queries.invalidateQueries({ queryKey: ["views", projectId] });
}
