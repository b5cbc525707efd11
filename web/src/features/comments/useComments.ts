/** The comments on one object, and writing them: shown at once, taken back when the server refuses. */
import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";

import {
  changeComment,
  type CommentBody,
  type CommentsBody,
  deleteComment,
  fetchComments,
  writeComment,
} from "@/api/comments";
import { patchAwaited, patchKnown, withAwaited } from "@/api/patch";
import type { Subject } from "@/api/scores";

const keyOf = (projectId: string, { type, id }: Subject) => ["comments", projectId, type, id] as const;

export const useComments = (projectId: string, subject: Subject) =>
  useQuery({
    queryKey: keyOf(projectId, subject),
    queryFn: async ({ signal }) =>
      withAwaited(keyOf(projectId, subject), await fetchComments(projectId, subject, signal)),
    staleTime: 0,
  });

export interface CommentChanges {
  write: (content: string) => Promise<CommentBody>;
  change: (comment: CommentBody, content: string) => Promise<void>;
  remove: (comment: CommentBody) => Promise<void>;
}

export function useCommentChanges(
  projectId: string,
  { type, id }: Subject,
  onCounted: (by: 1 | -1) => void,
): CommentChanges {
  const queries = useQueryClient();
  return useMemo(
    () => makeChanges(queries, projectId, { type, id }, onCounted),
    [queries, projectId, type, id, onCounted],
  );
}

function makeChanges(
  queries: QueryClient,
  projectId: string,
  subject: Subject,
  onCounted: (by: 1 | -1) => void,
): CommentChanges {
  const key = keyOf(projectId, subject);
  const known = (patch: (body: CommentsBody) => CommentsBody) => patchKnown<CommentsBody>(queries, key, patch);
  return {
    write: async (content) => {
      const made = await writeComment(projectId, subject, content);
      known((body) => (has(body, made) ? body : { comments: [made, ...body.comments], total: body.total + 1 }));
      onCounted(1);
      return made;
    },
    change: async (comment, content) => {
      const forget = patchAwaited<CommentsBody>(queries, key, changedTo({ ...comment, content }));
      try {
        const made = await changeComment(projectId, comment.id, content);
        forget();
        known(changedTo(made));
      } catch (error) {
        forget();
        known(changedTo(comment));
        throw error;
      }
    },
    remove: async (comment) => {
      const forget = patchAwaited<CommentsBody>(queries, key, without(comment));
      onCounted(-1);
      try {
        await deleteComment(projectId, comment.id);
        forget();
        known(without(comment));
      } catch (error) {
        forget();
        onCounted(1);
        await queries.invalidateQueries({ queryKey: key });
        throw error;
      }
    },
  };
}

const has = ({ comments }: CommentsBody, { id }: CommentBody) => comments.some((one) => one.id === id);

const changedTo = (comment: CommentBody) => (body: CommentsBody) => ({
  ...body,
  comments: body.comments.map((one) => (one.id === comment.id ? comment : one)),
});

const without = (comment: CommentBody) => (body: CommentsBody) =>
  has(body, comment) ? { comments: body.comments.filter(({ id }) => id !== comment.id), total: body.total - 1 } : body;
