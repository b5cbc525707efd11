/** What people write about an object. */
import { segment } from "@/lib/href";

import { fetchJson, fetchRaw } from "./http";
import type { SchemaUiCommentBody, SchemaUiCommentsBody } from "./schema";
import type { Subject } from "./scores";

export type CommentBody = SchemaUiCommentBody;
export type CommentsBody = SchemaUiCommentsBody;

const comments = (projectId: string) => `/projects/${segment(projectId)}/comments`;

/** The newest comments on an object, the newest first. */
export const fetchComments = (projectId: string, { type, id }: Subject, signal?: AbortSignal) =>
  fetchJson<CommentsBody>(comments(projectId), {
    query: { objectType: type, objectId: id },
    ...(signal === undefined ? {} : { signal }),
  });

export const writeComment = (projectId: string, { type, id }: Subject, content: string) =>
  fetchJson<CommentBody>(comments(projectId), { method: "POST", body: { objectType: type, objectId: id, content } });

export const changeComment = (projectId: string, commentId: string, content: string) =>
  fetchJson<CommentBody>(`${comments(projectId)}/${segment(commentId)}`, { method: "PATCH", body: { content } });

export async function deleteComment(projectId: string, commentId: string): Promise<void> {
  await fetchRaw(`${comments(projectId)}/${segment(commentId)}`, { method: "DELETE" });
}
