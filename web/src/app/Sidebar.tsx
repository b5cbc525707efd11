import { useRouterState } from "@tanstack/react-router";
import {
  BookOpen,
  Gauge,
  House,
  ListTree,
  type LucideIcon,
  MessagesSquare,
  PanelLeft,
  Settings as SettingsIcon,
  Users,
} from "lucide-react";

import { useSession } from "@/api/session";
import { href, withBase } from "@/lib/href";
import { setPreferences, usePreferences } from "@/lib/preferences";
import { IconButton } from "@/ui/Button";
import { classes } from "@/ui/classes";
import { Link } from "@/ui/Link";
import { Tooltip } from "@/ui/Tooltip";

import { ProjectSwitch } from "./ProjectSwitch";

interface Entry {
  label: string;
  icon: LucideIcon;
  to: string;
  keys?: string;
  /** Paths that belong to it. */
  covers: readonly string[];
}

function entries(projectId: string): { label: string; entries: Entry[] }[] {
  const traces = href.list({ projectId, level: "traces" });
  const observations = href.list({ projectId, level: "observations" });
  const sessions = href.list({ projectId, level: "sessions" });
  const users = href.list({ projectId, level: "users" });
  const scores = href.list({ projectId, level: "scores" });
  return [
    {
      label: "Observe",
      entries: [
        { label: "Home", icon: House, to: href.project({ projectId }), keys: "g h", covers: [] },
        { label: "Traces", icon: ListTree, to: traces, keys: "g t", covers: [traces, observations] },
        { label: "Sessions", icon: MessagesSquare, to: sessions, keys: "g s", covers: [sessions] },
        { label: "Users", icon: Users, to: users, keys: "g u", covers: [users] },
      ],
    },
    {
      label: "Evaluate",
      entries: [{ label: "Scores", icon: Gauge, to: scores, keys: "g c", covers: [scores] }],
    },
  ];
}

/** Where one can go in a project. Narrow, it keeps the icons. Below 1024 px it is narrow always. */
export function Sidebar({ projectId }: { projectId: string }) {
  const { sidebarCollapsed } = usePreferences();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const { version } = useSession();
  return (
    <nav
      aria-label="Project"
      className={classes(
        "hidden shrink-0 flex-col border-r border-line bg-panel sm:flex",
        sidebarCollapsed ? "w-(--sidebar-collapsed)" : "w-(--sidebar-collapsed) lg:w-(--sidebar)",
      )}
    >
      <div className="flex h-(--bar-height) items-center border-b border-line px-2">
        <ProjectSwitch projectId={projectId} isNarrow={sidebarCollapsed} />
      </div>
      <div className="grow overflow-y-auto p-2">
        {entries(projectId).map((group) => (
          <div key={group.label} className="mb-3">
            <h2
              className={classes(
                "mb-1 px-2 text-11 font-medium text-text-3",
                sidebarCollapsed ? "sr-only" : "sr-only lg:not-sr-only",
              )}
            >
              {group.label}
            </h2>
            <ul>
              {group.entries.map((entry) => (
                <li key={entry.label}>
                  <SidebarLink
                    entry={entry}
                    isActive={
                      path === withBase(entry.to) ||
                      entry.covers.some(
                        (covered) => path === withBase(covered) || path.startsWith(`${withBase(covered)}/`),
                      )
                    }
                    isNarrow={sidebarCollapsed}
                  />
                </li>
              ))}
            </ul>
          </div>
        ))}
      </div>
      <div
        className={classes(
          "flex items-center gap-1 border-t border-line p-2",
          sidebarCollapsed ? "flex-col" : "flex-col lg:flex-row",
        )}
      >
        <IconButton
          label={sidebarCollapsed ? "Widen the sidebar" : "Narrow the sidebar"}
          keys="["
          className="hidden lg:inline-flex"
          icon={<PanelLeft className="size-4" strokeWidth={1.75} />}
          onClick={() => setPreferences({ sidebarCollapsed: !sidebarCollapsed })}
        />
        <FootLink label="Settings" keys="g ," icon={SettingsIcon} to={href.settings({ projectId })} />
        <FootLink label="How to send traces" icon={BookOpen} to={href.setup({ projectId })} />
        <span className={classes("ml-auto pr-1 text-11 text-text-3", sidebarCollapsed ? "hidden" : "hidden lg:inline")}>
          {version}
        </span>
      </div>
    </nav>
  );
}

function FootLink({ label, keys, icon: Icon, to }: { label: string; keys?: string; icon: LucideIcon; to: string }) {
  return (
    <Tooltip label={label} side="right" {...(keys === undefined ? {} : { keys })}>
      <Link
        to={to}
        aria-label={label}
        className="inline-flex size-7 items-center justify-center rounded-sm text-text-2 hover:bg-hover hover:text-text"
      >
        <Icon className="size-4" strokeWidth={1.75} />
      </Link>
    </Tooltip>
  );
}

function SidebarLink({ entry, isActive, isNarrow }: { entry: Entry; isActive: boolean; isNarrow: boolean }) {
  const Icon = entry.icon;
  return (
    <Tooltip label={entry.label} side="right" {...(entry.keys === undefined ? {} : { keys: entry.keys })}>
      <Link
        to={entry.to}
        aria-current={isActive ? "page" : undefined}
        aria-label={entry.label}
        className={classes(
          "flex h-7 items-center gap-2 rounded-sm px-2 text-13",
          isActive ? "bg-selected font-medium text-text" : "text-text-2 hover:bg-hover hover:text-text",
        )}
      >
        <Icon className="size-4 shrink-0" strokeWidth={1.75} aria-hidden />
        <span className={isNarrow ? "hidden" : "hidden truncate lg:inline"}>{entry.label}</span>
      </Link>
    </Tooltip>
  );
}
