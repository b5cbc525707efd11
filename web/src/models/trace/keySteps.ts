/** Which rows say something: wrappers that add nothing are hidden, and what they kept moves up to the nearest kept row. */
import type { Intervals } from "./intervals";
import type { Skeleton } from "./skeleton";
import { TRACE_ROW, type TraceTree } from "./tree";

const TELLING_TYPES = new Set(["GENERATION", "TOOL", "RETRIEVER", "AGENT", "EVALUATOR", "EMBEDDING", "GUARDRAIL"]);
const TELLING_LEVELS = new Set(["WARNING", "ERROR"]);
/** A branching row is kept from this share of the trace's duration on. */
const BRANCH_SHARE = 0.05;
/** Key steps are the default when they hide more than this share of the rows. */
export const DEFAULT_SHARE = 0.4;

export interface KeySteps {
  isKept: Uint8Array;
  hiddenCount: number;
}

/** `alsoKept`: rows that are kept whatever they are: the selected one, those that match the query. */
export function keySteps(
  tree: TraceTree,
  skeleton: Skeleton,
  intervals: Intervals,
  alsoKept: (row: number) => boolean = () => false,
): KeySteps {
  const isKept = new Uint8Array(tree.count);
  const names = new KeptNames(tree.count);
  const shortest = BRANCH_SHARE * ((intervals.end[TRACE_ROW] as number) - (intervals.start[TRACE_ROW] as number));
  let hiddenCount = 0;
  for (let row = tree.count - 1; row >= TRACE_ROW; row -= 1) {
    const place = tree.source[row] as number;
    const duration = (intervals.end[row] as number) - (intervals.start[row] as number);
    const isBranch = names.areSeveral(row) && duration >= shortest;
    const above = tree.parent[row] as number;
    if (place < 0 || above === TRACE_ROW || tellsByItself(skeleton, place) || alsoKept(row) || isBranch) {
      isKept[row] = 1;
      if (above >= 0) names.add(above, place < 0 ? "" : (skeleton.name[place] ?? ""));
    } else {
      hiddenCount += 1;
      names.pass(row, above);
    }
  }
  return { isKept, hiddenCount };
}

/** Would hiding be worth it without being asked? */
export const isDefault = (steps: KeySteps): boolean => steps.hiddenCount > DEFAULT_SHARE * steps.isKept.length;

const tellsByItself = (skeleton: Skeleton, place: number): boolean =>
  TELLING_TYPES.has(skeleton.type[place] as string) ||
  TELLING_LEVELS.has(skeleton.level[place] as string) ||
  (skeleton.scoreCount[place] ?? 0) > 0 ||
  (skeleton.commentCount[place] ?? 0) > 0;

/** Whether the kept rows next below a row have at least two different names. */
class KeptNames {
  private readonly names: (string | undefined)[];
  private readonly several: Uint8Array;
  constructor(count: number) {
    this.names = Array.from({ length: count }, () => undefined);
    this.several = new Uint8Array(count);
  }

  areSeveral(row: number): boolean {
    return this.several[row] === 1;
  }

  add(row: number, name: string): void {
    if (this.names[row] === undefined) this.names[row] = name;
    else if (this.names[row] !== name) this.several[row] = 1;
  }

  /** A hidden row hands what it has to its parent. */
  pass(row: number, above: number): void {
    if (this.several[row] === 1) this.several[above] = 1;
    const name = this.names[row];
    if (name !== undefined) this.add(above, name);
  }
}
