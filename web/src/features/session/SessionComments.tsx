import { useQueryClient } from "@tanstack/react-query";
import { X } from "lucide-react";

import { patchShown } from "@/api/patch";
import type { SessionBody } from "@/api/sessions";
import { CommentThread } from "@/features/comments/CommentThread";
import { IconButton } from "@/ui/Button";

import { sessionKey } from "./useSession";

export interface SessionCommentsProps {
  projectId: string;
  sessionId: string;
  onClose: () => void;
}

/** What people wrote about the session, beside it. */
export function SessionComments({ projectId, sessionId, onClose }: SessionCommentsProps) {
  const queries = useQueryClient();
  const counted = (by: 1 | -1) =>
    patchShown<SessionBody>(queries, sessionKey(projectId, sessionId), (session) => ({
      ...session,
      commentCount: Math.max(0, session.commentCount + by),
    }));
  return (
    <aside
      aria-label="Comments on the session"
      className="flex w-80 shrink-0 flex-col overflow-y-auto border-l border-line bg-bg max-lg:absolute max-lg:inset-0 max-lg:z-panel max-lg:w-full"
      data-testid="session-comments"
    >
      <header className="sticky top-0 z-sticky flex h-9 shrink-0 items-center border-b border-line bg-bg pr-1 pl-3">
        <h2 className="grow text-13 font-medium">Comments</h2>
        <IconButton label="Close" icon={<X className="size-4" strokeWidth={1.75} />} onClick={onClose} />
      </header>
      <CommentThread projectId={projectId} subject={{ type: "SESSION", id: sessionId }} onCounted={counted} />
    </aside>
  );
}
