import { Outlet, useParams, useRouterState } from "@tanstack/react-router";
import { Fragment, type RefObject, useEffect, useRef } from "react";

import { leaveToSignIn } from "@/api/http";
import { useVisitorOrSession } from "@/api/session";
import { setPreferences } from "@/lib/preferences";
import { roleOf } from "@/models/roles";
import { deferred } from "@/ui/deferred";
import { RoleProvider } from "@/ui/Permitted";

import { UnknownProject } from "./UnknownProject";

import { Sidebar } from "./Sidebar";
import { useShellShortcuts } from "./useShellShortcuts";

const SharedTracePage = deferred(() =>
  import("@/features/trace/SharedTracePage").then((module) => module.SharedTracePage),
);

/** A project's pages: the sidebar, and beside it the page with its own top bar. */
export function Shell() {
  const { projectId = "", traceId } = useParams({ strict: false });
  const session = useVisitorOrSession();
  const project = session?.projects.find(({ id }) => id === projectId);
  const isKnown = project !== undefined;
  useShellShortcuts(projectId);
  const content = useRef<HTMLDivElement>(null);
  useFocusOnArrival(content);
  useEffect(() => {
    if (isKnown) setPreferences({ lastProject: projectId });
  }, [projectId, isKnown]);
  if (!isKnown && traceId !== undefined) return <SharedTracePage projectId={projectId} isSignedIn={session !== null} />;
  if (session === null) return <SignInFirst />;
  if (!isKnown) return <UnknownProject />;
  return (
    <RoleProvider own={roleOf(project.role)}>
      <div className="flex h-full min-w-80">
        <Sidebar projectId={projectId} />
        <div ref={content} tabIndex={-1} className="flex min-w-0 grow flex-col outline-none">
          {/* Pages keep what they show until the next answer: within one project only. */}
          <Fragment key={projectId}>
            <Outlet />
          </Fragment>
        </div>
      </div>
    </RoleProvider>
  );
}

/** Whoever comes to another page by keys is on it: what had the focus went with the page before. */
function useFocusOnArrival(content: RefObject<HTMLElement | null>) {
  const pathname = useRouterState({ select: ({ resolvedLocation }) => resolvedLocation?.pathname });
  const before = useRef(pathname);
  useEffect(() => {
    const left = before.current;
    before.current = pathname;
    const isLost = left !== undefined && left !== pathname && document.activeElement === document.body;
    if (isLost) content.current?.focus({ preventScroll: true });
  }, [pathname, content]);
}

/** A visitor who went on to what is not public. */
function SignInFirst() {
  useEffect(leaveToSignIn, []);
  return null;
}
