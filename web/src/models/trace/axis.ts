/** The time axis: which part of the trace the lane shows, where a moment is in it, and where the ticks are. */

/** µs from the start of the trace. */
export interface Span {
  from: number;
  to: number;
}

/** The narrowest view, µs. */
export const MIN_SPAN_US = 10;
const STEPS = [1, 2, 5] as const;

/** A view inside `whole`: as wide as asked, if that fits, and moved inside. */
export function clampView(view: Span, whole: Span): Span {
  const most = Math.max(whole.to - whole.from, MIN_SPAN_US);
  const width = Math.min(Math.max(view.to - view.from, MIN_SPAN_US), most);
  const centred = view.to - view.from < width ? (view.from + view.to - width) / 2 : view.from;
  const from = Math.min(Math.max(centred, whole.from), whole.from + most - width);
  return { from, to: from + width };
}

/** Makes the view `factor` times as wide around a moment, which stays where it is on screen. */
export function zoomView(view: Span, whole: Span, factor: number, around: number): Span {
  const width = Math.min(
    Math.max((view.to - view.from) * factor, MIN_SPAN_US),
    Math.max(whole.to - whole.from, MIN_SPAN_US),
  );
  const share = (around - view.from) / (view.to - view.from);
  const from = around - share * width;
  return clampView({ from, to: from + width }, whole);
}

export const panView = (view: Span, whole: Span, by: number): Span =>
  clampView({ from: view.from + by, to: view.to + by }, whole);

export const isWhole = (view: Span, whole: Span): boolean => view.from <= whole.from && view.to >= whole.to;

/** Share of the lane's width at which a moment is; outside 0 to 1 when it is not in view. */
export const shareOf = (view: Span, moment: number): number => (moment - view.from) / (view.to - view.from);

export const momentAt = (view: Span, share: number): number => view.from + share * (view.to - view.from);

/** Round moments in view, at most `most` of them, a step of 1, 2 or 5 times a power of ten apart. */
export function ticksOf(view: Span, most: number): number[] {
  const step = stepOf((view.to - view.from) / Math.max(1, most));
  const ticks: number[] = [];
  for (let index = Math.ceil(view.from / step); index * step <= view.to && ticks.length < most; index += 1)
    ticks.push(index * step);
  return ticks;
}

const MINUTE = 60e6;
/** Above 50 s steps follow the clock, not the powers of ten. */
const LONG_STEPS = [1, 2, 5, 10, 20, 30, 60, 120, 180, 360, 720, 1440].map((minutes) => minutes * MINUTE);

/** The least round step that is at least this long, and at least a microsecond. */
export function stepOf(atLeast: number): number {
  const long = atLeast > 50e6 ? LONG_STEPS.find((step) => step >= atLeast) : undefined;
  if (long !== undefined) return long;
  for (let power = atLeast > 50e6 ? 1440 * MINUTE : 1; ; power *= 10)
    for (const step of STEPS) if (step * power >= atLeast) return step * power;
}

/** A tick's label in the unit that suits the step: `1.5 s`, `200 ms`, `15 µs`, `3 min`, `2 h`, `4 d`. */
export function tickLabel(moment: number, step: number): string {
  const [unit, name] =
    step >= 1440 * MINUTE
      ? [1440 * MINUTE, "d"]
      : step >= 60 * MINUTE
        ? [60 * MINUTE, "h"]
        : step >= MINUTE
          ? [MINUTE, "min"]
          : step >= 100e3
            ? [1e6, "s"]
            : step >= 100
              ? [1e3, "ms"]
              : [1, "µs"];
  const digits = Math.max(0, Math.ceil(-Math.log10(step / unit) - 1e-9));
  return `${moment === 0 ? "0" : (moment / unit).toFixed(digits)} ${name}`;
}

export interface BarGeometry {
  /** Shares of the lane's width, within 0 and 1. */
  left: number;
  width: number;
  /** The bar goes on outside the view. */
  isCutLeft: boolean;
  isCutRight: boolean;
}

/** The part of an interval in view, null when nothing of it is. */
export function barOf(view: Span, from: number, to: number): BarGeometry | null {
  if (to < view.from || from > view.to) return null;
  const left = Math.max(0, shareOf(view, from));
  return { left, width: Math.min(1, shareOf(view, to)) - left, isCutLeft: from < view.from, isCutRight: to > view.to };
}

export type LabelPlace = "inside" | "right" | "left";

/** Where a bar's label goes: inside if it fits, else to its right, else to its left. All in pixels. */
export function labelPlace(left: number, width: number, label: number, lane: number): LabelPlace {
  if (label + 8 <= width) return "inside";
  return left + width + label + 6 <= lane || left < label + 6 ? "right" : "left";
}
