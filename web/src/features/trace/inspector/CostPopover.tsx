import type { ObservationBody } from "@/api/traces";
import type { Step } from "@/models/trace/step";
import { formatCost, formatCount } from "@/lib/formatters";
import { deferred } from "@/ui/deferred";
import { Popover } from "@/ui/Popover";

const CostExplained = deferred(() => import("./CostExplained").then((module) => module.default));

type Used = Pick<Step, "inputTokens" | "outputTokens" | "totalTokens" | "cost">;

/** `3 120 → 820 · $0.0421`. */
const usedText = ({ inputTokens, outputTokens, totalTokens, cost }: Used): string =>
  `${totalTokens > 0 ? `${formatCount(inputTokens)} → ${formatCount(outputTokens)} · ` : ""}${formatCost(cost)}`;

/** The same before it is known how it comes about. */
export function CostPlain({ step }: { step: Step }) {
  if (step.totalTokens === 0 && step.cost === null) return null;
  return <span className="tabular px-1 whitespace-nowrap">{usedText(step)}</span>;
}

/** The cost of an observation, and behind it every step that led there. */
export function CostPopover({ observation }: { observation: ObservationBody }) {
  const { cost, explanation, totalTokens } = observation;
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
          {usedText(observation)}
        </button>
      }
      className="w-[min(520px,calc(100vw-16px))]"
    >
      <CostExplained
        observation={observation}
        explanation={explanation}
        fallback={<p className="p-3 text-12 text-text-3">…</p>}
      />
    </Popover>
  );
}
