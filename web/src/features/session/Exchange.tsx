import { useState } from "react";

import type { Turn } from "@/api/sessions";
import { formatCount } from "@/lib/formatters";
import type { Message } from "@/models/chat/message";
import { deferred } from "@/ui/deferred";
import { ErrorState, Skeleton } from "@/ui/states";

import { More, PayloadBody, preloadChat } from "../trace/io/Section";
import type { PayloadQuery } from "../trace/io/usePayload";
import { Preview } from "./Previews";
import type { TurnText } from "./useSessionState";
import { useTurnTexts } from "./useTurnTexts";

const ChatView = deferred(() => import("../trace/io/ChatView").then((module) => module.ChatView));

export interface ExchangeProps {
  projectId: string;
  turn: Turn;
  text: TurnText;
  isStill: boolean;
}

/** With what its conversation is drawn with: what stands in its place until then goes for the text alone. */
export async function wholeExchange() {
  await preloadChat();
  return Exchange;
}

/** What a turn's texts say: the newest words, and the answer. What stood before is folded. */
export function Exchange({ projectId, turn, text, isStill }: ExchangeProps) {
  const texts = useTurnTexts(projectId, turn, text, isStill);
  const [hasEarlier, setEarlier] = useState(false);
  if (!texts.isLoading) return <p className="p-3 text-12 text-text-3 italic">No model was called in this turn</p>;
  return (
    <div className="px-3 py-1.5">
      {texts.earlier.length > 0 && (
        <button
          type="button"
          aria-expanded={hasEarlier}
          onClick={() => setEarlier(!hasEarlier)}
          className="float-right ml-2 h-6 rounded-sm px-1 text-11 text-text-3 hover:bg-hover hover:text-text"
        >
          {hasEarlier ? "Hide" : "Show"} {formatCount(texts.earlier.length)} earlier{" "}
          {texts.earlier.length === 1 ? "message" : "messages"}
        </button>
      )}
      {hasEarlier && (
        <div className="clear-both mb-1 border-b border-line pb-1">
          <ChatView messages={texts.earlier} runs={[]} fallback={<Skeleton className="h-16" />} />
        </div>
      )}
      <Side title="Input" query={texts.input} messages={texts.asked} preview={turn.inputPreview} />
      <Side title="Output" query={texts.output} messages={texts.answered} preview={turn.outputPreview} />
    </div>
  );
}

interface SideProps {
  title: "Input" | "Output";
  query: PayloadQuery;
  messages: readonly Message[] | null;
  /** What the list knows of the turn: shown until the text is there, so that nobody sees words come and go. */
  preview: string | null;
}

const nowhere = () => undefined;

/** One side of the exchange: as said, or as the value that it is. */
function Side({ title, query, messages, preview }: SideProps) {
  const { payload, error, refetch } = query;
  if (error !== null && payload === undefined) return <ErrorState error={error} onRetry={refetch} />;
  if (payload === undefined) return <Preview text={preview} />;
  if (payload.size === 0 && title === "Output")
    return <p className="border-l-2 border-line py-1.5 pl-3 text-12 text-text-3 italic">— no answer was sent</p>;
  return (
    <div data-testid={`turn-${title.toLowerCase()}`}>
      {messages === null && <p className="pt-1 text-12 font-medium text-text-2">{title}</p>}
      <PayloadBody
        payload={payload}
        mode="formatted"
        messages={messages}
        type=""
        title={title}
        runs={[]}
        onOpen={nowhere}
      />
      {payload.isPartial && <More query={query} payload={payload} />}
    </div>
  );
}
