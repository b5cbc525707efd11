import { Outlet, useParams } from "@tanstack/react-router";
import { useEffect } from "react";

import { useSession } from "@/api/session";
import { href } from "@/lib/href";
import { setPreferences } from "@/lib/preferences";
import { Link } from "@/ui/Link";
import { EmptyState } from "@/ui/states";

import { Sidebar } from "./Sidebar";
import { useShellShortcuts } from "./useShellShortcuts";

/** A project's pages: the sidebar, and beside it the page with its own top bar. */
export function Shell() {
  const { projectId = "" } = useParams({ strict: false });
  const project = useSession().projects.find(({ id }) => id === projectId);
  const isKnown = project !== undefined;
  useShellShortcuts(projectId);
  useEffect(() => {
    if (isKnown) setPreferences({ lastProject: projectId });
  }, [projectId, isKnown]);
  if (!isKnown) return <UnknownProject />;
  return (
    <div className="flex h-full min-w-80">
      <Sidebar projectId={projectId} />
      <div className="flex min-w-0 grow flex-col">
        <Outlet />
      </div>
    </div>
  );
}

function UnknownProject() {
  return (
    <EmptyState isPage title="There is no such project, or you are not a member of it">
      <p className="text-text-2">An owner or admin of its organisation can add you.</p>
      <Link className="text-accent hover:underline" to={href.root()}>
        Your projects
      </Link>
    </EmptyState>
  );
}
