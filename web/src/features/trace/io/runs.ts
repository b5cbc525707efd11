<<<<<<< HEAD
import type { Owner } from "@/api/traces";
import type { TraceModel } from "@/models/trace/model";
import type { ToolRun } from "@/models/transcript/transcript";

/** A call in an input led to a run before the observation began, one in an output to a run since. */
export function splitRuns(model: TraceModel, { kind, id }: Owner): { before: ToolRun[]; since: ToolRun[] } {
  const runs = runsOf(model);
  if (kind === "traces") return { before: [], since: runs };
  const startUs = model.skeleton.startTimeUs[model.skeleton.id.indexOf(id)] ?? 0;
  return { before: runs.filter((run) => run.startUs < startUs), since: runs.filter((run) => run.startUs >= startUs) };
}

=======
import type { TraceModel } from "@/models/trace/model";
import type { ToolRun } from "@/models/transcript/transcript";

>>>>>>> main
/** The tools that ran in a trace. */
export function runsOf({ skeleton, tree, intervals }: TraceModel): ToolRun[] {
  const runs: ToolRun[] = [];
  for (let row = 1; row < tree.count; row += 1) {
    const place = tree.source[row] as number;
    if (place < 0 || skeleton.type[place] !== "TOOL") continue;
    runs.push({
      observationId: skeleton.id[place] as string,
      name: skeleton.name[place] ?? "",
      startUs: intervals.start[row] as number,
      endUs: intervals.end[row] as number,
      isError: skeleton.level[place] === "ERROR",
    });
  }
  return runs;
}
