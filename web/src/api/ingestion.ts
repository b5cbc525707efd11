/** What arrives at a project and what is refused, while somebody looks. */
import { queryOptions } from "@tanstack/react-query";

import { segment } from "@/lib/href";

import { fetchJson } from "./http";
import type { SchemaArrivalsBody, SchemaHealthBody, SchemaSampleTraceBody } from "./schema";

export type Arrivals = SchemaArrivalsBody;
export type SeenRequest = Arrivals["requests"][number];
export type RefusedKey = Arrivals["refused"][number];
export type IngestionHealth = SchemaHealthBody;

const path = (projectId: string) => `/projects/${segment(projectId)}/ingestion`;

/** The newest requests; asked again every so many ms, while the page is looked at. */
export function arrivalsQuery(projectId: string, limit: number, everyMs: number) {
  return queryOptions({
    queryKey: ["arrivals", projectId, limit],
    refetchInterval: everyMs,
    staleTime: 0,
    queryFn: ({ signal }) =>
      fetchJson<Arrivals>(`${path(projectId)}/requests`, { query: { limit: String(limit) }, signal }),
  });
}

export function ingestionHealthQuery(projectId: string) {
  return queryOptions({
    queryKey: ["ingestion-health", projectId],
    refetchInterval: 30_000,
    queryFn: ({ signal }) => fetchJson<IngestionHealth>(`${path(projectId)}/health`, { signal }),
  });
}

/** Store a trace that is marked as a test; answers its id. */
export async function sendSampleTrace(projectId: string): Promise<string> {
  const { traceId } = await fetchJson<SchemaSampleTraceBody>(`${path(projectId)}/sample-traces`, { method: "POST" });
  return traceId;
}

/** The server's clock, in µs since the epoch. */
export async function fetchServerTime(projectId: string, signal: AbortSignal): Promise<number> {
  const { nowUs } = await fetchJson<Arrivals>(`${path(projectId)}/requests`, { query: { limit: "1" }, signal });
  return nowUs;
}
