import { useQuery } from "@tanstack/react-query";
import { memo, type PointerEvent, useRef, useState } from "react";

import { type HistogramData, histogramQuery, type Question } from "@/api/explorer";
import { formatCount } from "@/lib/formatters";
import { usePreferences } from "@/lib/preferences";
import { formatTime, ianaOf, type Zone, wallClock, zoneName } from "@/lib/times";
import { stepAt } from "@/models/chart/steps";
import type { DateRange } from "@/models/dateRange";
import { Skeleton } from "@/ui/states";

const HEIGHT = 48;

/** How many rows there are over time, errors marked. Dragging across it looks at that time alone. */
export const Histogram = memo(function Histogram({
  question,
  nowUs,
  onZoom,
}: {
  question: Question;
  nowUs: number;
  onZoom: (range: DateRange) => void;
}) {
  const { zone } = usePreferences();
  const found = useQuery(histogramQuery(question, ianaOf(zone)));
  if (found.isError)
    return (
      <p className="flex h-18 items-center px-3 text-12 text-text-3">No overview of this time: {found.error.message}</p>
    );
  return (
    <div className="h-18 border-b border-line px-3 pt-1.5" data-testid="histogram">
      {found.data === undefined ? (
        <Skeleton className="h-12" />
      ) : found.data.buckets.length === 0 ? null : (
        <Bars data={found.data} question={question} nowUs={nowUs} onZoom={onZoom} noun={question.level} />
      )}
    </div>
  );
});

interface BarsProps {
  data: HistogramData;
  question: Question;
  nowUs: number;
  noun: string;
  onZoom: (range: DateRange) => void;
}

function Bars({ data, question, nowUs, noun, onZoom }: BarsProps) {
  const { zone } = usePreferences();
  const { buckets } = data;
  const steps = [...buckets.map(({ startUs }) => startUs), data.untilUs];
  const first = question.fromUs ?? buckets[0]?.startUs ?? 0;
  const last = question.untilUs ?? Math.max(nowUs, data.untilUs);
  const span = Math.max(1, last - first);
  const most = Math.max(1, ...buckets.map(({ count }) => count));
  const box = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null);
  const [pointed, setPointed] = useState<number | null>(null);

  const shareAt = (event: PointerEvent) => {
    const rect = box.current?.getBoundingClientRect();
    return rect === undefined ? 0 : Math.min(1, Math.max(0, (event.clientX - rect.left) / rect.width));
  };
  const begin = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setDrag({ from: shareAt(event), to: shareAt(event) });
  };
  const end = () => {
    if (drag !== null) {
      const [low, high] = [Math.min(drag.from, drag.to), Math.max(drag.from, drag.to)];
      const fromUs = Math.floor((first + low * span) / 1000) * 1000;
      const untilUs = Math.ceil((first + high * span) / 1000) * 1000;
      if ((high - low) * span >= 1000 && high - low > 0.005) onZoom({ kind: "absolute", fromUs, untilUs });
    }
    setDrag(null);
  };
  const total = buckets.reduce((sum, { count }) => sum + count, 0);
  const errors = buckets.reduce((sum, { errorCount }) => sum + errorCount, 0);
  const at = pointed === null ? undefined : buckets[stepAt(steps, first + pointed * span)];
  return (
    <div className="relative">
      <div
        ref={box}
        role="img"
        aria-label={`${formatCount(total)} ${noun} over time, ${formatCount(errors)} with errors`}
        className="relative cursor-crosshair touch-none select-none"
        style={{ height: HEIGHT }}
        onPointerDown={begin}
        onPointerMove={(event) => {
          setPointed(shareAt(event));
          if (drag !== null) setDrag({ ...drag, to: shareAt(event) });
        }}
        onPointerUp={end}
        onPointerCancel={() => setDrag(null)}
        onPointerLeave={() => setPointed(null)}
      >
        <svg
          className="absolute inset-0 size-full"
          viewBox={`0 0 1000 ${HEIGHT}`}
          preserveAspectRatio="none"
          aria-hidden
        >
          {buckets.map(({ startUs, count, errorCount }, step) => {
            const x = ((startUs - first) / span) * 1000;
            const width = Math.max(0.5, (((steps[step + 1] ?? startUs) - startUs) / span) * 1000 - 1);
            const height = count === 0 ? 0 : Math.max(1.5, (count / most) * HEIGHT);
            const failed = count === 0 || errorCount === 0 ? 0 : Math.max(1.5, (errorCount / most) * HEIGHT);
            return (
              <g key={startUs} data-testid="chart-mark" data-x={startUs} data-value={count}>
                <rect
                  x={x}
                  y={HEIGHT - height}
                  width={width}
                  height={height}
                  fill="var(--accent)"
                  opacity={at?.startUs === startUs ? 0.75 : 0.4}
                />
                <rect x={x} y={HEIGHT - failed} width={width} height={failed} fill="var(--danger)" />
              </g>
            );
          })}
        </svg>
        {drag !== null && (
          <div
            className="absolute inset-y-0 border-x border-accent bg-accent/15"
            style={{ left: `${Math.min(drag.from, drag.to) * 100}%`, width: `${Math.abs(drag.to - drag.from) * 100}%` }}
          />
        )}
      </div>
      <div aria-hidden className="tabular flex justify-between pt-0.5 text-11 leading-3.5 text-text-3">
        {[0, 0.5, 1].map((share) => (
          <span key={share}>{axisLabel(first + share * span, span, zone)}</span>
        ))}
      </div>
      {at !== undefined && pointed !== null && drag === null && (
        <div
          className="pointer-events-none absolute top-0 z-sticky rounded-sm border border-line bg-bg px-2 py-1 text-12 whitespace-nowrap shadow-popover"
          style={
            pointed < 0.5
              ? { left: `calc(${pointed * 100}% + 12px)` }
              : { right: `calc(${(1 - pointed) * 100}% + 12px)` }
          }
        >
          <span className="tabular">{`${formatTime(at.startUs, zone)} ${zoneName(at.startUs, zone)}`}</span> ·{" "}
          {formatCount(at.count)}
          {at.errorCount > 0 && <span className="text-danger"> · {formatCount(at.errorCount)} with errors</span>}
        </div>
      )}
    </div>
  );
}

const DAY_US = 86_400_000_000;

/** As much of a moment as tells it from the others on the axis. */
function axisLabel(us: number, spanUs: number, zone: Zone): string {
  const { date, time } = wallClock(us, zone);
  if (spanUs > 3 * DAY_US) return date;
  return spanUs > DAY_US / 2 ? `${date.slice(5)} ${time.slice(0, 5)}` : time.slice(0, spanUs > DAY_US / 24 ? 5 : 8);
}
