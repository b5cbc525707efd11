import { useEffect } from "react";

import { useSession } from "@/api/session";
import { SignOutButton } from "@/app/SignOutButton";
import { useGo } from "@/app/url";
import { href } from "@/lib/href";
import { preferences } from "@/lib/preferences";
import { HueDot } from "@/ui/Chip";
import { Link } from "@/ui/Link";
import { EmptyState } from "@/ui/states";
import { useTitle } from "@/ui/useTitle";

/** `/`: the projects by organisation; with one alone, its pages. */
export function StartPage() {
  const { projects } = useSession();
  const go = useGo();
  useTitle("Projects");
  const only = projects.length === 1 ? projects[0] : undefined;
  useEffect(() => {
    if (only !== undefined) go(href.project({ projectId: only.id }), { replace: true });
  }, [go, only]);
  if (only !== undefined) return null;
  if (projects.length === 0) {
    return (
      <EmptyState isPage title="You are not a member of any project">
        <p className="text-text-2">An owner or admin of an organisation can add you.</p>
        <SignOutButton />
      </EmptyState>
    );
  }
  const organizations = [...new Set(projects.map(({ organizationName }) => organizationName))];
  const { lastProject } = preferences();
  return (
    <main className="mx-auto max-w-160 px-4 py-10">
      <h1 className="text-20 font-semibold">Projects</h1>
      {organizations.map((organization) => (
        <section key={organization} className="mt-6">
          <h2 className="mb-2 text-12 font-medium text-text-3" dir="auto">
            {organization}
          </h2>
          <ul className="divide-y divide-line rounded-md border border-line">
            {projects
              .filter(({ organizationName }) => organizationName === organization)
              .map(({ id, name, role }) => (
                <li key={id}>
                  <Link
                    to={href.project({ projectId: id })}
                    className="flex h-11 items-center gap-2.5 px-3 hover:bg-hover"
                  >
                    <HueDot name={id} />
                    <span className="min-w-0 grow truncate font-medium" dir="auto">
                      {name}
                    </span>
                    {id === lastProject && <span className="text-12 text-text-3">last opened</span>}
                    <span className="text-12 text-text-3">{role.toLowerCase()}</span>
                  </Link>
                </li>
              ))}
          </ul>
        </section>
      ))}
    </main>
  );
}
