import { segment } from "@/lib/href";

import { fetchRaw } from "./http";

/** Ids that one request names. */
const NAMED_AT_ONCE = 1000;

/** Delete traces with all that belongs to them. `keepalive`: also when the page is being left. */
export async function deleteTraces(projectId: string, ids: readonly string[], keepalive = false): Promise<void> {
  for (let from = 0; from < ids.length; from += NAMED_AT_ONCE) {
    const traceIds = ids.slice(from, from + NAMED_AT_ONCE);
    const body = { traceIds, count: traceIds.length };
    await fetchRaw(`/projects/${segment(projectId)}/traces/deletions`, { method: "POST", body, keepalive });
  }
}
