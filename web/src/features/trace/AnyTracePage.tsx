import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { LoaderCircle, SearchX } from "lucide-react";
import { useEffect, useState } from "react";

import { fetchJson } from "@/api/http";
import type { SchemaMatchesBody } from "@/api/schema";
import { useSession } from "@/api/session";
import { useGo, useUrlState } from "@/app/url";
import { href } from "@/lib/href";
import { oneOf } from "@/lib/search";
import { Button } from "@/ui/Button";
import { HueDot } from "@/ui/Chip";
import { Link } from "@/ui/Link";
import { EmptyState, ErrorState } from "@/ui/states";

const RETRY_MS = 2000;
const PATIENCE_MS = 30_000;

/** `/trace/{traceId}`: links of SDKs that did not know their project. Waits a while for what may still be on its way. */
export function AnyTracePage() {
  const params = useParams({ strict: false });
  const { search } = useUrlState();
  const traceId = params.traceId === "-" ? (oneOf(search, "id") ?? "-") : (params.traceId ?? "");
  const [until, setUntil] = useState(() => Date.now() + PATIENCE_MS);
  const go = useGo();
  const found = useQuery({
    queryKey: ["resolve", traceId],
    queryFn: ({ signal }) => fetchJson<SchemaMatchesBody>("/resolve", { query: { id: traceId }, signal }),
    staleTime: 0,
    refetchInterval: ({ state }) => (tracesOf(state.data).length === 0 && Date.now() < until ? RETRY_MS : false),
  });
  const matches = tracesOf(found.data);
  const only = matches.length === 1 ? matches[0] : undefined;
  useEffect(() => {
    if (only !== undefined) go(href.trace({ projectId: only.projectId, traceId, search }), { replace: true });
  }, [only, go, traceId, search]);
  if (found.isError) return <ErrorState error={found.error} onRetry={() => void found.refetch()} />;
  if (matches.length > 1) return <Chooser projectIds={matches.map(({ projectId }) => projectId)} traceId={traceId} />;
  if (only !== undefined || found.isPending) return null;
  const isWaiting = found.dataUpdatedAt < until;
  return (
    <EmptyState
      isPage

      title={isWaiting ? "Not found yet" : "Not found"}
      icon={
        isWaiting ? (
          <LoaderCircle className="size-6 motion-safe:animate-spin" strokeWidth={1.5} aria-hidden />
        ) : (
          <SearchX className="size-6" strokeWidth={1.5} aria-hidden />
        )
      }
    >
      <p className="text-text-2">
        No project of yours has a trace <code className="font-mono wrap-anywhere">{traceId}</code>.{" "}
        {isWaiting
          ? "What was just sent may still be on its way: this page looks again every 2 s."
          : "It may have been deleted, or it was never sent."}
      </p>
      {!isWaiting && (
        <Button
          onClick={() => {
            setUntil(Date.now() + PATIENCE_MS);
            void found.refetch();
          }}
        >
          Look again
        </Button>
      )}
    </EmptyState>
  );
}

function tracesOf(found: SchemaMatchesBody | undefined): SchemaMatchesBody["matches"] {
  return found?.matches.filter(({ kind }) => kind === "trace") ?? [];
}

function Chooser({ projectIds, traceId }: { projectIds: readonly string[]; traceId: string }) {
  const { projects } = useSession();
  return (
    <EmptyState isPage title="Several projects have a trace of this id">
      <ul className="flex flex-col gap-1">
        {projectIds.map((projectId) => (
          <li key={projectId}>
            <Link
              to={href.trace({ projectId, traceId })}
              className="flex items-center gap-2 text-accent hover:underline"
            >
              <HueDot name={projectId} />
              {projects.find(({ id }) => id === projectId)?.name ?? projectId}
            </Link>
          </li>
        ))}
      </ul>
    </EmptyState>
  );
}
