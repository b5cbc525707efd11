import { href } from "@/lib/href";
import { Link } from "@/ui/Link";
import { EmptyState } from "@/ui/states";

export function UnknownProject() {
  return (
    <EmptyState isPage title="There is no such project, or you are not a member of it">
      <p className="text-text-2">An owner or admin of its organisation can add you.</p>
      <Link className="text-accent hover:underline" to={href.root()}>
        Your projects
      </Link>
    </EmptyState>
  );
}
