/** Traces that anybody may read. */
import { segment } from "@/lib/href";

import { fetchJson, fetchRaw } from "./http";
import type { SchemaPublicTracesBody } from "./schema";

/** Make a trace public or private; it is when this returns. */
export async function shareTrace(projectId: string, traceId: string, isPublic: boolean): Promise<void> {
  const path = `/projects/${segment(projectId)}/traces/${segment(traceId)}/sharing`;
  await fetchRaw(path, { method: "PUT", body: { isPublic } });
}

/** Where a public trace of this id is; nobody has to be signed in. */
export const findPublicTraces = (traceId: string, signal?: AbortSignal) =>
  fetchJson<SchemaPublicTracesBody>("/public-traces", {
    query: { id: traceId },
    ...(signal === undefined ? {} : { signal }),
  });
