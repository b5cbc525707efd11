import { type PointerEvent, useEffect, useRef } from "react";

import { clampView, type Span } from "@/models/trace/axis";
import type { TraceModel } from "@/models/trace/model";
import { typeLook } from "@/ui/TypeIcon";

import { MINIMAP_HEIGHT } from "./Axis";

export interface MinimapProps {
  model: TraceModel;
  whole: Span;
  view: Span;
  width: number;
  theme: string;
  onZoom: (zoom: Span | null) => void;
}

/** The whole trace in one strip, with a box around what the lanes show. Drag the box; click to centre it. */
export function Minimap({ model, whole, view, width, theme, onZoom }: MinimapProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current !== null && width > 0) draw(canvas.current, model, whole, width);
    // oxlint-disable-next-line react/exhaustive-deps, react/exhaustive-effect-dependencies -- colours are read from the theme
  }, [model, whole, width, theme]);
  const length = whole.to - whole.from;
  const centre = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const moment = whole.from + ((event.clientX - box.left) / box.width) * length;
    const half = (view.to - view.from) / 2;
    onZoom(clampView({ from: moment - half, to: moment + half }, whole));
  };
  return (
    <div
      className="relative h-full grow cursor-grab touch-none overflow-hidden active:cursor-grabbing"
      aria-hidden
      data-testid="minimap"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        centre(event);
      }}
      onPointerMove={(event) => event.buttons === 1 && centre(event)}
    >
      <canvas ref={canvas} className="absolute inset-0 size-full" />
      <span
        className="absolute inset-y-0 min-w-1 border border-accent bg-accent/10"
        style={{
          left: `${((view.from - whole.from) / length) * 100}%`,
          width: `${((view.to - view.from) / length) * 100}%`,
        }}
      />
    </div>
  );
}

/** One thin line per row, in the order of the rows. */
function draw(canvas: HTMLCanvasElement, { tree, intervals, skeleton }: TraceModel, whole: Span, width: number): void {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = width * ratio;
  canvas.height = MINIMAP_HEIGHT * ratio;
  const context = canvas.getContext("2d");
  if (context === null) return;
  const style = getComputedStyle(canvas);
  const colors = new Map<string, string>();
  const colorOf = (type: string): string => {
    const known = colors.get(type);
    if (known !== undefined) return known;
    const name = /var\((--[\w-]+)\)/.exec(typeLook(type).color)?.[1] ?? "--type-span";
    const color = style.getPropertyValue(name);
    colors.set(type, color);
    return color;
  };
  const scale = canvas.width / (whole.to - whole.from);
  const lines = Math.max(1, tree.count - 1);
  context.globalAlpha = Math.max(0.35, Math.min(1, 60 / lines));
  for (let row = 1; row < tree.count; row += 1) {
    const place = tree.source[row] as number;
    if (place < 0) continue;
    const x = ((intervals.start[row] as number) - whole.from) * scale;
    const length = ((intervals.end[row] as number) - (intervals.start[row] as number)) * scale;
    context.fillStyle = colorOf(skeleton.type[place] as string);
    context.fillRect(
      x,
      ((row - 1) / lines) * (canvas.height - ratio),
      Math.max(ratio, length),
      Math.max(ratio, canvas.height / lines - ratio),
    );
  }
}
