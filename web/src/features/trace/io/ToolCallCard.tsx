import { ArrowUpRight, Wrench } from "lucide-react";
import { useState } from "react";

import { formatDuration } from "@/lib/formatters";
import type { Message, ToolCall } from "@/models/chat/message";
import { printJson, printScalar } from "@/models/json/print";
import { isContainer, isObject, type Json } from "@/models/json/value";
import type { ToolRun } from "@/models/transcript/transcript";
import { CopyButton } from "@/ui/CopyButton";

import { JsonTree } from "./JsonTree";
import { Parts } from "./Parts";

export interface ToolCallCardProps {
  call: ToolCall;
  result: Message | null;
  run: ToolRun | null;
  onOpen?: ((observationId: string) => void) | undefined;
}

const FLAT_KEYS = 12;

/** A call of a tool: its arguments as a small table, its answer, and the observation of the tool that ran. */
export function ToolCallCard({ call, result, run, onOpen }: ToolCallCardProps) {
  const [isRaw, setRaw] = useState(false);
  const isFlat = isObject(call.arguments) && Object.keys(call.arguments).length <= FLAT_KEYS;
  return (
    <div className="overflow-hidden rounded-md border border-line" data-testid="tool-call" data-name={call.name}>
      <div className="flex min-h-7 items-center gap-1.5 bg-panel pr-1 pl-2 text-12">
        <Wrench className="size-3.5 shrink-0 text-(--type-tool)" strokeWidth={1.75} aria-hidden />
        <span className="truncate font-mono font-medium" dir="auto">
          {call.name}
        </span>
        {call.id !== null && (
          <span className="truncate font-mono text-11 text-text-3" title="Id of the call">
            {call.id}
          </span>
        )}
        <span className="grow" />
        {run !== null && (
          <button
            type="button"
            onClick={() => onOpen?.(run.observationId)}
            className={`inline-flex shrink-0 items-center gap-1 rounded-sm px-1 hover:bg-hover ${run.isError ? "text-danger" : "text-text-2"}`}
          >
            ran {formatDuration(run.endUs - run.startUs)}, {run.isError ? "failed" : "ok"}
            <ArrowUpRight className="size-3" strokeWidth={2} aria-label="Open its observation" />
          </button>
        )}
        {isFlat && (
          <button
            type="button"
            aria-pressed={isRaw}
            onClick={() => setRaw(!isRaw)}
            className="h-6 rounded-sm px-1.5 text-11 text-text-3 hover:bg-hover hover:text-text aria-pressed:text-accent"
          >
            raw
          </button>
        )}
        <CopyButton text={() => printJson(call.arguments, 2)} label="Copy the arguments" />
      </div>
      <Arguments value={call.arguments} isRaw={isRaw || !isFlat} name={call.name} />
      {result !== null && (
        <div className="border-t border-line px-2 py-1.5" data-testid="tool-result">
          <div className="mb-0.5 text-11 text-text-3">result</div>
          <Parts parts={result.parts} />
        </div>
      )}
    </div>
  );
}

function Arguments({ value, isRaw, name }: { value: Json; isRaw: boolean; name: string }) {
  if (value === null) return null;
  if (isRaw || !isObject(value)) {
    return isContainer(value) ? (
      <JsonTree value={value} label={`Arguments of ${name}`} maxRows={12} />
    ) : (
      <pre className="px-2 py-1.5 font-mono text-12 break-words whitespace-pre-wrap">
        {typeof value === "string" ? value : printScalar(value)}
      </pre>
    );
  }
  return (
    <dl className="grid grid-cols-[minmax(72px,max-content)_minmax(0,1fr)] gap-x-3 px-2 py-1.5 text-12">
      {Object.entries(value).map(([key, child]) => (
        <div key={key} className="contents">
          <dt className="truncate font-mono text-text-3" dir="auto">
            {key}
          </dt>
          <dd className="min-w-0 font-mono break-words whitespace-pre-wrap" dir="auto">
            {typeof child === "string" ? child : printJson(child)}
          </dd>
        </div>
      ))}
    </dl>
  );
}
