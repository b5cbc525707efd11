/** A project's settings and its keys. */
import { queryOptions } from "@tanstack/react-query";

import { segment } from "@/lib/href";

import { fetchJson, fetchRaw } from "./http";
import type { SchemaCreatedKeyBody, SchemaKeysBody, SchemaProjectBody, SchemaStorageBody } from "./schema";

export type Project = SchemaProjectBody;
export type ApiKey = SchemaKeysBody["apiKeys"][number];
/** With its secret, which nobody can read again. */
export type CreatedKey = SchemaCreatedKeyBody;
export type Storage = SchemaStorageBody;

const path = (projectId: string) => `/projects/${segment(projectId)}`;

export interface ProjectChange {
  name?: string;
  metadata?: Record<string, unknown>;
  /** 0: for ever. */
  retentionDays?: number;
}

export function projectQuery(projectId: string) {
  return queryOptions({
    queryKey: ["project", projectId],
    queryFn: ({ signal }) => fetchJson<Project>(path(projectId), { signal }),
  });
}

export function changeProject(projectId: string, change: ProjectChange): Promise<Project> {
  return fetchJson<Project>(path(projectId), { method: "PATCH", body: change });
}

/** Put the project out of everybody's reach; its name has to be given. */
export async function deleteProject(projectId: string, name: string): Promise<void> {
  await fetchRaw(path(projectId), { method: "DELETE", body: { name } });
}

export function keysQuery(projectId: string) {
  return queryOptions({
    queryKey: ["api-keys", projectId],
    queryFn: async ({ signal }) => (await fetchJson<SchemaKeysBody>(`${path(projectId)}/api-keys`, { signal })).apiKeys,
  });
}

export function createKey(projectId: string, note: string | null): Promise<CreatedKey> {
  return fetchJson<CreatedKey>(`${path(projectId)}/api-keys`, { method: "POST", body: { note } });
}

export async function revokeKey(projectId: string, keyId: string): Promise<void> {
  await fetchRaw(`${path(projectId)}/api-keys/${segment(keyId)}`, { method: "DELETE" });
}

export function storageQuery(projectId: string) {
  return queryOptions({
    queryKey: ["storage", projectId],
    staleTime: 60_000,
    queryFn: ({ signal }) => fetchJson<Storage>(`${path(projectId)}/storage`, { signal }),
  });
}
