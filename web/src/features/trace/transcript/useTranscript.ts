/** The transcript of a trace: the texts of its model calls, fetched a few at a time, and what they say together. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";

import type { fetchText } from "@/api/traces";
import { conversation } from "@/models/chat/normalise";
import type { Message } from "@/models/chat/message";
import { tryParse } from "@/models/json/parse";
import type { Json } from "@/models/json/value";
import type { TraceModel } from "@/models/trace/model";
import { transcript, type Entry, type Lane, type ModelCall } from "@/models/transcript/transcript";

import { runsOf } from "../io/runs";
import { textQuery } from "../useTrace";

const AT_ONCE = 6;
const STEP = 60;

/** Why a call is not told: no conversation, texts of which only the head was read, or a server that did not answer. */
type Silence = "other" | "large" | "failed";
type Told = { input: Message[]; output: Message[] } | Silence;
type Stored = Awaited<ReturnType<typeof fetchText>>;

interface Call extends Omit<ModelCall, "input" | "output"> {
  place: number;
}

export interface TranscriptState {
  entries: readonly Entry[];
  lanes: readonly Lane[];
  /** Model calls whose texts are there, of all that there are. */
  read: number;
  total: number;
  /** Calls that say nothing here, by the reason why. */
  silent: Readonly<Record<Silence, number>>;
  /** There are calls beyond those that were asked for. */
  hasMore: boolean;
  loadMore: () => void;
}

export function useTranscript(
  projectId: string,
  traceName: string,
  model: TraceModel,
  version: number,
): TranscriptState {
  const queries = useQueryClient();
  const calls = useMemo(() => callsOf(model, traceName), [model, traceName]);
  const [limit, setLimit] = useState(STEP);
  const [texts, setTexts] = useState<ReadonlyMap<string, Told>>(new Map());
  useEffect(() => {
    const waiting = calls.slice(0, limit);
    const run = { isOver: false };
    const found = new Map<string, Told>();
    const next = async (): Promise<void> => {
      for (let call = waiting.shift(); call !== undefined && !run.isOver; call = waiting.shift()) {
        const owner = { projectId, kind: "observations", id: call.observationId } as const;
        const texts = await Promise.all(
          (["input", "output"] as const).map((side) => queries.fetchQuery(textQuery(owner, side, version))),
        ).catch(() => null);
        found.set(call.observationId, texts === null ? "failed" : toldBy(texts));
      }
    };
    void Promise.all(Array.from({ length: AT_ONCE }, next)).then(() => !run.isOver && setTexts(found));
    return () => {
      run.isOver = true;
    };
  }, [calls, limit, queries, projectId, version]);
  return useMemo(() => {
    const told: ModelCall[] = [];
    const silent = { other: 0, large: 0, failed: 0 };
    for (const call of calls) {
      const text = texts.get(call.observationId);
      if (text === undefined) continue;
      if (typeof text === "string") silent[text] += 1;
      else told.push({ ...call, input: text.input, output: text.output });
    }
    const { entries, lanes } = transcript(told, runsOf(model));
    return {
      entries,
      lanes,
      read: texts.size,
      total: calls.length,
      silent,
      hasMore: limit < calls.length,
      loadMore: () => setLimit((now) => now + STEP),
    };
  }, [calls, texts, model, limit]);
}

function toldBy([input, output]: readonly Stored[]): Told {
  const isCut = [input, output].some((stored) => stored !== undefined && stored.loaded < stored.size);
  return conversation(valueOf(input), valueOf(output)) ?? (isCut ? "large" : "other");
}

const valueOf = (stored: Stored | undefined): Json | undefined =>
  stored === undefined || stored.size === 0 || stored.loaded < stored.size
    ? undefined
    : (tryParse(stored.text) ?? stored.text);

/** Model calls in the order of their start, each in the lane of the nearest agent around it. */
function callsOf({ skeleton, tree, intervals }: TraceModel, traceName: string): Call[] {
  const calls: Call[] = [];
  for (let row = 1; row < tree.count; row += 1) {
    const place = tree.source[row] as number;
    if (place < 0 || skeleton.type[place] !== "GENERATION") continue;
    let agent = tree.parent[row] as number;
    while (agent > 0 && skeleton.type[tree.source[agent] as number] !== "AGENT") agent = tree.parent[agent] as number;
    const at = tree.source[agent] as number;
    calls.push({
      place,
      observationId: skeleton.id[place] as string,
      startUs: intervals.start[row] as number,
      endUs: intervals.end[row] as number,
      laneId: agent <= 0 ? "" : (skeleton.id[at] as string),
      laneName: agent <= 0 ? traceName : (skeleton.name[at] ?? "agent"),
    });
  }
  return calls.toSorted((a, b) => a.startUs - b.startUs);
}
