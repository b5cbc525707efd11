/** Scores that people give, and the score configs that say how. */
import { segment } from "@/lib/href";
import type { ScoreInput } from "@/models/scoring/values";

import { fetchJson, fetchRaw } from "./http";
import type { ScoreConfig } from "./scoreConfigs";
import type { ScoreBody } from "./traces";

export type ScoreRule = ScoreConfig;
export type ObjectType = "TRACE" | "OBSERVATION" | "SESSION";

/** What is judged or talked about. */
export interface Subject {
  type: ObjectType;
  id: string;
}

export interface NewScore {
  value: ScoreInput;
  comment?: string | null;
  configId?: string;
  name?: string;
  dataType?: string;
}

const inProject = (projectId: string) => `/projects/${segment(projectId)}`;

export const giveScore = (projectId: string, { type, id }: Subject, score: NewScore) =>
  fetchJson<ScoreBody>(`${inProject(projectId)}/scores`, {
    method: "POST",
    body: { objectType: type, objectId: id, ...score },
  });

export const changeScore = (
  projectId: string,
  scoreId: string,
  change: { value?: ScoreInput; comment?: string | null },
) =>
  fetchJson<ScoreBody>(`${inProject(projectId)}/scores/${segment(scoreId)}`, {
    method: "PATCH",
    body: change,
  });

export async function deleteScore(projectId: string, scoreId: string): Promise<void> {
  await fetchRaw(`${inProject(projectId)}/scores/${segment(scoreId)}`, { method: "DELETE" });
}
