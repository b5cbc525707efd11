import { Brain } from "lucide-react";
import { useState } from "react";

import type { Part } from "@/models/chat/message";
import { printScalar } from "@/models/json/print";
import { isContainer } from "@/models/json/value";

import { JsonTree } from "./JsonTree";
import { MediaView } from "./MediaView";
import { Words } from "./Words";

/** What a message is made of, in its order. */
export function Parts({ parts }: { parts: readonly Part[] }) {
  return (
    <div className="flex flex-col gap-1.5">
      {parts.map((part, at) => (
        // oxlint-disable-next-line react/no-array-index-key -- a part is its place
        <OnePart key={at} part={part} />
      ))}
    </div>
  );
}

function OnePart({ part }: { part: Part }) {
  switch (part.type) {
    case "text":
      return <Words text={part.text} />;
    case "thinking":
      return <Thinking text={part.text} isRedacted={part.isRedacted} />;
    case "refusal":
      return (
        <div className="rounded-sm bg-chip-warn px-2 py-1 text-warn" dir="auto">
          Refused: {part.text}
        </div>
      );
    case "json":
      return isContainer(part.value) ? (
        <div className="rounded-sm border border-line">
          <JsonTree value={part.value} label="JSON" maxRows={14} />
        </div>
      ) : (
        <span className="font-mono text-12">{printScalar(part.value)}</span>
      );
    default:
      return <MediaView part={part} />;
  }
}

function Thinking({ text, isRedacted }: { text: string; isRedacted: boolean }) {
  const [isOpen, setOpen] = useState(false);
  if (isRedacted && text === "")
    return <div className="text-12 text-text-3 italic">Thinking that the provider keeps to itself</div>;
  return (
    <div className="border-l-2 border-line pl-2">
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        className="flex items-center gap-1.5 text-12 text-text-2 hover:text-text"
      >
        <Brain className="size-3.5" strokeWidth={1.75} aria-hidden />
        Thinking · ≈ {Math.ceil(text.length / 4)} tokens
      </button>
      {isOpen && (
        <div className="mt-1 text-text-2">
          <Words text={text} />
        </div>
      )}
    </div>
  );
}
