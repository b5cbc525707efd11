import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";

import { patchShown } from "@/api/patch";
import type { TraceBody } from "@/api/traces";
import { CommentThread } from "@/features/comments/CommentThread";
import { moved } from "@/models/scoring/scores";

import { patchMarks, traceKey } from "../useTrace";

export interface CommentsTabProps {
  projectId: string;
  traceId: string;
  observationId: string | null;
  /** Somebody wants to write, until the field has the focus. */
  isWished: boolean;
  onFulfilled: () => void;
}

/** What people wrote about the selection; the tree's marks and the tab's number follow. */
export function CommentsTab({ projectId, traceId, observationId, isWished, onFulfilled }: CommentsTabProps) {
  const queries = useQueryClient();
  const field = useRef<HTMLTextAreaElement>(null);
  const counted = useCallback(
    (by: 1 | -1) => {
      if (observationId !== null) patchMarks(queries, projectId, traceId, "commentCount", observationId, moved(by));
      else
        patchShown<TraceBody>(queries, traceKey(projectId, traceId), (trace) => ({
          ...trace,
          commentCounts: { [traceId]: Math.max(0, (trace.commentCounts[traceId] ?? 0) + by) },
        }));
    },
    [queries, projectId, traceId, observationId],
  );
  useEffect(() => {
    if (!isWished) return;
    const focus = () => {
      if (field.current === null) return false;
      field.current.focus();
      onFulfilled();
      return true;
    };
    if (focus()) return;
    const timer = setInterval(() => focus() && clearInterval(timer), 50); // the thread is still on its way
    return () => clearInterval(timer);
  }, [isWished, onFulfilled]);
  return (
    <CommentThread
      projectId={projectId}
      subject={observationId === null ? { type: "TRACE", id: traceId } : { type: "OBSERVATION", id: observationId }}
      onCounted={counted}
      field={field}
    />
  );
}
