import { segment } from "@/lib/href";

import { fetchRaw } from "./http";

/** Ids that one request names. */
const NAMED_AT_ONCE = 1000;
const NAMES = { traces: "traceIds", scores: "scoreIds" } as const;

/** Lists whose rows can be deleted. */
export type Deletable = keyof typeof NAMES;

/** Delete rows that are named. `keepalive`: also when the page is being left. */
export async function deleteRows(
  level: Deletable,
  projectId: string,
  ids: readonly string[],
  keepalive = false,
): Promise<void> {
  for (let from = 0; from < ids.length; from += NAMED_AT_ONCE) {
    const some = ids.slice(from, from + NAMED_AT_ONCE);
    const body = { [NAMES[level]]: some, count: some.length };
    await fetchRaw(`/projects/${segment(projectId)}/${level}/deletions`, { method: "POST", body, keepalive });
  }
}

/** Delete traces with all that belongs to them. */
export async function deleteTraces(projectId: string, ids: readonly string[]): Promise<void> {
  await deleteRows("traces", projectId, ids);
}
