import { useParams } from "@tanstack/react-router";
import { Menu as MenuIcon } from "lucide-react";

import { useSession } from "@/api/session";
import { href } from "@/lib/href";
import { Button } from "@/ui/Button";
import { Menu, MenuItem, MenuLabel } from "@/ui/Menu";

import { useGo } from "./url";

/** What the sidebar holds, where there is no room for it. */
export function MobileMenu() {
  const { projectId = "" } = useParams({ strict: false });
  const { projects } = useSession();
  const go = useGo();
  return (
    <div className="sm:hidden">
      <Menu
        trigger={
          <Button kind="quiet" className="w-7 px-0" aria-label="Menu">
            <MenuIcon className="size-4" strokeWidth={1.75} />
          </Button>
        }
      >
        {projectId !== "" && (
          <>
            <MenuItem onSelect={() => go(href.project({ projectId }))}>Home</MenuItem>
            <MenuItem onSelect={() => go(href.list({ projectId, level: "traces" }))}>Traces</MenuItem>
            <MenuItem onSelect={() => go(href.list({ projectId, level: "observations" }))}>Observations</MenuItem>
            <MenuItem onSelect={() => go(href.list({ projectId, level: "sessions" }))}>Sessions</MenuItem>
            <MenuItem onSelect={() => go(href.list({ projectId, level: "users" }))}>Users</MenuItem>
            <MenuItem onSelect={() => go(href.list({ projectId, level: "scores" }))}>Scores</MenuItem>
            <MenuItem onSelect={() => go(href.settings({ projectId }))}>Settings</MenuItem>
            <MenuItem onSelect={() => go(href.setup({ projectId }))}>How to send traces</MenuItem>
          </>
        )}
        <MenuLabel>Projects</MenuLabel>
        {projects.map(({ id, name }) => (
          <MenuItem key={id} onSelect={() => go(href.project({ projectId: id }))}>
            {name}
          </MenuItem>
        ))}
      </Menu>
    </div>
  );
}
