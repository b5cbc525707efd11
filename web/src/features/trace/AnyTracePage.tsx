import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { LoaderCircle, SearchX } from "lucide-react";
import { useEffect, useState } from "react";

import { fetchJson, leaveToSignIn } from "@/api/http";
import type { SchemaMatchesBody } from "@/api/schema";
import { useVisitorOrSession } from "@/api/session";
import { findPublicTraces } from "@/api/sharing";
import { useGo, useUrlState } from "@/app/url";
import { href } from "@/lib/href";
import { oneOf } from "@/lib/search";
import { Button } from "@/ui/Button";
import { HueDot } from "@/ui/Chip";
import { Link } from "@/ui/Link";
import { EmptyState, ErrorState } from "@/ui/states";

const RETRY_MS = 2000;
const PATIENCE_MS = 30_000;

/** The projects of a trace that one may read: one's own, and those where it is public. */
async function findProjects(traceId: string, isSignedIn: boolean, signal: AbortSignal): Promise<string[]> {
  const own = isSignedIn
    ? fetchJson<SchemaMatchesBody>("/resolve", { query: { id: traceId }, signal }).then(({ matches }) =>
        matches.filter(({ kind }) => kind === "trace"),
      )
    : [];
  const open = findPublicTraces(traceId, signal).then(({ traces }) => traces);
  return [...new Set([...(await own), ...(await open)].map(({ projectId }) => projectId))];
}

/**
 * `/trace/{traceId}`: links of SDKs that did not know their project. Waits a while for what may still be on its way.
 *
 * A visitor gets to public traces alone, and else has to sign in, whether there is such a trace or not.
 */
export function AnyTracePage() {
  const params = useParams({ strict: false });
  const { search } = useUrlState();
  const traceId = params.traceId === "-" ? (oneOf(search, "id") ?? "-") : (params.traceId ?? "");
  const [until, setUntil] = useState(() => Date.now() + PATIENCE_MS);
  const go = useGo();
  const isSignedIn = useVisitorOrSession() !== null;
  const found = useQuery({
    queryKey: ["resolve", traceId],
    queryFn: ({ signal }) => findProjects(traceId, isSignedIn, signal),
    staleTime: 0,
    refetchInterval: ({ state }) =>
      isSignedIn && (state.data ?? []).length === 0 && Date.now() < until ? RETRY_MS : false,
  });
  const matches = found.data ?? [];
  const only = matches.length === 1 ? matches[0] : undefined;
  useEffect(() => {
    if (only !== undefined) go(href.trace({ projectId: only, traceId, search }), { replace: true });
  }, [only, go, traceId, search]);
  const mustSignIn = !isSignedIn && found.data?.length === 0;
  useEffect(() => {
    if (mustSignIn) leaveToSignIn();
  }, [mustSignIn]);
  if (found.isError) return <ErrorState error={found.error} onRetry={() => void found.refetch()} />;
  if (matches.length > 1) return <Chooser projectIds={matches} traceId={traceId} />;
  if (only !== undefined || found.isPending || mustSignIn) return null;
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

function Chooser({ projectIds, traceId }: { projectIds: readonly string[]; traceId: string }) {
  const projects = useVisitorOrSession()?.projects ?? [];
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
