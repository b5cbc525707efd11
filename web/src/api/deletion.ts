import { segment } from "@/lib/href";

import { fetchRaw } from "./http";

/** Delete traces with all that belongs to them. */
export async function deleteTraces(projectId: string, traceIds: readonly string[]): Promise<void> {
  await fetchRaw(`/projects/${segment(projectId)}/traces/deletions`, {
    method: "POST",
    body: { traceIds, count: traceIds.length },
  });
}
