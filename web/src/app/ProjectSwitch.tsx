import { Check, ChevronsUpDown } from "lucide-react";
import { useState } from "react";

import { type SessionProject, useSession } from "@/api/session";
import { href } from "@/lib/href";
import { classes } from "@/ui/classes";
import { HueDot } from "@/ui/Chip";
import { Link } from "@/ui/Link";
import { Popover, PopoverClose } from "@/ui/Popover";

/** The project one is in; opens the list of all others, by organisation. */
export function ProjectSwitch({ projectId, isNarrow }: { projectId: string; isNarrow: boolean }) {
  const { projects } = useSession();
  const [isOpen, setOpen] = useState(false);
  const current = projects.find(({ id }) => id === projectId);
  const name = current?.name ?? projectId;
  return (
    <Popover
      label="Projects"
      isOpen={isOpen}
      onOpenChange={setOpen}
      className="w-72 p-1"
      trigger={
        <button
          type="button"
          data-testid="project-switch"
          aria-label={`Project ${name}: switch`}
          className="flex h-8 w-full min-w-0 items-center gap-2 rounded-sm px-2 hover:bg-hover"
        >
          <HueDot name={projectId} />
          <span
            className={classes(
              "min-w-0 grow truncate text-left font-semibold",
              isNarrow ? "hidden" : "hidden lg:block",
            )}
            dir="auto"
          >
            {name}
          </span>
          <ChevronsUpDown
            className={classes("size-3.5 shrink-0 text-text-3", isNarrow ? "hidden" : "hidden lg:block")}
            strokeWidth={1.75}
            aria-hidden
          />
        </button>
      }
    >
      <ProjectList projects={projects} currentId={projectId} />
    </Popover>
  );
}

const SEARCHED_FROM = 8;

function ProjectList({ projects, currentId }: { projects: readonly SessionProject[]; currentId: string }) {
  const [text, setText] = useState("");
  const found = projects.filter(({ name, organizationName }) =>
    `${name} ${organizationName}`.toLowerCase().includes(text.toLowerCase()),
  );
  const organizations = [...new Set(found.map(({ organizationName }) => organizationName))];
  return (
    <>
      {projects.length > SEARCHED_FROM && (
        <input
          type="search"
          aria-label="Search projects"
          placeholder="Search projects"
          value={text}
          onChange={(event) => setText(event.target.value)}
          className="mb-1 h-8 w-full rounded-sm border border-line-strong bg-bg px-2"
        />
      )}
      {organizations.map((organization) => (
        <div key={organization}>
          <h3 className="px-2 pt-2 pb-1 text-11 font-medium text-text-3">{organization}</h3>
          <ul>
            {found
              .filter(({ organizationName }) => organizationName === organization)
              .map((project) => (
                <li key={project.id}>
                  <PopoverClose asChild>
                    <Link
                      to={href.project({ projectId: project.id })}
                      className="flex h-8 items-center gap-2 rounded-sm px-2 hover:bg-hover"
                      aria-current={project.id === currentId ? "true" : undefined}
                    >
                      <HueDot name={project.id} />
                      <span className="min-w-0 grow truncate" dir="auto">
                        {project.name}
                      </span>
                      {project.id === currentId && <Check className="size-4 text-accent" strokeWidth={2} aria-hidden />}
                    </Link>
                  </PopoverClose>
                </li>
              ))}
          </ul>
        </div>
      ))}
      {found.length === 0 && <p className="p-2 text-text-3">No project is called so.</p>}
    </>
  );
}
