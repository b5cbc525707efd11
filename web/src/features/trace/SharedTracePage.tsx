import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Globe } from "lucide-react";

import { ApiError } from "@/api/errors";
import { UnknownProject } from "@/app/UnknownProject";
import { useUrlState } from "@/app/url";
import { formatId } from "@/lib/formatters";
import { href, withBase } from "@/lib/href";
import { oneOf } from "@/lib/search";
import { RoleProvider } from "@/ui/Permitted";
import { useTitle } from "@/ui/useTitle";

import { TraceView } from "./TraceView";
import { traceQuery } from "./useTrace";

/**
 * A public trace for whoever is no member of its project: nothing around it, and nothing in it that can be changed.
 *
 * Reading a private one ends at the page to sign in on, which comes back here.
 */
export function SharedTracePage({ projectId, isSignedIn }: { projectId: string; isSignedIn: boolean }) {
  const { traceId = "" } = useParams({ strict: false });
  const { search } = useUrlState();
  const id = traceId === "-" ? (oneOf(search, "id") ?? traceId) : traceId;
  const { data, error } = useQuery({ ...traceQuery(projectId, id), retry: false });
  useTitle(`Trace ${data?.name ?? formatId(id)}`);
  if (error instanceof ApiError && error.status === 404) return <UnknownProject />;
  if (data === undefined && error === null) return null;
  return (
    <RoleProvider own="visitor">
      <div className="flex h-full min-w-80 flex-col">
        <header
          className="flex min-h-(--bar-height) shrink-0 flex-wrap items-center gap-x-3 border-b border-line px-3 py-1"
          data-testid="shared-banner"
        >
          <span className="text-12 text-text-3">panope</span>
          <h1 className="max-w-120 min-w-0 truncate text-14 font-semibold" dir="auto" title={id}>
            {data?.name ?? formatId(id)}
          </h1>
          <span className="inline-flex items-center gap-1.5 rounded-sm bg-chip-muted px-2 py-0.5 text-12 text-text-2">
            <Globe className="size-3.5" strokeWidth={1.75} aria-hidden />
            Read-only shared trace
          </span>
          <span className="grow" />
          {!isSignedIn && (
            <a
              className="text-12 text-accent hover:underline"
              href={withBase(href.signIn({ targetPath: `${window.location.pathname}${window.location.search}` }))}
            >
              Sign in
            </a>
          )}
        </header>
        <main className="flex min-h-0 grow flex-col">
          <TraceView key={id} projectId={projectId} traceId={id} place="page" />
        </main>
      </div>
    </RoleProvider>
  );
}
