/** What somebody opened last, kept in this browser: the newest first. */
import { href } from "./href";

export interface Recent {
  kind: "trace" | "session" | "user";
  projectId: string;
  id: string;
  name: string | null;
}

export const RECENT_MAX = 20;
const KEY = "panope.recent-objects";
/** Whatever tells what somebody looked at lately: objects, and searches by project. */
const PREFIX = "panope.recent";

export function recents(): Recent[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(stored) ? stored.filter(isRecent) : [];
  } catch {
    return [];
  }
}

/** Remember that something was opened; its name may come later. */
export function noteRecent(recent: Recent): void {
  const before = recents();
  const known = before.find((one) => isSame(one, recent));
  const noted = { ...recent, name: recent.name ?? known?.name ?? null };
  const list = [noted, ...before.filter((one) => !isSame(one, recent))].slice(0, RECENT_MAX);
  try {
    localStorage.setItem(KEY, JSON.stringify(list));
  } catch {
    // Without storage there is no history, which is all that is lost.
  }
}

/** Forget what was opened and searched for: the next person at this browser is somebody else. */
export function forgetRecents(): void {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
  } catch {
    // Without storage there is nothing to forget.
  }
}

/** The page of what was opened. */
export function pathOfRecent({ kind, projectId, id }: Recent): string {
  if (kind === "trace") return href.trace({ projectId, traceId: id });
  return kind === "session" ? href.session({ projectId, sessionId: id }) : href.user({ projectId, userId: id });
}

function isSame(left: Recent, right: Recent): boolean {
  return left.kind === right.kind && left.id === right.id && left.projectId === right.projectId;
}

function isRecent(value: unknown): value is Recent {
  if (typeof value !== "object" || value === null) return false;
  const { kind, projectId, id, name } = value as Partial<Record<keyof Recent, unknown>>;
  const isKind = kind === "trace" || kind === "session" || kind === "user";
  return (
    isKind && typeof projectId === "string" && typeof id === "string" && (name === null || typeof name === "string")
  );
}
