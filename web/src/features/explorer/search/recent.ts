/** Queries that were applied in a project, kept in this browser: the newest first. */

const RECENT_MAX = 20;

export function recentOf(projectId: string): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(`panope.recent.${projectId}`) ?? "[]");
    return Array.isArray(stored) ? stored.filter((text) => typeof text === "string") : [];
  } catch {
    return [];
  }
}

export function remember(projectId: string, text: string): void {
  if (text === "") return;
  const recent = [text, ...recentOf(projectId).filter((one) => one !== text)].slice(0, RECENT_MAX);
  try {
    localStorage.setItem(`panope.recent.${projectId}`, JSON.stringify(recent));
  } catch {
    // Without storage there is no history, which is all that is lost.
  }
}
