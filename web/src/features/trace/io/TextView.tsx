import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef } from "react";

import { softLines } from "@/models/json/ranges";

import { withoutData } from "./Base64Note";

const LINE = 18;
const MAX_LINES = 26;
const VIRTUAL_FROM = 400;

/** Text as it is, in lines of which only those in sight exist; a line without an end is broken softly. */
export function TextView({
  text,
  label,
  maxLines = MAX_LINES,
  isWrapped = true,
}: {
  text: string;
  label: string;
  maxLines?: number;
  isWrapped?: boolean;
}) {
  const scroll = useRef<HTMLDivElement>(null);
  const shown = useMemo(() => withoutData(text), [text]);
  const lines = useMemo(() => softLines(shown), [shown]);
  const isLong = lines.length > VIRTUAL_FROM || shown.length > 200_000;
  const virtualizer = useVirtualizer({
    count: isLong ? lines.length : 0,
    getScrollElement: () => scroll.current,
    estimateSize: () => LINE,
    overscan: 20,
  });
  if (!isLong) {
    return (
      <pre
        className={`max-h-[520px] overflow-auto px-3 py-2 font-mono text-12 ${isWrapped ? "break-words whitespace-pre-wrap" : ""}`}
        dir="auto"
        data-testid="text-view"
      >
        {shown}
      </pre>
    );
  }
  return (
    <div
      ref={scroll}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keys
      tabIndex={0}
      role="region"
      aria-label={label}
      style={{ height: Math.min(lines.length, maxLines) * LINE + 16 }}
      className="overflow-auto px-3 py-2 font-mono text-12"
      data-testid="text-view"
    >
      <div style={{ height: virtualizer.getTotalSize() }} className="relative">
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const line = lines[index] as { from: number; to: number };
          return (
            <div
              key={index}
              data-index={index}
              ref={virtualizer.measureElement}
              className={`absolute inset-x-0 leading-4.5 ${isWrapped ? "break-all whitespace-pre-wrap" : "whitespace-pre"}`}
              style={{ transform: `translateY(${start}px)`, minHeight: LINE }}
              dir="auto"
            >
              {shown.slice(line.from, line.to)}
            </div>
          );
        })}
      </div>
    </div>
  );
}
