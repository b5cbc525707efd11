import { useEffect, useMemo } from "react";

import type { Owner } from "@/api/traces";
import { setPreferences, usePreferences } from "@/lib/preferences";
import type { TraceModel } from "@/models/trace/model";
import { toolsOf } from "@/models/chat/tools";
import type { JsonObject } from "@/models/json/value";
import type { ToolRun } from "@/models/transcript/transcript";
import { Segmented } from "@/ui/Segmented";

import type { Mode } from "../useTraceState";
import { chatOf } from "./chat";
import { runsOf } from "./runs";
import { preloadChat, Section } from "./Section";
import { ToolsAvailable } from "./ToolsAvailable";
import { usePayload } from "./usePayload";

const MODE_OPTIONS = [
  { value: "formatted", label: "Formatted" },
  { value: "json", label: "JSON" },
  { value: "text", label: "Text" },
] as const satisfies readonly { value: Mode; label: string }[];

export interface IoTabProps {
  owner: Owner;
  /** Changes when what is stored does. */
  version: number;
  sizes: { input: number; output: number } | undefined;
  type: string;
  attributes: JsonObject | undefined;
  model: TraceModel;
  mode: Mode;
  onMode: (mode: Mode) => void;
  onOpen: (observationId: string) => void;
}

export function IoTab({ owner, version, sizes, type, attributes, model, mode, onMode, onOpen }: IoTabProps) {
  const { trace } = usePreferences();
  useEffect(() => void preloadChat(), []);
  const input = usePayload(owner, "input", version, sizes?.input === 0);
  const output = usePayload(owner, "output", version, sizes?.output === 0);
  const chat = useMemo(() => chatOf(input.payload, output.payload), [input.payload, output.payload]);
  const tools = useMemo(
    () => toolsOf(input.payload?.isPartial === false ? input.payload.value : undefined, attributes),
    [input.payload, attributes],
  );
  const counts = useMemo(() => countCalls([...(chat?.input ?? []), ...(chat?.output ?? [])]), [chat]);
  const runs = useMemo(() => splitRuns(model, owner), [model, owner]);
  const shared = { mode, type, onOpen };
  return (
    <div>
      <div className="flex h-9 items-center gap-2 border-b border-line px-3">
        <Segmented label="Form" value={mode} options={MODE_OPTIONS} onChange={onMode} />
        {mode === "formatted" && (
          <button
            type="button"
            aria-pressed={trace.isPlain}
            onClick={() => setPreferences({ trace: { ...trace, isPlain: !trace.isPlain } })}
            className="h-6 rounded-sm px-1.5 text-12 text-text-3 hover:bg-hover hover:text-text aria-pressed:text-accent"
          >
            plain text
          </button>
        )}
      </div>
      <ToolsAvailable tools={tools} calledCounts={counts} />
      <Section title="Input" side="input" query={input} messages={chat?.input ?? null} runs={runs.before} {...shared} />
      <Section
        title="Output"
        side="output"
        query={output}
        messages={chat?.output ?? null}
        runs={runs.since}
        {...shared}
      />
    </div>
  );
}

function countCalls(messages: readonly { toolCalls: readonly { name: string }[] }[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { toolCalls } of messages) for (const { name } of toolCalls) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** A call in an input led to a run before the observation began, one in an output to a run since. */
function splitRuns(model: TraceModel, { kind, id }: Owner): { before: ToolRun[]; since: ToolRun[] } {
  const runs = runsOf(model);
  if (kind === "traces") return { before: [], since: runs };
  const startUs = model.skeleton.startTimeUs[model.skeleton.id.indexOf(id)] ?? 0;
  return { before: runs.filter((run) => run.startUs < startUs), since: runs.filter((run) => run.startUs >= startUs) };
}
