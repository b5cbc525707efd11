import { useVisitorOrSession } from "@/api/session";
import { href } from "@/lib/href";
import { Link } from "@/ui/Link";
import { EmptyState } from "@/ui/states";
import { useTitle } from "@/ui/useTitle";

import { SignOutButton } from "./SignOutButton";

export function UnknownProject() {
  const isSignedIn = useVisitorOrSession() !== null;
  useTitle("No such project");
  return (
    <EmptyState isPage title="There is no such project, or you are not a member of it">
      <p className="text-text-2">An owner or admin of its organisation can add you.</p>
      <Link className="text-accent hover:underline" to={href.root()}>
        Your projects
      </Link>
      {isSignedIn && <SignOutButton />}
    </EmptyState>
  );
}
