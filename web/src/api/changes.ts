/** What changes on the server, told as it happens; nothing is asked while nobody looks. */
import { segment } from "@/lib/href";

import { laneUrl } from "./http";

/** Call back with the ids of traces that came or changed, until the returned function is called. */
export function watchChanges(projectId: string, onChange: (traceIds: readonly string[]) => void): () => void {
  let source: EventSource | null = null;
  const open = () => {
    source = new EventSource(laneUrl(`/projects/${segment(projectId)}/changes`));
    source.addEventListener("change", ({ data }: MessageEvent<string>) => onChange(readIds(data)));
  };
  const close = () => {
    source?.close();
    source = null;
  };
  const follow = () => {
    if (document.visibilityState === "hidden") close();
    else if (source === null) {
      open();
      onChange([]); // what came meanwhile is not told
    }
  };
  if (document.visibilityState === "visible") open();
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
