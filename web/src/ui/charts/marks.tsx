/** What stands for numbers in a chart over time: bars and layers on each other, or lines. */
import type { ScaleLinear } from "d3-scale";
import { area, line } from "d3-shape";
import { Fragment } from "react";

import { isIsolated, type Series, stacked } from "@/models/chart/series";

export interface Plot {
  x: ScaleLinear<number, number>;
  y: ScaleLinear<number, number>;
  ticks: readonly number[];
  /** Where 0 is. */
  bottom: number;
  /** The step that is not over yet. */
  unfinished: number | null;
}

interface MarksProps {
  plot: Plot;
  steps: readonly number[];
  series: readonly Series[];
  colourOf: (id: string) => string;
  labelOf: (series: Series) => string;
  isArea: boolean;
  /** The step under the pointer. */
  pointed: number | null;
}

const GAP = 1;
const LEAST_BAR = 1.5;
const MOST_DOTS = 48;

/** What tests and clicks know a mark by. */
function told(series: Series, label: string, startUs: number, value: number | null) {
  return {
    "data-testid": "chart-mark",
    "data-series": label,
    "data-series-id": series.id,
    "data-x": startUs,
    "data-value": value ?? undefined,
  };
}

/** Piles of what adds up. */
export function Bars({ plot, steps, series, colourOf, labelOf, isArea, pointed }: MarksProps) {
  const layers = stacked(series);
  return (
    <>
      {series.map((one, layer) => {
        const label = labelOf(one);
        const piles = layers[layer] ?? [];
        return (
          <Fragment key={one.id}>
            {isArea && <Layer plot={plot} steps={steps} piles={piles} colour={colourOf(one.id)} />}
            {one.values.map((value, at) => {
              const [low, high] = piles[at] ?? [0, 0];
              const x = plot.x(steps[at] ?? 0);
              const width = Math.max(0.5, plot.x(steps[at + 1] ?? 0) - x - GAP);
              const height = value === null || value <= 0 ? 0 : Math.max(LEAST_BAR, plot.y(low) - plot.y(high));
              const isOpen = at === plot.unfinished;
              return (
                <rect
                  key={steps[at]}
                  {...told(one, label, steps[at] ?? 0, value)}
                  data-unfinished={isOpen || undefined}
                  x={x}
                  y={plot.y(low) - height}
                  width={width}
                  height={height}
                  fill={colourOf(one.id)}
                  fillOpacity={isArea ? 0 : isOpen ? 0.35 : pointed === null || pointed === at ? 0.9 : 0.6}
                  stroke={isOpen && height > 0 && !isArea ? colourOf(one.id) : undefined}
                  strokeDasharray={isOpen ? "3 2" : undefined}
                />
              );
            })}
          </Fragment>
        );
      })}
    </>
  );
}

function Layer({
  plot,
  steps,
  piles,
  colour,
}: {
  plot: Plot;
  steps: readonly number[];
  piles: readonly (readonly [number, number])[];
  colour: string;
}) {
  const open = plot.unfinished ?? piles.length;
  const shape = (from: number, until: number) =>
    area<readonly [number, number]>()
      .defined((_, at) => at >= from && at <= until)
      .x((_, at) => plot.x(((steps[at] ?? 0) + (steps[at + 1] ?? 0)) / 2))
      .y0(([low]) => plot.y(low))
      .y1(([, high]) => plot.y(high))([...piles]) ?? undefined;
  return (
    <g fill={colour} stroke={colour}>
      <path d={shape(0, open - 1)} fillOpacity={0.5} />
      {open < piles.length && <path d={shape(open - 1, open)} fillOpacity={0.2} strokeDasharray="3 3" />}
    </g>
  );
}

/** Straight lines between measured points; where nothing was measured there is a gap. */
export function Lines({ plot, steps, series, colourOf, labelOf, pointed }: MarksProps) {
  const x = (at: number) => plot.x(((steps[at] ?? 0) + (steps[at + 1] ?? 0)) / 2);
  return (
    <>
      {series.map((one) => {
        const { values } = one;
        const open = plot.unfinished ?? values.length;
        const path = (from: number, until: number) =>
          line<number | null>()
            .defined((value, at) => value !== null && at >= from && at <= until)
            .x((_, at) => x(at))
            .y((value) => plot.y(value ?? 0))([...values]) ?? undefined;
        return (
          <g key={one.id} stroke={colourOf(one.id)} fill="none">
            <path d={path(0, open - 1)} strokeWidth={1.5} />
            {open < values.length && <path d={path(open - 1, open)} strokeWidth={1.5} strokeDasharray="3 3" />}
            {values.map(
              (value, at) =>
                value !== null && (
                  <circle
                    key={steps[at]}
                    {...told(one, labelOf(one), steps[at] ?? 0, value)}
                    data-unfinished={at === plot.unfinished || undefined}
                    cx={x(at)}
                    cy={plot.y(value)}
                    r={at === pointed ? 3.5 : isIsolated(values, at) || values.length <= MOST_DOTS ? 2.25 : 1}
                    fill={at === plot.unfinished ? "var(--bg)" : colourOf(one.id)}
                  />
                ),
            )}
          </g>
        );
      })}
    </>
  );
}
