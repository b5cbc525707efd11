import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowUpRight, Copy } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";

import { formatCount, formatDuration } from "@/lib/formatters";
import type { TraceModel } from "@/models/trace/model";
import { transcriptMarkdown } from "@/models/transcript/markdown";
import type { Entry, Lane } from "@/models/transcript/transcript";
import { Button } from "@/ui/Button";
import { HueDot } from "@/ui/Chip";
import { copyText } from "@/ui/copyText";
import { EmptyState, ProgressBar } from "@/ui/states";

import { MessageView } from "../io/MessageView";
import { useTranscript } from "./useTranscript";

const LANE_INDENT = 16;
const MAX_LANES = 4;

export interface TranscriptViewProps {
  /** Changes to the other views. */
  switcher: ReactNode;
  projectId: string;
  traceName: string;
  model: TraceModel;
  version: number;
  selectedId: string | null;
  onSelect: (observationId: string) => void;
}

/** The trace to be read: what was said and called, once each. */
export function TranscriptView({
  switcher,
  projectId,
  traceName,
  model,
  version,
  selectedId,
  onSelect,
}: TranscriptViewProps) {
  const { entries, lanes, read, total, silent, hasMore, loadMore } = useTranscript(
    projectId,
    traceName,
    model,
    version,
  );
  const scroll = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: entries.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => 90,
    getItemKey: (index) => entries[index]?.key ?? index,
    overscan: 6,
  });
  const isLoading = read === 0 && total > 0;
  return (
    <div className="relative flex min-h-0 grow flex-col" data-testid="transcript">
      <ProgressBar isActive={isLoading} />
      <div className="flex h-9 shrink-0 items-center gap-2 border-b border-line px-2 text-12 text-text-2">
        {switcher}
        <span className="truncate">
          {formatCount(read)} of {formatCount(total)} model calls
          {silent.other > 0 && ` · ${formatCount(silent.other)} are no conversation`}
          {silent.large > 0 && ` · ${formatCount(silent.large)} too long to read here`}
          {silent.failed > 0 && ` · ${formatCount(silent.failed)} could not be read`}
        </span>
        <span className="grow" />
        {hasMore && (
          <Button size="small" onClick={loadMore}>
            Read more
          </Button>
        )}
        <Button
          size="small"
          kind="quiet"
          disabled={entries.length === 0}
          onClick={() => void copyText(transcriptMarkdown(entries), "Transcript copied")}
        >
          <Copy className="size-3.5" strokeWidth={1.75} aria-hidden />
          Markdown
        </Button>
      </div>
      {total === 0 && (
        <EmptyState title="No model was called in this trace">Its steps are in the waterfall.</EmptyState>
      )}
      <div ref={scroll} className="min-h-0 grow overflow-y-auto">
        <div style={{ height: virtualizer.getTotalSize() }} className="relative">
          {virtualizer.getVirtualItems().map(({ index, start, key }) => (
            <div
              key={key}
              data-index={index}
              ref={virtualizer.measureElement}
              className="absolute inset-x-0 px-3 py-1"
              style={{ transform: `translateY(${start}px)` }}
            >
              <Block entry={entries[index] as Entry} lanes={lanes} selectedId={selectedId} onSelect={onSelect} />
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}

interface BlockProps {
  entry: Entry;
  lanes: readonly Lane[];
  selectedId: string | null;
  onSelect: (observationId: string) => void;
}

export function Block({ entry, lanes, selectedId, onSelect }: BlockProps) {
  switch (entry.kind) {
    case "gap":
      return <p className="py-0.5 text-center text-11 text-text-3">{formatDuration(entry.us)} later</p>;
    case "handOff":
      return (
        <div className="flex items-center gap-2 pt-2 text-12 font-medium">
          <HueDot name={lanes[entry.lane]?.id ?? entry.name} />
          {entry.name}
          <span className="h-px grow bg-line" />
        </div>
      );
    case "fold":
      return <Fold entry={entry} />;
    case "message":
      return (
        <div
          style={{ marginLeft: Math.min(entry.lane, MAX_LANES) * LANE_INDENT }}
          className={entry.observationId === selectedId ? "bg-selected" : ""}
        >
          <MessageView
            message={entry.message}
            called={entry.called}
            onOpen={onSelect}
            aside={<OpenLink id={entry.observationId} onSelect={onSelect} />}
          />
        </div>
      );
  }
}

function OpenLink({ id, onSelect }: { id: string; onSelect: (id: string) => void }) {
  return (
    <button
      type="button"
      onClick={() => onSelect(id)}
      aria-label="Show its observation"
      title="Show its observation"
      className="flex size-6 items-center justify-center rounded-sm text-text-3 hover:bg-hover hover:text-text"
    >
      <ArrowUpRight className="size-3.5" strokeWidth={1.75} aria-hidden />
    </button>
  );
}

function Fold({ entry: { messages, lane } }: { entry: Extract<Entry, { kind: "fold" }> }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <div style={{ marginLeft: Math.min(lane, MAX_LANES) * LANE_INDENT }}>
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        className="h-6 w-full rounded-sm bg-panel px-3 text-left text-12 text-text-3 hover:bg-hover hover:text-text"
      >
        … {messages.length} earlier {messages.length === 1 ? "message" : "messages"}
      </button>
      {isOpen && (
        <div className="mt-1 flex flex-col gap-1 opacity-80">
          {messages.map((message, at) => (
            <MessageView
              // oxlint-disable-next-line react/no-array-index-key -- the same message may come twice
              key={at}
              message={message}
              called={message.toolCalls.map((call) => ({ call, result: null, run: null }))}
            />
          ))}
        </div>
      )}
    </div>
  );
}
