import { segment } from "@/lib/href";

import { fetchJson } from "./http";
import type { Owner } from "./traces";

export interface CommentBody {
  id: string;
  content: string;
  createdUs: number;
  updatedUs: number;
  author: { id: string; name: string | null; email: string } | null;
}

/** The newest comments on a trace or an observation, the newest first. */
export function fetchComments({ projectId, kind, id }: Owner, signal?: AbortSignal) {
  const objectType = kind === "traces" ? "TRACE" : "OBSERVATION";
  return fetchJson<{ comments: CommentBody[]; total: number }>(`/projects/${segment(projectId)}/comments`, {
    query: { objectType, objectId: id },
    ...(signal === undefined ? {} : { signal }),
  });
}
