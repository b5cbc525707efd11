/** The two texts that stand for a turn: those of its trace, or of its first or last model call. */
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { fetchSkeletonPage, type Owner } from "@/api/traces";
import type { Turn } from "@/api/sessions";
import type { Message } from "@/models/chat/message";
import { exchange } from "@/models/session/exchange";

import { chatOf } from "../trace/io/chat";
import { type PayloadQuery, usePayload } from "../trace/io/usePayload";
import type { TurnText } from "./useSessionState";

const CLOSED_MS = 10 * 60_000;

export interface TurnTexts {
  /** Null: the trace has no model call. */
  owner: Owner | null;
  input: PayloadQuery;
  output: PayloadQuery;
  /** Null where the texts are no conversation. */
  asked: readonly Message[] | null;
  answered: readonly Message[] | null;
  earlier: readonly Message[];
  isLoading: boolean;
}

/** `isWanted`: whether anything may be asked of the server; what is there already is shown in either case. */
export function useTurnTexts(projectId: string, turn: Turn, text: TurnText, isWanted: boolean): TurnTexts {
  const version = versionOf(turn);
  const steps = useQuery({
    queryKey: ["turn", projectId, turn.id, "steps", version],
    queryFn: ({ signal }) => fetchSkeletonPage(projectId, turn.id, 0, signal),
    enabled: isWanted && text !== "trace",
    staleTime: CLOSED_MS,
  });
  const callId = useMemo(() => {
    const columns = steps.data?.columns;
    if (columns === undefined) return null;
    const isCall = (type: string) => type === "GENERATION";
    const at = text === "first" ? columns.type.findIndex(isCall) : columns.type.findLastIndex(isCall);
    return columns.id[at] ?? null;
  }, [steps.data, text]);
  const owner = useMemo<Owner | null>(() => {
    if (text === "trace") return { projectId, kind: "traces", id: turn.id };
    return callId === null ? null : { projectId, kind: "observations", id: callId };
  }, [projectId, turn.id, text, callId]);
  const asking = owner ?? { projectId, kind: "traces", id: turn.id };
  const isHeld = !isWanted || owner === null;
  const input = usePayload(asking, "input", version, false, isHeld);
  const output = usePayload(asking, "output", version, false, isHeld);
  const chat = useMemo(
    () => (owner === null ? null : chatOf(input.payload, output.payload)),
    [owner, input.payload, output.payload],
  );
  const told = useMemo(() => (chat === null ? null : exchange(chat)), [chat]);
  return {
    owner,
    input,
    output,
    asked: told?.asked ?? null,
    answered: told?.answered ?? null,
    earlier: told?.earlier ?? [],
    isLoading: text === "trace" || steps.data === undefined || owner !== null,
  };
}

/** Another one whenever the turn's row tells that more of it has come. */
const versionOf = ({ observationCount, latencyUs, inputPreview, outputPreview }: Turn) =>
  JSON.stringify([observationCount, latencyUs, inputPreview, outputPreview]);
