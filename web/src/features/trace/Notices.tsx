/** What is odd about a trace, said once above it. */
import { formatCount } from "@/lib/formatters";
import type { TraceModel } from "@/models/trace/model";
import type { Skeleton } from "@/models/trace/skeleton";

interface NoticesProps {
  count: number;
  skeleton: Skeleton | undefined;
  isComplete: boolean;
  model: TraceModel | undefined;
  shiftClocks: boolean;
  onShift: (shift: boolean) => void;
}

/** What is odd about the trace, or not there yet. */
export function Notices({ count, skeleton, isComplete, model, shiftClocks, onShift }: NoticesProps) {
  const missing = model?.tree.missing.length ?? 0;
  const skewed = model?.skewedCount ?? 0;
  const isLoading = skeleton !== undefined && !isComplete;
  if (missing === 0 && skewed === 0 && !isLoading) return null;
  return (
    <div
      role="status"
      className="flex shrink-0 flex-wrap gap-x-4 gap-y-0.5 border-b border-line bg-panel px-3 py-1 text-12 text-text-2"
      data-testid="trace-notices"
    >
      {isLoading && (
        <span>
          {formatCount(skeleton.id.length)} of {formatCount(count)} observations are here
        </span>
      )}
      {missing > 0 && <span>{missingText(missing)}</span>}
      {skewed > 0 && (
        <span>
          {skewedText(skewed)} ·{" "}
          <button
            type="button"
            aria-pressed={shiftClocks}
            className="text-accent hover:underline"
            onClick={() => onShift(!shiftClocks)}
          >
            {shiftClocks ? "show as sent" : "shift them"}
          </button>
        </span>
      )}
    </div>
  );
}

const missingText = (count: number): string =>
  count === 1
    ? "One parent has not arrived: what belongs below it stands under “missing parent”"
    : `${formatCount(count)} parents have not arrived: what belongs below them stands under “missing parent”`;

const skewedText = (count: number): string =>
  count === 1
    ? "1 observation began before its parent: clocks disagree"
    : `${formatCount(count)} observations began before their parents: clocks disagree`;
