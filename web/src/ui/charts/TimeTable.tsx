import { usePreferences } from "@/lib/preferences";
import { formatTime, zoneName } from "@/lib/times";
import type { Series } from "@/models/chart/series";
import { type Span, spanOf } from "@/models/chart/steps";
import { Link } from "@/ui/Link";

/** A chart over time as a table: the same numbers, each a link to its rows. */
export function TimeTable({
  label,
  steps,
  series,
  asked,
  labelOf,
  format,
  pathOf,
}: {
  label: string;
  steps: readonly number[];
  series: readonly Series[];
  asked: Span;
  labelOf: (series: Series) => string;
  format: (value: number) => string;
  pathOf: (span: Span, series: Series | null) => string;
}) {
  const { zone } = usePreferences();
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by keys
    <div className="max-h-72 overflow-auto" role="region" aria-label={label} tabIndex={0}>
      <table className="tabular w-full text-12">
        <thead className="sticky top-0 bg-bg text-left text-text-2">
          <tr>
            <th scope="col" className="py-1 pr-3 font-medium whitespace-nowrap">
              Time ({zoneName(steps[0] ?? 0, zone)})
            </th>
            {series.map((one) => (
              <th key={one.id} scope="col" className="max-w-40 truncate py-1 pl-3 text-right font-medium" dir="auto">
                {labelOf(one)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {steps.slice(0, -1).map((startUs, at) => (
            <tr key={startUs} className="border-t border-line">
              <th scope="row" className="py-0.5 pr-3 text-left font-normal whitespace-nowrap text-text-2">
                {formatTime(startUs, zone).slice(0, 16)}
              </th>
              {series.map((one) => {
                const value = one.values[at] ?? null;
                return (
                  <td key={one.id} className="py-0.5 pl-3 text-right whitespace-nowrap">
                    {value === null ? (
                      <span className="text-text-3">—</span>
                    ) : (
                      <Link to={pathOf(spanOf(steps, at, at, asked), one)} className="hover:underline">
                        {format(value)}
                      </Link>
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
