/** What the palette offers, from what the rest of the app knows. */
import { Boxes, Clock, CornerDownRight, Eye, Keyboard, LayoutList, type LucideIcon, Search } from "lucide-react";

import type { Match } from "@/api/resolve";
import type { SavedView } from "@/api/views";
import type { SessionProject } from "@/api/session";
import { formatId } from "@/lib/formatters";
import { href } from "@/lib/href";
import { pathOfRecent, type Recent } from "@/lib/recents";
import type { ListedShortcut } from "@/lib/shortcuts";
import type { Address } from "@/models/palette/address";
import { ranked } from "@/models/palette/rank";

import { entries } from "../Sidebar";

export interface Item {
  id: string;
  section: string;
  label: string;
  icon: LucideIcon;
  /** Said beside the label. */
  note?: string;
  /** More words that it is found by. */
  more?: string;
  keys?: string;
  /** Where it leads; what leads nowhere runs. */
  path?: string;
  run?: () => void;
}

const MAX_RECENT = 6;

/** Pages: those of the sidebar, and those that have a key of their own. */
export function pageItems(projectId: string, listed: readonly ListedShortcut[]): Item[] {
  const ofSidebar = entries(projectId).flatMap((group) =>
    group.entries.map(({ label, icon, to, keys }) => ({
      id: `page ${to}`,
      section: "Pages",
      label,
      icon,
      path: to,
      ...(keys === undefined ? {} : { keys }),
    })),
  );
  const known = new Set(ofSidebar.map((item) => ("keys" in item ? item.keys : undefined)));
  const others = listed
    .filter(({ keys }) => keys.startsWith("g ") && !known.has(keys))
    .map(({ keys, label, run }) => ({
      id: `page ${keys}`,
      section: "Pages",
      label: sentence(label.replace(/^Go to /, "")),
      icon: LayoutList,
      keys,
      run: () => run(pressed(keys)),
    }));
  return [...ofSidebar, ...others];
}

/** What the keys of this page do. */
export function actionItems(listed: readonly ListedShortcut[]): Item[] {
  return listed
    .filter(({ keys }) => !keys.startsWith("g ") && keys !== "Escape" && keys !== "mod+k")
    .map(({ keys, label, run, scope }) => ({
      id: `action ${scope} ${keys}`,
      section: "On this page",
      label,
      icon: Keyboard,
      keys,
      run: () => run(pressed(keys)),
    }));
}

export function projectItems(projects: readonly SessionProject[], projectId: string): Item[] {
  return projects
    .filter(({ id }) => id !== projectId)
    .map(({ id, name, organizationName }) => ({
      id: `project ${id}`,
      section: "Projects",
      label: name,
      note: organizationName,
      more: `project ${organizationName} ${id}`,
      icon: Boxes,
      path: href.project({ projectId: id }),
    }));
}

export function recentItems(recent: readonly Recent[], projects: readonly SessionProject[], projectId: string): Item[] {
  const visible = recent.filter((one) => projects.some(({ id }) => id === one.projectId));
  return visible.map((one) => ({
    id: `recent ${one.kind} ${one.projectId} ${one.id}`,
    section: "Opened lately",
    label: one.name ?? formatId(one.id),
    note: one.projectId === projectId ? one.kind : `${one.kind} in ${nameOf(projects, one.projectId)}`,
    more: one.id,
    icon: Clock,
    path: pathOfRecent(one),
  }));
}

export function viewItems(views: readonly SavedView[], projectId: string): Item[] {
  return views.map(({ id, level, name, isShared }) => ({
    id: `view ${id}`,
    section: "Saved views",
    label: name ?? id,
    note: isShared ? `${level}, shared` : level,
    more: "view",
    icon: Eye,
    path: href.list({ projectId, level, search: { viewId: id } }),
  }));
}

/** What an id that was typed names. */
export function matchItems(matches: readonly Match[], projects: readonly SessionProject[]): Item[] {
  return matches.flatMap(({ kind, projectId, id, traceId }) => {
    const path =
      kind === "session"
        ? href.session({ projectId, sessionId: id })
        : traceId === null
          ? null
          : href.trace({ projectId, traceId, observation: kind === "observation" ? id : undefined });
    if (path === null) return [];
    return [
      {
        id: `match ${kind} ${projectId} ${id}`,
        section: "Found",
        label: `Open ${kind} ${id}`,
        note: nameOf(projects, projectId),
        icon: CornerDownRight,
        path,
      },
    ];
  });
}

/** What a pasted address names, where its project is one of those that one sees. */
export function addressItems(
  { kind, id, projectId, observationId }: Address,
  projects: readonly SessionProject[],
): Item[] {
  if (projectId === null || !projects.some((project) => project.id === projectId)) return [];
  const path =
    kind === "trace"
      ? href.trace({ projectId, traceId: id, observation: observationId ?? undefined })
      : pathOfRecent({ kind, projectId, id, name: null });
  const note = nameOf(projects, projectId);
  return [{ id: "address", section: "Found", label: `Open ${kind} ${id}`, note, icon: CornerDownRight, path }];
}

export function searchItem(projectId: string, text: string): Item {
  return {
    id: "search",
    section: "Found",
    label: `Search traces for ${text}`,
    icon: Search,
    path: href.list({ projectId, level: "traces", search: { q: text } }),
  };
}

/** The items in the order of their sections; without a text only some of what was opened lately. */
export function chosen(found: readonly Item[], all: readonly Item[], text: string): Item[] {
  if (text !== "") return [...found, ...grouped(ranked(all, text))];
  const recent = all.filter(({ section }) => section === "Opened lately").slice(0, MAX_RECENT);
  return [...recent, ...all.filter(({ section }) => section !== "Opened lately")];
}

/** Each section in one piece, the one with the best item first. */
function grouped(items: readonly Item[]): Item[] {
  const sections = [...new Set(items.map(({ section }) => section))];
  return sections.flatMap((section) => items.filter((item) => item.section === section));
}

function nameOf(projects: readonly SessionProject[], projectId: string): string {
  return projects.find(({ id }) => id === projectId)?.name ?? projectId;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** The event of a key that nobody pressed. */
function pressed(keys: string): KeyboardEvent {
  return new KeyboardEvent("keydown", { key: keys });
}
