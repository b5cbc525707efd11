import { lazy, Suspense } from "react";

import type { ObservationBody } from "@/api/traces";
import { formatCost, formatCount } from "@/lib/formatters";
import { Popover } from "@/ui/Popover";

const CostExplained = lazy(() => import("./CostExplained"));

/** The cost of an observation, and behind it every step that led there. */
export function CostPopover({ observation }: { observation: ObservationBody }) {
  const { cost, explanation, inputTokens, outputTokens, totalTokens } = observation;
  if (totalTokens === 0 && cost === null && explanation.lines.length === 0) return null;
  return (
    <Popover
      label="How the cost comes about"
      trigger={
        <button
          type="button"
          className="tabular rounded-sm px-1 whitespace-nowrap underline decoration-line-strong decoration-dotted underline-offset-3 hover:bg-hover"
          data-value={cost ?? undefined}
          data-testid="cost"
        >
          {totalTokens > 0 && `${formatCount(inputTokens)} → ${formatCount(outputTokens)} · `}
          {formatCost(cost)}
        </button>
      }
      className="w-[min(520px,calc(100vw-16px))]"
    >
      <Suspense fallback={<p className="p-3 text-12 text-text-3">…</p>}>
        <CostExplained observation={observation} explanation={explanation} />
      </Suspense>
    </Popover>
  );
}
