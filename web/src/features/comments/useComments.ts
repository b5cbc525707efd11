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
import { patchKnown, patchShown } from "@/api/patch";
import type { Subject } from "@/api/scores";

const keyOf = (projectId: string, { type, id }: Subject) => ["comments", projectId, type, id] as const;

export const useComments = (projectId: string, subject: Subject) =>
  useQuery({
    queryKey: keyOf(projectId, subject),
    queryFn: ({ signal }) => fetchComments(projectId, subject, signal),
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
  const patch = (change: (comments: readonly CommentBody[]) => CommentBody[], by: number, isKnown: boolean) =>
    (isKnown ? patchKnown : patchShown)<CommentsBody>(queries, keyOf(projectId, subject), ({ comments, total }) => ({
      comments: change(comments),
      total: total + by,
    }));
  const put = (comment: CommentBody, isKnown: boolean) =>
    patch((comments) => comments.map((one) => (one.id === comment.id ? comment : one)), 0, isKnown);
  const refresh = () => queries.invalidateQueries({ queryKey: keyOf(projectId, subject) });
  return {
    write: async (content) => {
      const made = await writeComment(projectId, subject, content);
      patch((comments) => [made, ...comments], 1, true);
      onCounted(1);
      return made;
    },
    change: async (comment, content) => {
      put({ ...comment, content }, false);
      try {
        put(await changeComment(projectId, comment.id, content), true);
      } catch (error) {
        put(comment, true);
        throw error;
      }
    },
    remove: async (comment) => {
      patch((comments) => comments.filter(({ id }) => id !== comment.id), -1, false);
      onCounted(-1);
      try {
        await deleteComment(projectId, comment.id);
      } catch (error) {
        onCounted(1);
        await refresh();
        throw error;
      }
    },
  };
}
