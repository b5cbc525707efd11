import { ChevronDown, ChevronRight, Download } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";

import { textAddress } from "@/api/traces";
import { formatBytes } from "@/lib/formatters";
import { documentsOf } from "@/models/chat/documents";
import type { Message } from "@/models/chat/message";
import { HEAD_BYTES } from "@/models/json/ranges";
import { isContainer, type Json } from "@/models/json/value";
import type { ToolRun } from "@/models/transcript/transcript";
import { Button } from "@/ui/Button";
import { CopyButton } from "@/ui/CopyButton";
import { deferred } from "@/ui/deferred";
import { ErrorState, Skeleton, useLate } from "@/ui/states";
import { Tooltip } from "@/ui/Tooltip";

import type { Mode } from "../useTraceState";
import { Documents } from "./Documents";
import { Fields, isReadable } from "./Fields";
import { JsonTree } from "./JsonTree";
import { TextView } from "./TextView";
import { type Payload, type PayloadQuery } from "./usePayload";
import { Words } from "./Words";

const ChatView = deferred(() => import("./ChatView").then((module) => module.ChatView));

/** Begins to load what conversations are drawn with, while their texts are on the way. */
export const preloadChat = (): Promise<void> => ChatView.preload().catch(() => undefined);

export interface SectionProps {
  title: string;
  side: "input" | "output";
  query: PayloadQuery;
  mode: Mode;
  /** Null: it is no conversation. */
  messages: readonly Message[] | null;
  type: string;
  runs: readonly ToolRun[];
  onOpen: (observationId: string) => void;
}

const collapsed = new Map<string, boolean>();

/** The input or the output: head with size and actions, and below it the text in the form that is chosen. */
export function Section({ title, side, query, mode, messages, type, runs, onOpen }: SectionProps) {
  const [isOpen, setOpen] = useState(!(collapsed.get(side) ?? false));
  const { payload, error, refetch } = query;
  const isLate = useLate(payload === undefined && error === null);
  const toggle = () => {
    collapsed.set(side, isOpen);
    setOpen(!isOpen);
  };
  const Caret = isOpen ? ChevronDown : ChevronRight;
  return (
    <section className="border-b border-line" data-testid={`io-section-${side}`}>
      <header className="sticky top-0 z-sticky flex h-8 items-center gap-1 bg-bg pr-2 pl-3">
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={toggle}
          className="flex items-center gap-1.5 text-12 font-medium"
        >
          <Caret className="size-3.5 text-text-3" strokeWidth={2} aria-hidden />
          {title}
        </button>
        <span className="grow" />
        {payload !== undefined && payload.size > 0 && <Actions payload={payload} title={title} />}
      </header>
      {isOpen && (
        <div className="px-3 pb-2">
          {error !== null && payload === undefined ? <ErrorState error={error} onRetry={refetch} /> : null}
          {payload === undefined ? (
            isLate && <Skeleton className="h-16" />
          ) : (
            <PayloadBody
              payload={payload}
              mode={mode}
              messages={messages}
              type={type}
              title={title}
              runs={runs}
              onOpen={onOpen}
            />
          )}
          {payload?.isPartial === true && <More query={query} payload={payload} />}
        </div>
      )}
    </section>
  );
}

function Actions({ payload, title }: { payload: Payload; title: string }) {
  return (
    <>
      <span className="tabular px-1 text-11 text-text-3" data-value={payload.size}>
        {formatBytes(payload.size)}
      </span>
      <CopyButton
        text={payload.text}
        label={
          payload.isPartial ? `Copy what is loaded of the ${title.toLowerCase()}` : `Copy the ${title.toLowerCase()}`
        }
      />
      <Tooltip label="Download">
        <a
          href={textAddress(payload.owner, payload.side)}
          download={`${payload.owner.id}-${payload.side}.json`.replaceAll(/[^\w.-]+/g, "_")}
          aria-label={`Download the ${title.toLowerCase()}`}
          className="inline-flex size-6 items-center justify-center rounded-sm text-text-2 hover:bg-hover hover:text-text"
        >
          <Download className="size-3.5" strokeWidth={1.75} />
        </a>
      </Tooltip>
    </>
  );
}

/** What is not loaded yet, and the button that loads it. */
export function More({ query: { progress, loadAll }, payload }: { query: PayloadQuery; payload: Payload }) {
  return (
    <div
      role="status"
      className="mt-1 flex flex-wrap items-center gap-2 rounded-sm bg-panel px-2 py-1 text-12 text-text-2"
      data-testid="io-partial"
    >
      The first {formatBytes(Math.min(payload.loaded, HEAD_BYTES))} of {formatBytes(payload.size)}
      {progress === null ? (
        <Button size="small" onClick={loadAll}>
          Load all ({formatBytes(payload.size)})
        </Button>
      ) : (
        <span className="tabular">loading, {formatBytes(progress)}…</span>
      )}
    </div>
  );
}

export type BodyProps = Pick<SectionProps, "mode" | "messages" | "type" | "title" | "runs" | "onOpen"> & {
  payload: Payload;
};

export function PayloadBody({ payload, mode, messages, type, title, runs, onOpen }: BodyProps): ReactNode {
  const { value, text, size } = payload;
  const documents = useMemo(
    () => (type === "RETRIEVER" && title === "Output" ? documentsOf(value) : null),
    [type, title, value],
  );
  if (size === 0) return <p className="text-12 text-text-3 italic">— nothing was sent</p>;
  if (mode === "text") return <Framed>{<TextView text={text} label={title} />}</Framed>;
  if (value === undefined) return <Skeleton className="h-16" />;
  const shown: Json = value;
  if (mode === "json")
    return shown === null ? <Muted>null</Muted> : <Tree payload={payload} value={shown} title={title} />;
  if (documents !== null) return <Framed>{<Documents documents={documents} />}</Framed>;
  if (messages !== null && messages.length > 0 && !isBareText(messages, type))
    return <ChatView messages={messages} runs={runs} onOpen={onOpen} fallback={<Skeleton className="h-16" />} />;
  return <Plain payload={payload} value={shown} title={title} />;
}

interface PlainProps {
  payload: Payload;
  value: Json;
  title: string;
}

/** A value that is neither a conversation nor documents. */
function Plain({ payload, value, title }: PlainProps) {
  if (value === "") return <Muted>""</Muted>;
  if (value === null) return <Muted>null</Muted>;
  if (typeof value === "string") return <Words text={value} />;
  if (isReadable(value)) return <Framed>{<Fields value={value} />}</Framed>;
  return isContainer(value) ? (
    <Tree payload={payload} value={value} title={title} />
  ) : (
    <span className="font-mono text-12">{String(value)}</span>
  );
}

const Muted = ({ children }: { children: ReactNode }) => <p className="text-12 text-text-3 italic">{children}</p>;
const Tree = ({ payload, value, title }: PlainProps) => (
  <Framed>{<JsonTree key={payload.loaded} value={value} label={title} />}</Framed>
);

/** Text of a step that is no model call has no speaker. */
const isBareText = (messages: readonly Message[], type: string): boolean =>
  !["GENERATION", "AGENT", ""].includes(type) &&
  messages.length === 1 &&
  messages[0]?.parts.length === 1 &&
  messages[0].parts[0]?.type === "text" &&
  messages[0].toolCalls.length === 0;

const Framed = ({ children }: { children: ReactNode }) => (
  <div className="overflow-hidden rounded-md border border-line">{children}</div>
);
