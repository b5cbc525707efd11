/** A trace without its payloads, as the server sends it: one array per column, one place per observation. */
export interface Skeleton {
  id: string[];
  parentId: (string | null)[];
  type: string[];
  name: (string | null)[];
  /** Epoch µs. */
  startTimeUs: number[];
  /** Epoch µs; null while it runs. */
  endTimeUs: (number | null)[];
  /** µs from the start to the first token. */
  timeToFirstTokenUs: (number | null)[];
  level: string[];
  statusMessage: (string | null)[];
  model: (string | null)[];
  inputTokens: (number | null)[];
  outputTokens: (number | null)[];
  totalTokens: (number | null)[];
  /** USD, decimal text; null when unknown. */
  cost: (string | null)[];
  /** It used a model and has no price. */
  isUnpriced: boolean[];
  promptName: (string | null)[];
  promptVersion: (number | null)[];
  scoreCount: number[];
  commentCount: number[];
}

export const COLUMNS = [
  "id",
  "parentId",
  "type",
  "name",
  "startTimeUs",
  "endTimeUs",
  "timeToFirstTokenUs",
  "level",
  "statusMessage",
  "model",
  "inputTokens",
  "outputTokens",
  "totalTokens",
  "cost",
  "isUnpriced",
  "promptName",
  "promptVersion",
  "scoreCount",
  "commentCount",
] as const satisfies readonly (keyof Skeleton)[];

export function emptySkeleton(): Skeleton {
  return Object.fromEntries(COLUMNS.map((column) => [column, []])) as unknown as Skeleton;
}

/** All pages in one; later pages go behind earlier ones. */
export function joinPages(pages: readonly Skeleton[]): Skeleton {
  const joined = Object.fromEntries(
    COLUMNS.map((column) => [column, pages.flatMap((page) => page[column] as unknown[])]),
  );
  return joined as unknown as Skeleton;
}
