/** One's own scores by the score configs, saved as they are given, one change of a score after the other. */
import { useCallback, useEffect, useMemo, useRef, useState } from "react";

import type { ScoreRule, Subject } from "@/api/scores";
import type { ScoreBody } from "@/api/traces";
import type { ScoreInput } from "@/models/scoring/values";

import type { Scores } from "../scoring/useScores";

/** What a row says; null: nothing. */
export interface Said {
  value: ScoreInput;
  comment: string | null;
}

export type SaveState = { is: "saving" } | { is: "saved" } | { is: "failed"; why: string };

interface Step {
  rule: ScoreRule;
  before: Said | null;
}

export interface Annotations {
  /** What is said by a config now, saved or on its way. */
  saidBy: (rule: ScoreRule) => Said | null;
  stateOf: (rule: ScoreRule) => SaveState | undefined;
  say: (rule: ScoreRule, said: Said | null) => void;
  retry: (rule: ScoreRule) => void;
  undo: () => ScoreRule | null;
  canUndo: boolean;
}

export const inputOf = ({ dataType, value, stringValue }: ScoreBody): ScoreInput =>
  dataType === "NUMERIC" || dataType === "BOOLEAN" ? value : (stringValue ?? "");

/** The score that somebody gave an object by a config: the newest, if there are several. */
export function ownScore(
  scores: readonly ScoreBody[],
  { type, id }: Subject,
  ruleId: string,
  userId: string,
): ScoreBody | undefined {
  return scores.findLast(
    (score) =>
      score.configId === ruleId &&
      score.source === "ANNOTATION" &&
      score.authorUserId === userId &&
      !score.id.startsWith("draft-") &&
      (type === "OBSERVATION" ? score.observationId === id : score.observationId === null),
  );
}

export function useAnnotations(
  scores: Scores,
  { scores: given, isWhole }: { scores: readonly ScoreBody[]; isWhole: boolean },
  subject: Subject,
  userId: string,
): Annotations {
  const saved = useRef(new Map<string, ScoreBody | null>());
  const queues = useRef(new Map<string, Promise<void>>());
  const [said, setSaid] = useState<ReadonlyMap<string, Said | null>>(new Map());
  const [states, setStates] = useState<ReadonlyMap<string, SaveState>>(new Map());
  const [steps, setSteps] = useState<readonly Step[]>([]);
  const { type, id } = subject;

  // A score that was deleted elsewhere is forgotten here: the next choice gives a new one.
  useEffect(() => {
    const gone = [...saved.current].filter(
      ([ruleId, known]) =>
        known !== null && states.get(ruleId)?.is === "saved" && !given.some((score) => score.id === known.id),
    );
    if (!isWhole || gone.length === 0) return;
    for (const [ruleId] of gone) saved.current.delete(ruleId);
    setSaid((all) => new Map([...all].filter(([ruleId]) => gone.every(([one]) => one !== ruleId))));
    // oxlint-disable-next-line react/exhaustive-deps -- what is given alone tells that one has gone
  }, [given, isWhole]);

  const scoreOf = useCallback(
    (rule: ScoreRule) => {
      const known = saved.current.get(rule.id);
      return known === undefined ? (ownScore(given, { type, id }, rule.id, userId) ?? null) : known;
    },
    [given, type, id, userId],
  );
  const saidBy = useCallback(
    (rule: ScoreRule): Said | null => {
      const now = said.get(rule.id);
      if (now !== undefined) return now;
      const score = scoreOf(rule);
      return score === null ? null : { value: inputOf(score), comment: score.comment };
    },
    [said, scoreOf],
  );
  const save = useCallback(
    (rule: ScoreRule, next: Said | null) => {
      const mark = (state: SaveState) => setStates((all) => new Map(all).set(rule.id, state));
      setSaid((all) => new Map(all).set(rule.id, next));
      mark({ is: "saving" });
      const turn = (queues.current.get(rule.id) ?? Promise.resolve()).then(async () => {
        try {
          saved.current.set(rule.id, await send(scores, { type, id }, rule, scoreOf(rule), next));
          mark({ is: "saved" });
        } catch (error) {
          mark({ is: "failed", why: error instanceof Error ? error.message : "It was not saved" });
        }
      });
      queues.current.set(rule.id, turn);
    },
    [scores, type, id, scoreOf],
  );
  return useMemo(
    () => ({
      saidBy,
      stateOf: (rule) => states.get(rule.id),
      say: (rule, next) => {
        const before = saidBy(rule);
        if (before?.value === next?.value && before?.comment === next?.comment) return;
        setSteps((all) => [...all, { rule, before }]);
        save(rule, next);
      },
      retry: (rule) => save(rule, saidBy(rule)),
      undo: () => {
        const last = steps.at(-1);
        if (last === undefined) return null;
        setSteps(steps.slice(0, -1));
        save(last.rule, last.before);
        return last.rule;
      },
      canUndo: steps.length > 0,
    }),
    [saidBy, save, states, steps],
  );
}

async function send(
  scores: Scores,
  subject: Subject,
  { id: configId, name, dataType }: ScoreRule,
  now: ScoreBody | null,
  next: Said | null,
): Promise<ScoreBody | null> {
  if (next === null) {
    if (now !== null) await scores.remove(now);
    return null;
  }
  return now === null
    ? scores.give(subject, { configId, name, dataType, ...next })
    : scores.change(now, { value: next.value, comment: next.comment });
}
