import { type ReactNode, useState } from "react";

import type { Message, Role } from "@/models/chat/message";
import { printJson } from "@/models/json/print";
import type { CalledTool } from "@/models/transcript/transcript";
import { CopyButton } from "@/ui/CopyButton";

import { Parts } from "./Parts";
import { ToolCallCard } from "./ToolCallCard";

const COLORS: Readonly<Record<Role, string>> = {
  system: "var(--text-3)",
  user: "var(--accent)",
  assistant: "var(--type-generation)",
  tool: "var(--type-tool)",
  data: "var(--line-strong)",
};
const LABELS: Readonly<Record<Role, string>> = {
  system: "System",
  user: "User",
  assistant: "Assistant",
  tool: "Tool",
  data: "Beside the messages",
};
const SYSTEM_LINES = 12;
const TOOL_CHARACTERS = 1200;

export interface MessageViewProps {
  message: Message;
  called: readonly CalledTool[];
  onOpen?: ((observationId: string) => void) | undefined;
  /** Stands at the right of the head. */
  aside?: ReactNode;
}

/** One message: who, a stripe in the colour of the role, and what was said and called. */
export function MessageView({ message, called, onOpen, aside }: MessageViewProps) {
  const { role, name, parts } = message;
  const words = parts.map((part) => ("text" in part ? part.text : "")).join("\n");
  const lines = words.split("\n").length;
  const isLong = (role === "system" && lines > SYSTEM_LINES) || (role === "tool" && words.length > TOOL_CHARACTERS);
  const [isOpen, setOpen] = useState(!isLong);
  return (
    <article
      className="group/message relative border-l-2 py-1.5 pr-2 pl-3"
      style={{ borderColor: COLORS[role] }}
      data-testid="chat-message"
      data-role={role}
    >
      <header className="flex h-5 items-center gap-2 text-12">
        <span className="font-medium" style={{ color: COLORS[role] }}>
          {LABELS[role]}
        </span>
        {name !== null && (
          <span className="truncate text-text-2" dir="auto">
            {name}
          </span>
        )}
        {message.toolCallId !== null && (
          <span className="truncate font-mono text-11 text-text-3">{message.toolCallId}</span>
        )}
        {isLong && (
          <button
            type="button"
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
            className="text-text-3 hover:text-text"
          >
            {isOpen ? "fold" : `${lines} lines · open`}
          </button>
        )}
        <span className="grow" />
        {aside}
        <CopyButton
          className="opacity-0 group-hover/message:opacity-100 focus-visible:opacity-100"
          text={() =>
            words.trim() === ""
              ? printJson(
                  {
                    toolCalls: message.toolCalls.map(({ name: tool, arguments: given }) => ({
                      name: tool,
                      arguments: given,
                    })),
                  },
                  2,
                )
              : words
          }
          label="Copy the message"
        />
      </header>
      {isOpen ? (
        <Parts parts={parts} />
      ) : (
        <p className="truncate text-text-2" dir="auto">
          {words.slice(0, 300)}
        </p>
      )}
      {called.length > 0 && (
        <div className={`flex flex-col gap-1.5 ${parts.length > 0 ? "mt-1.5" : ""}`}>
          {called.map(({ call, result, run }, at) => (
            // oxlint-disable-next-line react/no-array-index-key -- calls may share their ids
            <ToolCallCard key={at} call={call} result={result} run={run} onOpen={onOpen} />
          ))}
        </div>
      )}
      {parts.length === 0 && called.length === 0 && <p className="text-text-3 italic">nothing was said</p>}
    </article>
  );
}
