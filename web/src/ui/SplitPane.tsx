/** Two panes side by side with an edge that can be dragged, or moved with the arrow keys. */
import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef } from "react";

const STEP = 0.02;

export interface SplitPaneProps {
  label: string;
  /** Of the first pane, 0 to 1. */
  share: number;
  min: number;
  max: number;
  onChanged: (share: number) => void;
  first: ReactNode;
  second: ReactNode;
}

export function SplitPane({ label, share, min, max, onChanged, first, second }: SplitPaneProps) {
  const area = useRef<HTMLDivElement>(null);
  const clamp = (value: number) => Math.min(max, Math.max(min, value));
  return (
    <div ref={area} className="flex min-h-0 min-w-0 grow" style={{ ["--share" as string]: `${share * 100}%` }}>
      <div className="flex min-h-0 w-(--share) min-w-0 shrink-0 flex-col">{first}</div>
      <SplitEdge
        label={label}
        share={share}
        min={min}
        max={max}
        area={area}
        onMove={(next) => area.current?.style.setProperty("--share", `${clamp(next) * 100}%`)}
        onChanged={(next) => onChanged(clamp(next))}
      />
      <div className="flex min-h-0 min-w-0 grow flex-col">{second}</div>
    </div>
  );
}

export interface SplitEdgeProps {
  label: string;
  share: number;
  min: number;
  max: number;
  area: React.RefObject<HTMLElement | null>;
  onMove: (share: number) => void;
  onChanged: (share: number) => void;
  className?: string;
}

/** The edge itself. While it is dragged only a style changes. */
export function SplitEdge({ label, share, min, max, area, onMove, onChanged, className = "" }: SplitEdgeProps) {
  const begin = (event: PointerEvent<HTMLDivElement>) => {
    event.preventDefault();
    const edge = event.currentTarget;
    const box = area.current?.getBoundingClientRect();
    if (box === undefined) return;
    edge.setPointerCapture(event.pointerId);
    const shareAt = (x: number) => (x - box.left) / box.width;
    const move = (moving: globalThis.PointerEvent) => onMove(shareAt(moving.clientX));
    const end = (ended: globalThis.PointerEvent) => {
      edge.removeEventListener("pointermove", move);
      onChanged(shareAt(ended.clientX));
    };
    edge.addEventListener("pointermove", move);
    edge.addEventListener("pointerup", end, { once: true });
  };
  const step = (event: KeyboardEvent<HTMLDivElement>) => {
    const by = event.key === "ArrowLeft" ? -STEP : event.key === "ArrowRight" ? STEP : 0;
    if (by === 0) return;
    event.preventDefault();
    event.stopPropagation();
    onChanged(share + by);
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- a separator that moves is a control
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuemin={Math.round(min * 100)}
      aria-valuemax={Math.round(max * 100)}
      aria-valuenow={Math.round(share * 100)}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- likewise
      tabIndex={0}
      onPointerDown={begin}
      onKeyDown={step}
      className={`relative z-1 w-px shrink-0 cursor-col-resize touch-none bg-line before:absolute before:inset-y-0 before:-left-1.5 before:w-3 hover:bg-accent ${className}`}
    />
  );
}
