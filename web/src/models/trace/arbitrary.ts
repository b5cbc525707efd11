/** Traces for tests: sound ones, and ones with every fault that parents and clocks can have. */
import fc from 'fast-check';
import { emptySkeleton, type Skeleton } from './skeleton';

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

export function skeletonOf(...made: Made[]): Skeleton {
  const result = emptySkeleton();
  for (const one of made) {
    const start = one.start ?? 0;
    result.id.push(one.id);
    result.parentId.push(one.parentId ?? null);
    result.type.push(one.type ?? 'SPAN');
    result.name.push(one.name ?? one.id);
    result.startTimeUs.push(start);
    result.endTimeUs.push(one.end === undefined ? start : one.end);
    result.timeToFirstTokenUs.push(one.ttft ?? null);
    result.level.push(one.level ?? 'DEFAULT');
    result.statusMessage.push(one.status ?? null);
    result.model.push(one.model ?? null);
    result.inputTokens.push(one.tokens ?? null);
    result.outputTokens.push(one.tokens ?? null);
    result.totalTokens.push(one.tokens == null ? null : one.tokens * 2);
    result.cost.push(one.cost ?? null);
    result.isUnpriced.push(one.isUnpriced ?? false);
    result.promptName.push(null);
    result.promptVersion.push(null);
    result.scoreCount.push(one.scoreCount ?? 0);
    result.commentCount.push(one.commentCount ?? 0);
  }
  return result;
}

const moment = fc.integer({ min: 0, max: 60 });

/** Any parents at all: cycles, orphans, several roots, duplicate ids, ends before starts. */
export const anySkeleton: fc.Arbitrary<Skeleton> = fc
  .array(
    fc.record({
      id: fc.integer({ min: 0, max: 14 }).map((n) => `o${String(n)}`),
      parentId: fc.option(fc.integer({ min: 0, max: 18 }).map((n) => `o${String(n)}`), { nil: null }),
      start: moment,
      end: fc.option(moment, { nil: null }),
      type: fc.constantFrom('SPAN', 'GENERATION', 'TOOL', 'CHAIN', 'EVENT'),
      name: fc.constantFrom('a', 'b', 'c'),
      level: fc.constantFrom('DEFAULT', 'DEFAULT', 'WARNING', 'ERROR'),
      cost: fc.option(fc.integer({ min: 0, max: 10 ** 6 }).map((n) => (n / 1e6).toString()), { nil: null }),
      tokens: fc.option(fc.integer({ min: 0, max: 1000 }), { nil: null }),
      isUnpriced: fc.boolean(),
      scoreCount: fc.constantFrom(0, 0, 0, 1),
    }),
    { maxLength: 16 },
  )
  .map((made) => skeletonOf(...made));
