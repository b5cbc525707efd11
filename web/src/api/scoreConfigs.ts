/** Score configs: what scores of one name have to be like. */
import { queryOptions } from "@tanstack/react-query";

import { segment } from "@/lib/href";

import { fetchJson } from "./http";
import type { SchemaScoreConfigBody, SchemaScoreConfigsBody } from "./schema";

export type ScoreConfig = SchemaScoreConfigBody;

export interface ScoreConfigDraft {
  name: string;
  dataType: string;
  description?: string | undefined;
  minValue?: number | undefined;
  maxValue?: number | undefined;
  categories?: readonly { label: string; value: number }[] | undefined;
}
export type ScoreConfigPatch = Partial<{
  isArchived: boolean;
  description: string | null;
  categories: readonly { label: string; value: number }[];
}>;

const path = (projectId: string) => `/projects/${segment(projectId)}/score-configs`;

export function scoreConfigsQuery(projectId: string) {
  return queryOptions({
    queryKey: ["score-configs", projectId],
    queryFn: async ({ signal }) => (await fetchJson<SchemaScoreConfigsBody>(path(projectId), { signal })).data,
  });
}

export function createScoreConfig(projectId: string, draft: ScoreConfigDraft): Promise<ScoreConfig> {
  return fetchJson<ScoreConfig>(path(projectId), { method: "POST", body: draft });
}

export function changeScoreConfig(projectId: string, id: string, patch: ScoreConfigPatch): Promise<ScoreConfig> {
  return fetchJson<ScoreConfig>(`${path(projectId)}/${segment(id)}`, { method: "PATCH", body: patch });
}
