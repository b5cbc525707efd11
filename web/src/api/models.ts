/** Price models, the names that have none, and pricing history again. */
import { queryOptions } from "@tanstack/react-query";

import { segment } from "@/lib/href";
import type { ModelBody } from "@/models/prices/draft";

import { fetchJson, fetchRaw } from "./http";
import type {
  SchemaRepricingBody,
  SchemaTestedPatternBody,
  SchemaUnpricedNamesBody,
  SchemaUsedModelBody,
  SchemaUsedModelsBody,
} from "./schema";

export type PriceModel = SchemaUsedModelBody;
export type UnpricedNames = SchemaUnpricedNamesBody;
export type Repricing = SchemaRepricingBody;
export type TestedName = SchemaTestedPatternBody["names"][number];

const path = (projectId: string) => `/projects/${segment(projectId)}`;

export function modelsQuery(projectId: string) {
  return queryOptions({
    queryKey: ["price-models", projectId],
    queryFn: async ({ signal }) =>
      (await fetchJson<SchemaUsedModelsBody>(`${path(projectId)}/models`, { signal })).models,
  });
}

export function unpricedQuery(projectId: string) {
  return queryOptions({
    queryKey: ["unpriced-models", projectId],
    queryFn: ({ signal }) => fetchJson<UnpricedNames>(`${path(projectId)}/unpriced-models`, { signal }),
  });
}

export function createModel(projectId: string, body: ModelBody): Promise<PriceModel> {
  return fetchJson<PriceModel>(`${path(projectId)}/models`, { method: "POST", body });
}

export function replaceModel(projectId: string, modelId: string, body: ModelBody): Promise<PriceModel> {
  return fetchJson<PriceModel>(`${path(projectId)}/models/${segment(modelId)}`, { method: "PUT", body });
}

export async function deleteModel(projectId: string, modelId: string): Promise<void> {
  await fetchRaw(`${path(projectId)}/models/${segment(modelId)}`, { method: "DELETE" });
}

/** Which model names of late, and which of `names`, a pattern is found in. */
export async function testPattern(
  projectId: string,
  pattern: string,
  names: readonly string[],
  signal: AbortSignal,
): Promise<TestedName[]> {
  const answer = await fetchJson<SchemaTestedPatternBody>(`${path(projectId)}/model-patterns`, {
    method: "POST",
    body: { pattern, names },
    signal,
  });
  return answer.names;
}

export function requestRepricing(
  projectId: string,
  asked: { sinceUs: number; model: string | null; dryRun: boolean },
): Promise<Repricing> {
  return fetchJson<Repricing>(`${path(projectId)}/repricings`, { method: "POST", body: asked });
}

export function fetchRepricing(projectId: string, id: string, signal: AbortSignal): Promise<Repricing> {
  return fetchJson<Repricing>(`${path(projectId)}/repricings/${segment(id)}`, { signal });
}

export function cancelRepricing(projectId: string, id: string): Promise<Repricing> {
  return fetchJson<Repricing>(`${path(projectId)}/repricings/${segment(id)}`, { method: "DELETE" });
}
