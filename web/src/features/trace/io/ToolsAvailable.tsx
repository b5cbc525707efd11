import { ChevronDown, ChevronRight } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import type { Tool } from "@/models/chat/tools";

const ToolList = lazy(() => import("./ToolList"));

/** The tools that the model could call, and how often it did. */
export function ToolsAvailable({
  tools,
  calledCounts,
}: {
  tools: readonly Tool[];
  calledCounts: ReadonlyMap<string, number>;
}) {
  const [isOpen, setOpen] = useState(false);
  if (tools.length === 0) return null;
  const Caret = isOpen ? ChevronDown : ChevronRight;
  return (
    <section className="border-b border-line" data-testid="tools-available">
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        className="flex h-8 w-full items-center gap-1.5 px-3 text-left text-12 text-text-2 hover:bg-hover"
      >
        <Caret className="size-3.5" strokeWidth={2} aria-hidden />
        <span className="font-medium text-text">Tools available</span>
        <span className="tabular text-text-3">{tools.length}</span>
        {!isOpen && (
          <span className="truncate font-mono text-11 text-text-3">{tools.map(({ name }) => name).join(", ")}</span>
        )}
      </button>
      {isOpen && (
        <Suspense fallback={null}>
          <ToolList tools={tools} calledCounts={calledCounts} />
        </Suspense>
      )}
    </section>
  );
}
