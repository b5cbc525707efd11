import { usePreferences } from "@/lib/preferences";
import { formatTime } from "@/lib/times";
import type { Series } from "@/models/chart/series";

import type { Plot } from "./marks";

/** The numbers of the step under the pointer. */
export function ChartTip({
  plot,
  step,
  width,
  steps,
  series,
  colourOf,
  labelOf,
  format,
}: {
  plot: Plot;
  step: number;
  width: number;
  steps: readonly number[];
  series: readonly Series[];
  colourOf: (id: string) => string;
  labelOf: (series: Series) => string;
  format: (value: number) => string;
}) {
  const { zone } = usePreferences();
  const x = plot.x(((steps[step] ?? 0) + (steps[step + 1] ?? 0)) / 2);
  const shown = series.filter(({ values }) => (values[step] ?? null) !== null && values[step] !== 0);
  return (
    <div
      aria-hidden
      className="pointer-events-none absolute top-1 z-sticky max-w-72 rounded-sm border border-line bg-bg px-2 py-1.5 text-12 shadow-popover"
      style={x < width / 2 ? { left: x + 12 } : { right: width - x + 12 }}
    >
      <div className="tabular whitespace-nowrap text-text-2">
        {formatTime(steps[step] ?? 0, zone).slice(0, 16)}
        {step === plot.unfinished && " · not over yet"}
      </div>
      {shown.length === 0 && <div className="text-text-3">nothing</div>}
      {shown.map((one) => (
        <div key={one.id} className="flex items-center gap-1.5">
          <span className="size-2 shrink-0 rounded-[2px]" style={{ background: colourOf(one.id) }} />
          <span className="min-w-0 grow truncate" dir="auto">
            {labelOf(one)}
          </span>
          <span className="tabular pl-3 whitespace-nowrap">{format(one.values[step] ?? 0)}</span>
        </div>
      ))}
    </div>
  );
}
