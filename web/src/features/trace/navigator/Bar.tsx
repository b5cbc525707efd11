import { useMemo } from "react";

import { formatDuration, formatRunning } from "@/lib/formatters";
import { barOf, labelPlace, type BarGeometry, type LabelPlace, type Span } from "@/models/trace/axis";
import type { CriticalPath, Segment } from "@/models/trace/criticalPath";
import { ownStretches, type TraceModel } from "@/models/trace/model";
import { classes } from "@/ui/classes";
import { typeLook } from "@/ui/TypeIcon";

const MIN_WIDTH = 3;
const CHARACTER = 6.2;
const POINT = 8;

/** A part of a bar, as shares of its length. */
interface Stretch {
  from: number;
  to: number;
}

export interface BarProps {
  model: TraceModel;
  row: number;
  view: Span;
  /** Pixels. */
  laneWidth: number;
  hasPath: boolean;
}

/** The time of a row: light where children were at work, full where it was itself; a notch at the first token. */
export function Bar(props: BarProps) {
  const { model, row, view, laneWidth, hasPath } = props;
  const { intervals, skeleton, tree, sums } = model;
  const from = intervals.start[row] as number;
  const to = intervals.end[row] as number;
  const place = tree.source[row] as number;
  const geometry = barOf(view, from, to);
  const own = useMemo(() => (place >= 0 ? ownStretches(model, row) : []), [model, row, place]);
  if (geometry === null || laneWidth === 0) return null;
  const color = place >= 0 ? typeLook(skeleton.type[place] as string).color : "var(--text-3)";
  const isRunning = intervals.isRunning[row] === 1;
  const isPoint = place >= 0 && from === to && !isRunning;
  const left = geometry.left * laneWidth;
  const width = isPoint ? POINT : Math.max(MIN_WIDTH, geometry.width * laneWidth);
  const label = isRunning ? formatRunning(to - from) : formatDuration(to - from);
  const notch = notchOf(model, row, view, laneWidth);
  const begin = notch === null ? left : Math.max(left, Math.min(notch, left + width)); // a label stands behind the notch
  const where = labelPlace(begin, left + width - begin, label.length * CHARACTER, laneWidth);
  const ground =
    where === "inside"
      ? groundOf(own, place >= 0 && !geometry.isCutLeft, (begin - left + label.length * CHARACTER + 10) / width)
      : "outside";
  return (
    <>
      {isPoint ? (
        <span className="absolute top-2.5 size-2 rotate-45" style={{ left: left - POINT / 2, background: color }} />
      ) : (
        <Solid {...props} geometry={geometry} own={own} color={color} left={left} width={width} notch={notch} />
      )}
      {sums.isOutlived[row] === 1 && (
        <Outlived at={intervals.effectiveEnd[row] as number} view={view} laneWidth={laneWidth} />
      )}
      <Label text={label} where={where} ground={ground} left={where === "inside" ? begin : left} width={width} />
      {hasPath && <Path model={model} row={row} view={view} laneWidth={laneWidth} />}
    </>
  );
}

interface SolidProps extends BarProps {
  geometry: BarGeometry;
  own: readonly Stretch[];
  color: string;
  left: number;
  width: number;
  /** Where the first token is, in pixels of the lane; null without one. */
  notch: number | null;
}

function Solid({ model, row, view, geometry, own, color, left, width, notch }: SolidProps) {
  const { intervals, skeleton, tree } = model;
  const place = tree.source[row] as number;
  const fill = place >= 0 ? fillOf(own, color) : `color-mix(in srgb, ${color} 30%, var(--bg))`;
  return (
    <span
      data-testid="bar"
      className={classes(
        "absolute top-1.5 h-4 overflow-hidden rounded-[2px]",
        skeleton.type[place] === "AGENT" && "border-t-2",
        intervals.isRunning[row] === 1 && "running-bar rounded-r-none",
        skeleton.level[place] === "ERROR" && "shadow-[inset_0_0_0_2px_var(--danger)]",
        geometry.isCutLeft && "rounded-l-none",
        geometry.isCutRight && "rounded-r-none",
      )}
      style={{
        left,
        width,
        background: windowed(fill, geometry, intervals.start[row] as number, intervals.end[row] as number, view),
        borderColor: color,
      }}
    >
      {notch !== null && <span className="absolute inset-y-0 w-0.5 bg-bg" style={{ left: notch - left }} />}
    </span>
  );
}

