import type { TraceModel } from "@/models/trace/model";
import type { ToolRun } from "@/models/transcript/transcript";

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
