/** What changes on the server, told as it happens; nothing is asked while nobody looks. */
import { segment } from "@/lib/href";

import { laneUrl } from "./http";

const AGAIN_MS = 5000;

/**
 * Call back with the ids of traces that came or changed, until the returned function is called. No ids: the line was
 * interrupted, and what came meanwhile was not told.
 */
export function watchChanges(projectId: string, onChange: (traceIds: readonly string[]) => void): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const open = (isAgain: boolean) => {
    let hasMissed = isAgain;
    const opened = new EventSource(laneUrl(`/projects/${segment(projectId)}/changes`));
    source = opened;
    opened.addEventListener("change", ({ data }: MessageEvent<string>) => onChange(readIds(data)));
    opened.addEventListener("open", () => {
      if (hasMissed) onChange([]);
      hasMissed = true; // the browser itself connects anew after a loss
    });
    opened.addEventListener("error", () => {
      if (opened.readyState !== EventSource.CLOSED || source !== opened) return;
      close(); // refused with a status: the browser gives up, and so somebody else has to try again
      timer = setTimeout(() => open(true), AGAIN_MS);
    });
  };
  const close = () => {
    clearTimeout(timer);
    timer = undefined;
    source?.close();
    source = null;
  };
  const follow = () => {
    if (document.visibilityState === "hidden") close();
    else if (source === null && timer === undefined) open(true);
  };
  if (document.visibilityState === "visible") open(false);
  document.addEventListener("visibilitychange", follow);
  return () => {
    document.removeEventListener("visibilitychange", follow);
    close();
  };
}

function readIds(data: string): readonly string[] {
  try {
    const { traceIds } = JSON.parse(data) as { traceIds?: unknown };
    return Array.isArray(traceIds) ? traceIds.filter((id) => typeof id === "string") : [];
  } catch {
    return [];
  }
}
