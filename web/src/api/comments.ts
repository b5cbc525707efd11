import { segment } from "@/lib/href";

import { fetchJson } from "./http";
import type { SchemaUiCommentsBody } from "./schema";
import type { Owner } from "./traces";

/** The newest comments on a trace or an observation, the newest first. */
export function fetchComments({ projectId, kind, id }: Owner, signal?: AbortSignal) {
  const objectType = kind === "traces" ? "TRACE" : "OBSERVATION";
  return fetchJson<SchemaUiCommentsBody>(`/projects/${segment(projectId)}/comments`, {
    query: { objectType, objectId: id },
    ...(signal === undefined ? {} : { signal }),
  });
}
