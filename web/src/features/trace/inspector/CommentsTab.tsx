import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";

import { fetchComments } from "@/api/comments";
import type { Owner } from "@/api/traces";
import { TimeText } from "@/ui/values";
import { ErrorState } from "@/ui/states";

import { Words } from "../io/Words";

/** What people wrote about the selection, the oldest first. */
export function CommentsTab({ owner, version }: { owner: Owner; version: number }) {
  const { data, error, refetch } = useQuery({
    queryKey: ["comments", owner.projectId, owner.kind, owner.id, version],
    queryFn: ({ signal }) => fetchComments(owner, signal),
  });
  useEffect(() => {
    const { hash } = window.location; // a link to one comment
    if (data !== undefined && hash.startsWith("#comment-")) document.getElementById(hash.slice(1))?.scrollIntoView();
  }, [data]);
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return null;
  if (data.comments.length === 0) return <p className="p-3 text-12 text-text-3 italic">— no comments</p>;
  return (
    <ol className="flex flex-col" data-testid="comments">
      {data.comments.toReversed().map(({ id, author, content, createdUs }) => (
        <li key={id} id={`comment-${id}`} className="border-b border-line px-3 py-2 target:bg-selected">
          <div className="flex gap-2 text-12 text-text-2">
            <span className="font-medium text-text">{author?.name ?? author?.email ?? "By the API"}</span>
            <TimeText us={createdUs} />
          </div>
          <Words text={content} />
        </li>
      ))}
    </ol>
  );
}
