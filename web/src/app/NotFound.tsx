import { useParams } from "@tanstack/react-router";
import { Compass } from "lucide-react";

import { href } from "@/lib/href";
import { preferences } from "@/lib/preferences";
import { Link } from "@/ui/Link";
import { EmptyState } from "@/ui/states";
import { useTitle } from "@/ui/useTitle";

/** An address that is no page, and the pages nearest to it. */
export function NotFound() {
  const params = useParams({ strict: false });
  useTitle("No such page");
  const projectId = params.projectId ?? preferences().lastProject;
  return (
    <EmptyState
      isPage
      title="There is no such page"
      icon={<Compass className="size-6" strokeWidth={1.5} aria-hidden />}
    >
      <p className="text-text-2">
        <code className="font-mono wrap-anywhere">{window.location.pathname}</code> leads nowhere. From here you can go
        to
      </p>
      <ul className="flex flex-col gap-1">
        {projectId !== null && (
          <>
            <NearPage to={href.list({ projectId, level: "traces" })} label="Traces" />
            <NearPage to={href.list({ projectId, level: "observations" })} label="Observations" />
          </>
        )}
        <NearPage to={href.root()} label="Your projects" />
      </ul>
    </EmptyState>
  );
}

function NearPage({ to, label }: { to: string; label: string }) {
  return (
    <li>
      <Link to={to} className="text-accent hover:underline">
        {label}
      </Link>
    </li>
  );
}
