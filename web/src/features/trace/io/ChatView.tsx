import { useMemo, useState } from "react";

import type { Message } from "@/models/chat/message";
import { transcript, type Entry, type ToolRun } from "@/models/transcript/transcript";

import { MessageView } from "./MessageView";

/** The last so many messages of a long history are open. */
const OPEN_MESSAGES = 6;

export interface ChatViewProps {
  messages: readonly Message[];
  /** Runs of tools that a call here may have led to. */
  runs: readonly ToolRun[];
  onOpen?: ((observationId: string) => void) | undefined;
}

type Said = Extract<Entry, { kind: "message" }>;

/** Messages of one side, answers of tools with their calls; the middle of a long history is folded. */
export function ChatView({ messages, runs, onOpen }: ChatViewProps) {
  const [isOpen, setOpen] = useState(false);
  const said = useMemo(() => {
    const call = {
      observationId: "",
      startUs: Number.NEGATIVE_INFINITY,
      endUs: 0,
      laneId: "",
      laneName: "",
      input: messages,
      output: [],
    };
    return transcript([call], runs).entries.filter((entry): entry is Said => entry.kind === "message");
  }, [messages, runs]);
  const leading = said.findIndex(({ message }) => message.role !== "system");
  const first = leading < 0 ? said.length : leading;
  const folded = isOpen ? 0 : Math.max(0, said.length - first - OPEN_MESSAGES);
  return (
    <div className="flex flex-col gap-1">
      {said.slice(0, first).map(view(onOpen))}
      {folded > 0 && (
        <button
          type="button"
          onClick={() => setOpen(true)}
          className="my-0.5 h-7 rounded-sm bg-panel px-3 text-left text-12 text-text-2 hover:bg-hover"
        >
          … {folded} earlier {folded === 1 ? "message" : "messages"}
        </button>
      )}
      {said.slice(first + folded).map(view(onOpen))}
    </div>
  );
}

const view = (onOpen: ChatViewProps["onOpen"]) =>
  function Said({ key, message, called }: Said) {
    return <MessageView key={key} message={message} called={called} onOpen={onOpen} />;
  };
