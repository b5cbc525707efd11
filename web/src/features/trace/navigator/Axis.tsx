import { type PointerEvent, useRef, useState } from "react";

import { formatDuration } from "@/lib/formatters";
import { usePreferences } from "@/lib/preferences";
import { formatTime } from "@/lib/times";
import { clampView, momentAt, shareOf, stepOf, tickLabel, ticksOf, type Span } from "@/models/trace/axis";

export const AXIS_HEIGHT = 24;
export const MINIMAP_HEIGHT = 24;
const TICK_PX = 90;

export interface AxisProps {
  whole: Span;
  view: Span;
  laneWidth: number;
  /** Where the pointer is over the lanes, µs since the epoch. */
  cursor: number | null;
  onZoom: (zoom: Span | null) => void;
}

/** The time above the lanes. Dragging across it shows that part; a double click shows all. */
export function Axis({ whole, view, laneWidth, cursor, onZoom }: AxisProps) {
  const ref = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<Span | null>(null);
  const { zone } = usePreferences();
  const shareAt = (x: number) => {
    const box = ref.current?.getBoundingClientRect();
    return box === undefined ? 0 : Math.min(1, Math.max(0, (x - box.left) / box.width));
  };
  const begin = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const at = shareAt(event.clientX);
    setDrag({ from: at, to: at });
  };
  const end = () => {
    if (drag === null) return;
    setDrag(null);
    const [from, to] = drag.from < drag.to ? [drag.from, drag.to] : [drag.to, drag.from];
    if ((to - from) * laneWidth > 4) onZoom(clampView({ from: momentAt(view, from), to: momentAt(view, to) }, whole));
  };
  const relative = { from: view.from - whole.from, to: view.to - whole.from };
  const most = Math.max(1, Math.floor(laneWidth / TICK_PX));
  const step = stepOf((relative.to - relative.from) / most);
  return (
    <div
      ref={ref}
      className="relative h-full grow cursor-crosshair touch-none overflow-hidden"
      title="Drag to zoom, double-click for all"
      data-testid="axis"
      onPointerDown={begin}
      onPointerMove={(event) => drag !== null && setDrag({ ...drag, to: shareAt(event.clientX) })}
      onPointerUp={end}
      onDoubleClick={() => onZoom(null)}
    >
      {ticksOf(relative, most + 1).map((tick) => (
        <span
          key={tick}
          data-testid="axis-tick"
          className="absolute inset-y-0 border-l border-line pl-1 font-mono text-11 leading-6 whitespace-nowrap text-text-3"
          style={{ left: `${shareOf(relative, tick) * 100}%` }}
        >
          {tickLabel(tick, step)}
        </span>
      ))}
      {cursor !== null && (
        <span
          className="absolute inset-y-0 z-1 border-l border-accent bg-bg px-1 font-mono text-11 leading-6 whitespace-nowrap text-accent"
          style={
            shareOf(view, cursor) > 0.6
              ? { right: `${(1 - shareOf(view, cursor)) * 100}%`, borderLeftWidth: 0, borderRightWidth: 1 }
              : { left: `${shareOf(view, cursor) * 100}%` }
          }
        >
          +{formatDuration(cursor - whole.from)} · {formatTime(cursor, zone, { withMs: true }).slice(11)}
        </span>
      )}
      {drag !== null && (
        <span
          className="absolute inset-y-0 bg-accent/20"
          style={{ left: `${Math.min(drag.from, drag.to) * 100}%`, width: `${Math.abs(drag.to - drag.from) * 100}%` }}
        />
      )}
    </div>
  );
}
