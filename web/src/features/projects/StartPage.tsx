import { useSession } from "@/api/session";
import { href } from "@/lib/href";
import { Link } from "@/ui/Link";

export function StartPage() {
  const { projects } = useSession();
  return (
    <ul className="p-6">
      {projects.map((project) => (
        <li key={project.id}>
          <Link to={href.list({ projectId: project.id, level: "traces" })}>{project.name}</Link>
        </li>
      ))}
    </ul>
  );
}
