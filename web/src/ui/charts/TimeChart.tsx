import { scaleLinear } from "d3-scale";
import { type PointerEvent, useMemo, useRef, useState } from "react";

import { useGo } from "@/app/url";
import { usePreferences } from "@/lib/preferences";
import { highest, lowest, type Series } from "@/models/chart/series";
import { type Span, spanOf, stepAt, unfinishedStep } from "@/models/chart/steps";
import { timeTicks, valueTicks } from "@/models/chart/ticks";
import { useWidth } from "@/ui/useSize";

import { Axes } from "./Axes";
import { ChartTip } from "./ChartTip";
import { pointAt, usePointedMoment } from "./crosshair";
import { Bars, Lines, type Plot } from "./marks";

const HEIGHT = 168;
const MARGIN = { top: 8, right: 4, bottom: 20, left: 60 };
const CLICK_PX = 4;

export interface TimeChartProps {
  kind: "bars" | "area" | "line";
  steps: readonly number[];
  series: readonly Series[];
  /** What was asked for: marks lead to no rows outside of it. */
  asked: Span;
  nowUs: number;
  /** The chart in a sentence. */
  summary: string;
  colourOf: (id: string) => string;
  labelOf: (series: Series) => string;
  format: (value: number) => string;
  /** Whether values are whole numbers. */
  isWhole?: boolean;
  /** The end of the axis, where it is known: 1 for shares. */
  most?: number;
  height?: number;
  /** The list behind a step of one series, or of all. */
  pathOf: (span: Span, series: Series | null) => string;
  /** Look at some time alone. */
  onZoom: (span: Span) => void;
}

/** Numbers over time. A click opens the rows behind a mark, dragging looks at a part of the time alone. */
export function TimeChart(props: TimeChartProps) {
  const { kind, steps, series, nowUs, isWhole = false, height = HEIGHT } = props;
  const { zone } = usePreferences();
  const { ref, width } = useWidth<HTMLDivElement>();
  const begin = steps[0] ?? 0;
  const end = steps.at(-1) ?? 1;
  const plot = useMemo<Plot>(() => {
    const ticks = valueTicks(
      kind === "line" ? lowest(series) : 0,
      props.most ?? highest(series, kind !== "line"),
      Math.round(height / 42),
      isWhole,
    );
    const x = scaleLinear()
      .domain([begin, end])
      .range([MARGIN.left, Math.max(MARGIN.left + 1, width - MARGIN.right)]);
    const y = scaleLinear()
      .domain([ticks[0] ?? 0, ticks.at(-1) ?? 1])
      .range([height - MARGIN.bottom, MARGIN.top]);
    return { x, y, ticks, bottom: height - MARGIN.bottom, unfinished: unfinishedStep(steps, nowUs) };
  }, [props.most, series, kind, isWhole, begin, end, width, height, steps, nowUs]);
  const times = useMemo(
    () => timeTicks(begin, end, zone, Math.max(2, Math.floor((width - MARGIN.left) / 76))),
    [begin, end, zone, width],
  );
  const pointer = usePointer(props, plot);
  const Marks = kind === "line" ? Lines : Bars;
  return (
    <div ref={ref} className="relative min-w-0" style={{ height }}>
      {width > 0 && (
        <svg
          role="img"
          aria-label={props.summary}
          width={width}
          height={height}
          className="absolute inset-0 cursor-crosshair touch-pan-y select-none"
          {...pointer.handlers}
        >
          <Axes plot={plot} times={times} width={width} left={MARGIN.left} format={props.format} />
          <Marks {...props} plot={plot} isArea={kind === "area"} pointed={pointer.step} />
          <Crosshair plot={plot} begin={begin} end={end} />
          {pointer.drag !== null && (
            <rect
              x={Math.min(...pointer.drag)}
              y={MARGIN.top}
              width={Math.abs(pointer.drag[1] - pointer.drag[0])}
              height={plot.bottom - MARGIN.top}
              fill="var(--accent)"
              opacity={0.15}
              pointerEvents="none"
            />
          )}
        </svg>
      )}
      {pointer.step !== null && pointer.drag === null && (
        <ChartTip {...props} plot={plot} step={pointer.step} width={width} />
      )}
    </div>
  );
}

function Crosshair({ plot, begin, end }: { plot: Plot; begin: number; end: number }) {
  const us = usePointedMoment();
  if (us === null || us < begin || us > end) return null;
  const x = plot.x(us);
  return (
    <line
      x1={x}
      x2={x}
      y1={MARGIN.top}
      y2={plot.bottom}
      stroke="var(--line-strong)"
      strokeDasharray="2 2"
      data-crosshair
      pointerEvents="none"
    />
  );
}

/** What the pointer does: it points at a step, clicks on one, or drags over some. */
function usePointer({ steps, series, asked, pathOf, onZoom }: TimeChartProps, plot: Plot) {
  const go = useGo();
  const [step, setStep] = useState<number | null>(null);
  const [drag, setDrag] = useState<readonly [number, number] | null>(null);
  const pressed = useRef<{ x: number; id: string | undefined } | null>(null);
  const xOf = (event: PointerEvent<SVGSVGElement>) => event.clientX - event.currentTarget.getBoundingClientRect().left;
  const stepOf = (x: number) => stepAt(steps, plot.x.invert(x));
  const leave = () => {
    setStep(null);
    pointAt(null);
  };
  const finish = (event: PointerEvent<SVGSVGElement>) => {
    const from = pressed.current;
    pressed.current = null;
    setDrag(null);
    if (from === null) return;
    const [first, last] = [stepOf(Math.min(from.x, xOf(event))), stepOf(Math.max(from.x, xOf(event)))];
    const span = spanOf(steps, first, last, asked);
    if (span.fromUs >= span.untilUs) return;
    if (Math.abs(xOf(event) - from.x) >= CLICK_PX) {
      leave();
      onZoom(span);
    } else go(pathOf(span, series.find(({ id }) => id === from.id) ?? null));
  };
  const handlers = {
    onPointerDown: (event: PointerEvent<SVGSVGElement>) => {
      if (event.button !== 0) return;
      const mark = (event.target as Element).closest<SVGElement>("[data-series-id]");
      pressed.current = { x: xOf(event), id: mark?.dataset["seriesId"] };
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove: (event: PointerEvent<SVGSVGElement>) => {
      const x = xOf(event);
      setStep(stepOf(x));
      pointAt(plot.x.invert(x));
      const from = pressed.current;
      if (from !== null && Math.abs(x - from.x) >= CLICK_PX) setDrag([from.x, x]);
    },
    onPointerUp: finish,
    onPointerCancel: () => {
      pressed.current = null;
      setDrag(null);
    },
    onPointerLeave: leave,
  };
  return { step, drag, handlers };
}
