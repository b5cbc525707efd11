/** One user: what the traces that name them add up to, and what each model cost. */
import { segment } from "@/lib/href";
import { writeValue } from "@/models/query/terms";

import type { Rows, UserRow } from "./explorer";
import { fetchJson } from "./http";
import type { SchemaMetricsBody } from "./schema";

export interface Window {
  fromUs?: number | undefined;
  untilUs?: number | undefined;
}

/** The user in a window of time; null when no trace names them there. */
export async function fetchUser(
  projectId: string,
  userId: string,
  { fromUs, untilUs }: Window,
  env: readonly string[],
  signal: AbortSignal,
): Promise<UserRow | null> {
  const query = {
    q: `user:${writeValue(userId)}`,
    env,
    from: fromUs === undefined ? undefined : String(fromUs),
    to: untilUs === undefined ? undefined : String(untilUs),
    limit: "1",
  };
  const { rows } = await fetchJson<Rows<UserRow>>(`/projects/${segment(projectId)}/users`, { query, signal });
  return rows[0] ?? null;
}

export interface ModelUse {
  /** null: observations that name none. */
  model: string | null;
  count: number;
  inputTokens: number;
  outputTokens: number;
  /** USD; null is unknown. */
  cost: number | null;
}

const MEASURES = [
  { measure: "count", aggregation: "count" },
  { measure: "inputTokens", aggregation: "sum" },
  { measure: "outputTokens", aggregation: "sum" },
  { measure: "totalCost", aggregation: "sum" },
];

/** What a user's model calls used, by model, the dearest first. */
export async function fetchModelUse(
  projectId: string,
  userId: string,
  { fromUs, untilUs }: { fromUs: number; untilUs: number },
  env: readonly string[],
  signal: AbortSignal,
): Promise<ModelUse[]> {
  const { rows } = await fetchJson<SchemaMetricsBody>(`/projects/${segment(projectId)}/metrics`, {
    method: "POST",
    body: {
      view: "observations",
      metrics: MEASURES,
      dimensions: [{ field: "providedModelName" }],
      filters: [
        { column: "userId", operator: "=", value: userId, type: "string" },
        { column: "type", operator: "any of", value: ["GENERATION", "EMBEDDING"], type: "stringOptions" },
      ],
      orderBy: [{ field: "sum_totalCost", direction: "desc" }],
      env: env.length === 0 ? null : env,
      from: fromUs,
      to: untilUs,
    },
    signal,
  });
  const number = (value: unknown) => (typeof value === "number" ? value : 0);
  return rows.map(({ dimensions: [model], values: [count, input, output, cost] }) => ({
    model: typeof model === "string" ? model : null,
    count: number(count),
    inputTokens: number(input),
    outputTokens: number(output),
    cost: typeof cost === "number" ? cost : null,
  }));
}
