/**
 * A trace as something to read: what was said and called, once each, in the order of time.
 *
 * A model is sent the whole history again with every call. What a lane of the conversation has seen already becomes one
 * fold; results of tools stand with the calls that they answer.
 */
import { printJson } from "../json/print";
import type { Message, Part, ToolCall } from "../chat/message";

/** One call of a model. */
export interface ModelCall {
  observationId: string;
  /** Epoch µs. */
  startUs: number;
  endUs: number;
  /** Who speaks: the nearest agent around the call, or the trace. */
  laneId: string;
  laneName: string;
  input: readonly Message[];
  output: readonly Message[];
}

/** One run of a tool. */
export interface ToolRun {
  observationId: string;
  name: string;
  startUs: number;
  endUs: number;
  isError: boolean;
  /** The id of the call, where the framework says it. */
  callId?: string | null;
}

export interface CalledTool {
  call: ToolCall;
  /** What the tool answered, when a later message says so. */
  result: Message | null;
  run: ToolRun | null;
}

export type Entry =
  | {
      kind: "message";
      key: string;
      observationId: string;
      lane: number;
      startUs: number;
      isOutput: boolean;
      message: Message;
      called: CalledTool[];
    }
  | { kind: "fold"; key: string; observationId: string; lane: number; messages: Message[] }
  | { kind: "gap"; key: string; us: number }
  | { kind: "handOff"; key: string; lane: number; name: string };

export interface Lane {
  id: string;
  name: string;
}

/** A pause that is worth saying. */
export const GAP_US = 2_000_000;

interface LaneState {
  index: number;
  /** Keys of what was said in it, in order. */
  seen: string[];
}

export function transcript(
  calls: readonly ModelCall[],
  runs: readonly ToolRun[] = [],
): { lanes: Lane[]; entries: Entry[] } {
  return new Writer(calls, runs).write();
}

/** The identity of a message: who, what, which calls. What frameworks add about it does not count. */
export function messageKey({ role, name, parts, toolCalls, toolCallId }: Message): string {
  const calls = toolCalls.map(({ id, name: called, arguments: given }) => id ?? `${called} ${printJson(given)}`);
  return JSON.stringify([
    role,
    role === "tool" ? null : name,
    parts.map(partKey).filter((key) => key !== ""),
    calls,
    toolCallId,
  ]);
}

function partKey(part: Part): string {
  if (part.type === "text") return part.text.trim();
  if (part.type === "thinking") return ""; // providers do not take it back
  if (part.type === "json") return printJson(part.value);
  return part.type === "refusal" ? `refusal ${part.text}` : `${part.type} ${part.source ?? part.name ?? ""}`;
}

class Writer {
  private readonly lanes: Lane[] = [];
  private readonly states = new Map<string, LaneState>();
  private readonly entries: Entry[] = [];
  private readonly open: (CalledTool & { startUs: number })[] = [];
  private readonly unused: ToolRun[];
  private reachedUs: number | null = null;
  private speaking: number | null = null;

  constructor(
    private readonly calls: readonly ModelCall[],
    runs: readonly ToolRun[],
  ) {
    this.unused = runs.toSorted((a, b) => a.startUs - b.startUs);
  }

  write(): { lanes: Lane[]; entries: Entry[] } {
    for (const call of this.calls.toSorted(
      (a, b) => a.startUs - b.startUs || (a.observationId < b.observationId ? -1 : 1),
    ))
      this.add(call);
    return { lanes: this.lanes, entries: this.entries };
  }

  private add(call: ModelCall): void {
    const state = this.stateOf(call);
    const keys = call.input.map(messageKey);
    const folded = seenPrefix(keys, state.seen);
    const fresh = call.input.slice(folded);
    this.sayPause(call);
    this.sayHandOff(call, state);
    if (folded > 0)
      this.entries.push({
        kind: "fold",
        key: `${call.observationId}/fold`,
        observationId: call.observationId,
        lane: state.index,
        messages: call.input.slice(0, folded),
      });
    for (const [index, message] of fresh.entries())
      if (!this.joins(message)) this.say(call, state, message, false, index);
    for (const [index, message] of call.output.entries())
      if (!this.joins(message)) this.say(call, state, message, true, index);
    state.seen.push(...keys.slice(folded), ...call.output.map(messageKey));
    this.reachedUs = Math.max(this.reachedUs ?? call.endUs, call.endUs);
  }

  private stateOf({ laneId, laneName }: ModelCall): LaneState {
    const known = this.states.get(laneId);
    if (known) return known;
    const state = { index: this.lanes.length, seen: [] };
    this.lanes.push({ id: laneId, name: laneName });
    this.states.set(laneId, state);
    return state;
  }

  private sayPause(call: ModelCall): void {
    const us = call.startUs - (this.reachedUs ?? call.startUs);
    if (us > GAP_US) this.entries.push({ kind: "gap", key: `${call.observationId}/gap`, us });
  }

  private sayHandOff(call: ModelCall, { index }: LaneState): void {
    if (this.speaking !== null && this.speaking !== index)
      this.entries.push({ kind: "handOff", key: `${call.observationId}/lane`, lane: index, name: call.laneName });
    this.speaking = index;
  }

  private say(call: ModelCall, { index: lane }: LaneState, message: Message, isOutput: boolean, index: number): void {
    const called = message.toolCalls.map((toolCall) => ({
      call: toolCall,
      result: null,
      run: this.runOf(toolCall, call),
      startUs: call.startUs,
    }));
    this.open.push(...called);
    const key = `${call.observationId}/${isOutput ? "out" : "in"}/${String(index)}`;
    this.entries.push({
      kind: "message",
      key,
      observationId: call.observationId,
      lane,
      startUs: isOutput ? call.endUs : call.startUs,
      isOutput,
      message,
      called,
    });
  }

  /** Gives a tool's answer to its call: by id, else by name and order. */
  private joins(message: Message): boolean {
    if (message.role !== "tool") return false;
    const waits = this.open.filter(({ result }) => result === null);
    const found =
      (message.toolCallId !== null ? waits.find(({ call }) => call.id === message.toolCallId) : undefined) ??
      waits.find(
        ({ call }) =>
          (message.toolCallId === null || call.id === null) && (message.name === null || message.name === call.name),
      );
    if (!found) return false;
    found.result = message;
    return true;
  }

  /** The run of a tool that a call led to: by id, else the first of its name that began after the call did. */
  private runOf(toolCall: ToolCall, { startUs }: ModelCall): ToolRun | null {
    const byId = this.unused.findIndex(
      ({ callId }) => callId !== undefined && callId !== null && callId === toolCall.id,
    );
    const index =
      byId >= 0 ? byId : this.unused.findIndex((run) => run.startUs >= startUs && namesTool(run.name, toolCall.name));
    return index < 0 ? null : (this.unused.splice(index, 1)[0] as ToolRun);
  }
}

/** `search`, `execute_tool search`, `search.run` and `Plugin-search` all name the tool `search`. */
function namesTool(observation: string, tool: string): boolean {
  return observation === tool || observation.split(/[\s.]/).includes(tool);
}

/** How many keys from the front occur in `seen` in the same order. */
export function seenPrefix(keys: readonly string[], seen: readonly string[]): number {
  let from = 0;
  for (const [count, key] of keys.entries()) {
    const found = seen.indexOf(key, from);
    if (found < 0) return count;
    from = found + 1;
  }
  return keys.length;
}
