import type { Tick } from "@/models/chart/ticks";

import type { Plot } from "./marks";

/** Lines and labels behind the marks. */
export function Axes({
  plot,
  times,
  width,
  left,
  format,
}: {
  plot: Plot;
  times: readonly Tick[];
  width: number;
  left: number;
  format: (value: number) => string;
}) {
  return (
    <g className="tabular fill-text-3 text-11" aria-hidden>
      {plot.ticks.map((value) => (
        <g key={value}>
          <line x1={left} x2={width} y1={plot.y(value)} y2={plot.y(value)} stroke="var(--line)" />
          <text x={left - 6} y={plot.y(value)} dy="0.32em" textAnchor="end">
            {shorten(format(value))}
          </text>
        </g>
      ))}
      {times.map(({ at, label }) => (
        <text key={at} x={clamp(plot.x(at), left + 16, width - 18)} y={plot.bottom + 14} textAnchor="middle">
          {label}
        </text>
      ))}
    </g>
  );
}

/** Without decimals that say nothing: `500k`, `25 %`. */
function shorten(text: string): string {
  return text.replace(/\.0+(?!\d)/, "");
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), Math.max(low, high));
}
