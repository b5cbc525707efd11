/** What the skeleton knows of one observation: enough to show what is selected before the rest of it is there. */
import type { Skeleton } from "./skeleton";

export interface Step {
  id: string;
  type: string;
  name: string | null;
  level: string;
  statusMessage: string | null;
  /** Epoch µs. */
  startTimeUs: number;
  endTimeUs: number | null;
  latencyUs: number | null;
  timeToFirstTokenUs: number | null;
  model: string | null;
  inputTokens: number;
  outputTokens: number;
  totalTokens: number;
  /** USD, decimal text; null when unknown. */
  cost: string | null;
  promptName: string | null;
  promptVersion: number | null;
}

/** The step of an id; of several of one id the last, as in the tree. Undefined when there is none. */
export function stepOf(skeleton: Skeleton, id: string): Step | undefined {
  const at = skeleton.id.lastIndexOf(id);
  if (at < 0) return undefined;
  const startTimeUs = skeleton.startTimeUs[at] as number;
  const endTimeUs = skeleton.endTimeUs[at] ?? null;
  return {
    id,
    type: skeleton.type[at] as string,
    name: skeleton.name[at] ?? null,
    level: skeleton.level[at] as string,
    statusMessage: skeleton.statusMessage[at] ?? null,
    startTimeUs,
    endTimeUs,
    latencyUs: endTimeUs === null ? null : endTimeUs - startTimeUs,
    timeToFirstTokenUs: skeleton.timeToFirstTokenUs[at] ?? null,
    model: skeleton.model[at] ?? null,
    inputTokens: skeleton.inputTokens[at] ?? 0,
    outputTokens: skeleton.outputTokens[at] ?? 0,
    totalTokens: skeleton.totalTokens[at] ?? 0,
    cost: skeleton.cost[at] ?? null,
    promptName: skeleton.promptName[at] ?? null,
    promptVersion: skeleton.promptVersion[at] ?? null,
  };
}
