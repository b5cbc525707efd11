/** Changing the scores of a trace: shown at once, taken back when the server refuses. */
import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";

import { changeScore, deleteScore, giveScore, type NewScore, type Subject } from "@/api/scores";
import { patchAwaited, patchKnown } from "@/api/patch";
import { type ScoreConfig, scoreConfigsQuery } from "@/api/scoreConfigs";
import { useVisitorOrSession } from "@/api/session";
import type { ScoreBody, TraceBody } from "@/api/traces";
import { moved, withoutScore, withScore } from "@/models/scoring/scores";
import type { ScoreInput } from "@/models/scoring/values";

import { patchMarks, traceKey } from "../useTrace";

export interface ScoreChange {
  value?: ScoreInput;
  comment?: string | null;
}

export interface Scores {
  give: (subject: Subject, score: NewScore & { dataType: string; name: string }) => Promise<ScoreBody>;
  change: (score: ScoreBody, change: ScoreChange) => Promise<ScoreBody>;
  remove: (score: ScoreBody) => Promise<void>;
}

export const useScoreRules = (projectId: string) =>
  useQuery({ ...scoreConfigsQuery(projectId), select: inUse, staleTime: 60_000 });

/** Those that people still score by, by name. */
const inUse = (configs: readonly ScoreConfig[]) => ({
  configs: configs.filter(({ isArchived }) => !isArchived).toSorted((a, b) => a.name.localeCompare(b.name)),
});

export function useScores(projectId: string, traceId: string): Scores {
  const queries = useQueryClient();
  const session = useVisitorOrSession();
  const userId = session?.user.id ?? "";
  const userName = session?.user.name ?? session?.user.email ?? "";
  return useMemo(
    () => makeScores(new Shown(queries, projectId, traceId), projectId, traceId, userId, userName),
    [queries, projectId, traceId, userId, userName],
  );
}

/** The scores on the page, in what was read of the trace. */
class Shown {
  readonly #queries: QueryClient;
  readonly #projectId: string;
  readonly #traceId: string;
  readonly #key: ReturnType<typeof traceKey>;

  constructor(queries: QueryClient, projectId: string, traceId: string) {
    this.#queries = queries;
    this.#projectId = projectId;
    this.#traceId = traceId;
    this.#key = traceKey(projectId, traceId);
  }

  /** Show a score that the server does not know of, or differently, until the function is called that this returns. */
  begin(score: ScoreBody, author?: Author): () => void {
    return this.#changing(() => patchAwaited<TraceBody>(this.#queries, this.#key, withScoreBy(score, author)), score);
  }

  /** Show one no more before the server knows. */
  beginTaking(score: ScoreBody): () => void {
    return this.#changing(() => patchAwaited<TraceBody>(this.#queries, this.#key, withoutScoreOf(score)), score);
  }

  put(score: ScoreBody, author?: Author): void {
    this.#changing(() => patchKnown<TraceBody>(this.#queries, this.#key, withScoreBy(score, author)), score);
  }

  take(score: ScoreBody): void {
    this.#changing(() => patchKnown<TraceBody>(this.#queries, this.#key, withoutScoreOf(score)), score);
  }

  /** Whether a score appeared or went is counted in its observation's row. */
  #changing<T>(change: () => T, score: ScoreBody): T {
    const isThere = () => this.#trace()?.scores.some(({ id }) => id === score.id) === true;
    const was = isThere();
    const changed = change();
    if (was !== isThere()) this.#mark(score, was ? -1 : 1);
    return changed;
  }

  #trace(): TraceBody | undefined {
    return this.#queries.getQueryData<TraceBody>(this.#key);
  }

  #mark({ observationId }: Pick<ScoreBody, "observationId">, by: 1 | -1): void {
    if (observationId === null) return;
    // Counted where all are known: the tree may have been read anew after the server had the score, or before.
    const trace = this.#trace();
    const isWhole = trace !== undefined && trace.hasMoreScores !== true;
    const to = isWhole ? () => trace.scores.filter((one) => one.observationId === observationId).length : moved(by);
    patchMarks(this.#queries, this.#projectId, this.#traceId, "scoreCount", observationId, to);
  }
}

let drafts = 0;

function makeScores(shown: Shown, projectId: string, traceId: string, userId: string, userName: string): Scores {
  const author = [userId, userName] as const;
  return {
    give: async (subject, { dataType, name, ...told }) => {
      drafts += 1;
      const draft = draftOf({ dataType, name, ...told }, subject, traceId, userId, `draft-${drafts}`);
      const forget = shown.begin(draft, author);
      try {
        const sent = told.configId === undefined ? { ...told, dataType, name } : told;
        const made = await giveScore(projectId, subject, sent);
        forget();
        shown.take(draft);
        shown.put(made, author);
        return made;
      } catch (error) {
        forget();
        shown.take(draft);
        throw error;
      }
    },
    change: async (score, change) => {
      const { value = null, comment = score.comment } = change;
      const forget = shown.begin({ ...score, comment, ...(value === null ? {} : stored(value)) });
      try {
        const made = await changeScore(projectId, score.id, change);
        forget();
        shown.put(made, author);
        return made;
      } catch (error) {
        forget();
        shown.put(score);
        throw error;
      }
    },
    remove: async (score) => {
      const forget = shown.beginTaking(score);
      try {
        await deleteScore(projectId, score.id);
        forget();
        shown.take(score);
      } catch (error) {
        forget();
        shown.put(score);
        throw error;
      }
    },
  };
}

type Author = readonly [userId: string, name: string];

const withScoreBy = (score: ScoreBody, author?: Author) => (trace: TraceBody) => ({
  ...trace,
  scores: withScore(trace.scores, score),
  scoreAuthors: author === undefined ? trace.scoreAuthors : { ...trace.scoreAuthors, [author[0]]: author[1] },
});

const withoutScoreOf =
  ({ id }: ScoreBody) =>
  (trace: TraceBody) => ({ ...trace, scores: withoutScore(trace.scores, id) });

const stored = (value: ScoreInput) =>
  typeof value === "number" ? { value, stringValue: null } : { value: 0, stringValue: value };

/** A score as it is shown until the server has it. */
function draftOf(
  told: NewScore & { dataType: string; name: string },
  { type, id: subjectId }: Subject,
  traceId: string,
  userId: string,
  id: string,
): ScoreBody {
  return {
    id,
    name: told.name,
    dataType: told.dataType,
    ...stored(told.value),
    timestampUs: Date.now() * 1000,
    source: "ANNOTATION",
    traceId,
    observationId: type === "OBSERVATION" ? subjectId : null,
    sessionId: null,
    datasetRunId: null,
    environment: "",
    comment: told.comment ?? null,
    configId: told.configId ?? null,
    queueId: null,
    authorUserId: userId,
    executionTraceId: null,
    metadata: {},
  };
}
