/** Traces for tests: sound ones, and ones with every fault that parents and clocks can have. */
import fc from "fast-check";
import { emptySkeleton, type Skeleton } from "./skeleton";

export interface Made {
  id: string;
  parentId?: string | null;
  start?: number;
  end?: number | null;
  type?: string;
  name?: string;
  level?: string;
  cost?: string | null;
  tokens?: number | null;
  isUnpriced?: boolean;
  scoreCount?: number;
  commentCount?: number;
  model?: string | null;
  status?: string | null;
  ttft?: number | null;
}

const USUAL: Required<Omit<Made, "id" | "end" | "name">> = {
  parentId: null,
  start: 0,
  type: "SPAN",
  level: "DEFAULT",
  cost: null,
  tokens: null,
  isUnpriced: false,
  scoreCount: 0,
  commentCount: 0,
  model: null,
  status: null,
  ttft: null,
};

export function skeletonOf(...made: Made[]): Skeleton {
  const result = emptySkeleton();
  for (const given of made) {
    const one = { ...USUAL, ...given };
    result.id.push(one.id);
    result.parentId.push(one.parentId);
    result.type.push(one.type);
    result.name.push(one.name ?? one.id);
    result.startTimeUs.push(one.start);
    result.endTimeUs.push(one.end === undefined ? one.start : one.end);
    result.timeToFirstTokenUs.push(one.ttft);
    result.level.push(one.level);
    result.statusMessage.push(one.status);
    result.model.push(one.model);
    result.inputTokens.push(one.tokens);
    result.outputTokens.push(one.tokens);
    result.totalTokens.push(one.tokens === null ? null : one.tokens * 2);
    result.cost.push(one.cost);
    result.isUnpriced.push(one.isUnpriced);
    result.promptName.push(null);
    result.promptVersion.push(null);
    result.scoreCount.push(one.scoreCount);
    result.commentCount.push(one.commentCount);
  }
  return result;
}

const moment = fc.integer({ min: 0, max: 60 });

/** Any parents at all: cycles, orphans, several roots, duplicate ids, ends before starts. */
export const anySkeleton: fc.Arbitrary<Skeleton> = fc
  .array(
    fc.record({
      id: fc.integer({ min: 0, max: 14 }).map((n) => `o${String(n)}`),
      parentId: fc.option(
        fc.integer({ min: 0, max: 18 }).map((n) => `o${String(n)}`),
        { nil: null },
      ),
      start: moment,
      end: fc.option(moment, { nil: null }),
      type: fc.constantFrom("SPAN", "GENERATION", "TOOL", "CHAIN", "EVENT"),
      name: fc.constantFrom("a", "b", "c"),
      level: fc.constantFrom("DEFAULT", "DEFAULT", "WARNING", "ERROR"),
      cost: fc.option(
        fc.integer({ min: 0, max: 10 ** 6 }).map((n) => (n / 1e6).toString()),
        { nil: null },
      ),
      tokens: fc.option(fc.integer({ min: 0, max: 1000 }), { nil: null }),
      isUnpriced: fc.boolean(),
      scoreCount: fc.constantFrom(0, 0, 0, 1),
    }),
    { maxLength: 16 },
  )
  .map((made) => skeletonOf(...made));
