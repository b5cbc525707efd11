/** Steps of a chart's time: which one a moment lies in, which moments belong to one, and which is not over yet. */

export interface Span {
  fromUs: number;
  untilUs: number;
}

/** The step that a moment lies in; the nearest one for a moment outside. */
export function stepAt(steps: readonly number[], us: number): number {
  let low = 0;
  let high = Math.max(0, steps.length - 2);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((steps[middle] ?? 0) <= us) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The moments of some steps, from the first to the last of them, as far as they were asked for. */
export function spanOf(steps: readonly number[], first: number, last: number, asked: Span): Span {
  return {
    fromUs: Math.max(asked.fromUs, steps[first] ?? asked.fromUs),
    untilUs: Math.min(asked.untilUs, steps[last + 1] ?? asked.untilUs),
  };
}

/** The step that goes on after now; null when all are over. */
export function unfinishedStep(steps: readonly number[], nowUs: number): number | null {
  const last = steps.length - 2;
  return last >= 0 && (steps[last] ?? 0) <= nowUs && nowUs < (steps[last + 1] ?? 0) ? last : null;
}
