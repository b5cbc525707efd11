import { segment } from "@/lib/href";

import { fetchRaw } from "./http";

/** Looks for a text in all inputs and outputs of a trace; `onHits` hears the observations as they are found. */
export async function searchTrace(
  projectId: string,
  traceId: string,
  text: string,
  onHits: (observationIds: string[]) => void,
  signal: AbortSignal,
): Promise<void> {
  const response = await fetchRaw(`/projects/${segment(projectId)}/traces/${segment(traceId)}/search`, {
    query: { text },
    signal,
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (let piece = await reader?.read(); piece !== undefined && !piece.done; piece = await reader?.read()) {
    const lines = (rest + piece.value).split("\n");
    rest = lines.pop() ?? "";
    const ids = lines
      .filter((line) => line !== "")
      .map((line) => (JSON.parse(line) as { observationId?: string | null }).observationId);
    onHits(ids.filter((id): id is string => typeof id === "string"));
  }
}
