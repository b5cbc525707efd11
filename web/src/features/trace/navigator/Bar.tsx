import { useMemo } from "react";

import { formatDuration, formatRunning } from "@/lib/formatters";
import { barOf, labelPlace, type Span } from "@/models/trace/axis";
import type { CriticalPath, Segment } from "@/models/trace/criticalPath";
import { ownStretches, type TraceModel } from "@/models/trace/model";
import { classes } from "@/ui/classes";
import { typeLook } from "@/ui/TypeIcon";

const MIN_WIDTH = 3;
const CHARACTER = 6.2;

export interface BarProps {
  model: TraceModel;
  row: number;
  view: Span;
  /** Pixels. */
  laneWidth: number;
  hasPath: boolean;
}

/** The time of a row: light where children were at work, full where it was itself; a notch at the first token. */
export function Bar({ model, row, view, laneWidth, hasPath }: BarProps) {
  const { intervals, skeleton, tree, sums } = model;
  const from = intervals.start[row] as number;
  const to = intervals.end[row] as number;
  const place = tree.source[row] as number;
  const type = place >= 0 ? (skeleton.type[place] as string) : "";
  const color = place >= 0 ? typeLook(type).color : "var(--text-3)";
  const geometry = barOf(view, from, to);
  const isRunning = intervals.isRunning[row] === 1;
  const fill = useMemo(() => (place >= 0 ? fillOf(ownStretches(model, row), color) : `color-mix(in srgb, ${color} 30%, var(--bg))`), [model, row, place, color]);
  if (geometry === null || laneWidth === 0) return null;
  const isPoint = place >= 0 && from === to && !isRunning;
  const left = geometry.left * laneWidth;
  const width = Math.max(MIN_WIDTH, geometry.width * laneWidth);
  const label = `${isRunning ? formatRunning(to - from) : formatDuration(to - from)}`;
  const where = labelPlace(left, isPoint ? 8 : width, label.length * CHARACTER, laneWidth);
  const level = place >= 0 ? skeleton.level[place] : "";
  return (
    <>
      {isPoint ? (
        <span className="absolute top-2.5 size-2 rotate-45" style={{ left: left - 4, background: color }} />
      ) : (
        <span
          className={classes(
            "absolute top-1.5 h-4 overflow-hidden rounded-[2px]",
            type === "AGENT" && "border-t-2",
            isRunning && "running-bar rounded-r-none",
            level === "ERROR" && "shadow-[inset_0_0_0_2px_var(--danger)]",
            geometry.isCutLeft && "rounded-l-none",
            geometry.isCutRight && "rounded-r-none",
          )}
          style={{ left, width, background: windowed(fill, geometry, from, to, view), borderColor: color }}
          data-self={sums.selfUs[row]}
        >
          <FirstToken model={model} row={row} view={view} laneWidth={laneWidth} left={left} />
        </span>
      )}
      {sums.isOutlived[row] === 1 && <Outlived at={intervals.effectiveEnd[row] as number} view={view} laneWidth={laneWidth} />}
      <Label text={label} where={where} left={left} width={isPoint ? 8 : width} />
      {hasPath && <Path model={model} row={row} view={view} laneWidth={laneWidth} />}
    </>
  );
}

function fillOf(own: readonly { from: number; to: number }[], color: string): string {
  const light = `color-mix(in srgb, ${color} 38%, var(--bg))`;
  if (own.length === 0) return light;
  const stops: string[] = [];
  for (const { from, to } of own) stops.push(`${light} ${percent(from)}`, `${color} ${percent(from)}`, `${color} ${percent(to)}`, `${light} ${percent(to)}`);
  return `linear-gradient(90deg, ${light} 0, ${stops.join(", ")}, ${light} 100%)`;
}

const percent = (share: number): string => `${(share * 100).toFixed(3)}%`;

/** The fill belongs to the whole bar; of one that is cut at the edges only the part in view shows. */
function windowed(fill: string, { isCutLeft, isCutRight }: { isCutLeft: boolean; isCutRight: boolean }, from: number, to: number, view: Span): string {
  if (!fill.startsWith("linear") || (!isCutLeft && !isCutRight)) return fill;
  const shown = Math.min(to, view.to) - Math.max(from, view.from);
  const size = ((to - from) / Math.max(1, shown)) * 100;
  const hidden = to - from - shown;
  const shift = hidden <= 0 ? 0 : (Math.max(0, view.from - from) / hidden) * 100;
  return `${fill} ${shift.toFixed(3)}% 0 / ${size.toFixed(3)}% 100%`;
}

function Label({ text, where, left, width }: { text: string; where: "inside" | "right" | "left"; left: number; width: number }) {
  const style = where === "left" ? { right: `calc(100% - ${left - 5}px)` } : { left: where === "inside" ? left + 5 : left + width + 5 };
  return (
    <span className="tabular pointer-events-none absolute top-1.5 h-4 text-11 leading-4 whitespace-nowrap text-text-2" style={style}>
      {where === "inside" ? <span className="rounded-[2px] bg-bg/85 px-0.5 text-text">{text}</span> : text}
    </span>
  );
}

function FirstToken({ model: { skeleton, tree, intervals }, row, view, laneWidth, left }: Omit<BarProps, "hasPath"> & { left: number }) {
  const first = skeleton.timeToFirstTokenUs[tree.source[row] as number] ?? null;
  if (first === null) return null;
  const at = (((intervals.start[row] as number) + first - view.from) / (view.to - view.from)) * laneWidth - left;
  return <span className="absolute inset-y-0 w-0.5 bg-bg" style={{ left: at }} title={`First token after ${formatDuration(first)}`} />;
}

/** Where the last of what a row began ended, after the row itself. */
function Outlived({ at, view, laneWidth }: { at: number; view: Span; laneWidth: number }) {
  const left = ((at - view.from) / (view.to - view.from)) * laneWidth;
  return <span className="absolute top-1 h-5 border-l border-dashed border-line-strong" style={{ left: Math.min(left, laneWidth - 1) }} title="The last of its children ended here" />;
}

const byRow = new WeakMap<CriticalPath, Map<number, Segment[]>>();

/** The segments of a path by their rows. */
function segmentsOf(path: CriticalPath): Map<number, Segment[]> {
  const known = byRow.get(path);
  if (known !== undefined) return known;
  const made = new Map<number, Segment[]>();
  for (const segment of path.segments) {
    const of = made.get(segment.row);
    if (of === undefined) made.set(segment.row, [segment]);
    else of.push(segment);
  }
  byRow.set(path, made);
  return made;
}

function Path({ model: { path }, row, view, laneWidth }: Omit<BarProps, "hasPath">) {
  return segmentsOf(path)
    .get(row)
    ?.map(({ from, to }) => {
      const piece = barOf(view, from, to);
      return piece && <span key={from} className="absolute bottom-0.5 h-0.75 bg-accent" style={{ left: piece.left * laneWidth, width: Math.max(1, piece.width * laneWidth) }} />;
    });
}