/** What lies below a label at the left of a bar: all full colour, all light, or both. */
type Ground = "full" | "light" | "mixed" | "outside";

function groundOf(own: readonly Stretch[], isTyped: boolean, share: number): Ground {
  if (!isTyped) return "light";
  const first = own[0];
  if (first === undefined || first.from >= share) return "light";
  return first.from === 0 && first.to >= share ? "full" : "mixed";
}

function fillOf(own: readonly Stretch[], color: string): string {
  const light = `color-mix(in srgb, ${color} 38%, var(--bg))`;
  if (own.length === 0) return light;
  const stops: string[] = [];
  for (const { from, to } of own)
    stops.push(
      `${light} ${percent(from)}`,
      `${color} ${percent(from)}`,
      `${color} ${percent(to)}`,
      `${light} ${percent(to)}`,
    );
  return `linear-gradient(90deg, ${light} 0, ${stops.join(", ")}, ${light} 100%)`;
}

const percent = (share: number): string => `${(share * 100).toFixed(3)}%`;

/** The fill belongs to the whole bar; of one that is cut at the edges only the part in view shows. */
function windowed(
  fill: string,
  { isCutLeft, isCutRight }: { isCutLeft: boolean; isCutRight: boolean },
  from: number,
  to: number,
  view: Span,
): string {
  if (!fill.startsWith("linear") || (!isCutLeft && !isCutRight)) return fill;
  const shown = Math.min(to, view.to) - Math.max(from, view.from);
  const size = ((to - from) / Math.max(1, shown)) * 100;
  const hidden = to - from - shown;
  const shift = hidden <= 0 ? 0 : (Math.max(0, view.from - from) / hidden) * 100;
  return `${fill} ${shift.toFixed(3)}% 0 / ${size.toFixed(3)}% 100%`;
}

const GROUNDS: Readonly<Record<Ground, string>> = {
  outside: "text-text-2",
  light: "text-text",
  full: "text-(--in-bar)",
  mixed: "rounded-[2px] bg-bg/85 px-0.5 text-text",
};

function Label({
  text,
  where,
  ground,
  left,
  width,
}: {
  text: string;
  where: LabelPlace;
  ground: Ground;
  left: number;
  width: number;
}) {
  const style =
    where === "left"
      ? { right: `calc(100% - ${left - 5}px)` }
      : { left: where === "inside" ? left + 5 : left + width + 5 };
  return (
    <span
      className={`tabular pointer-events-none absolute top-1.5 h-4 text-11 leading-4 whitespace-nowrap ${GROUNDS[ground]}`}
      style={style}
    >
      {text}
    </span>
  );
}

function notchOf({ skeleton, tree, intervals }: TraceModel, row: number, view: Span, laneWidth: number): number | null {
  const first = skeleton.timeToFirstTokenUs[tree.source[row] as number] ?? null;
  return first === null
    ? null
    : (((intervals.start[row] as number) + first - view.from) / (view.to - view.from)) * laneWidth;
}

/** Where the last of what a row began ended, after the row itself. */
function Outlived({ at, view, laneWidth }: { at: number; view: Span; laneWidth: number }) {
  const left = ((at - view.from) / (view.to - view.from)) * laneWidth;
  return (
    <span
      className="absolute top-1 h-5 border-l border-dashed border-line-strong"
      style={{ left: Math.min(left, laneWidth - 1) }}
      title="The last of its children ended here"
    />
  );
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
      return (
        piece && (
          <span
            key={from}
            className="absolute bottom-0.5 h-0.75 bg-accent"
            style={{ left: piece.left * laneWidth, width: Math.max(1, piece.width * laneWidth) }}
          />
        )
      );
    });
}
