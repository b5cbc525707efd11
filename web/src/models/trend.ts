/** How a number has changed against the period before. */

export interface Trend {
  /** `null`: there was nothing before, so that no share of it can be told. */
  fraction: number | null;
  isUp: boolean;
}

/** null where both are the same, or where one of them is not known. */
export function trendOf(now: number | null, before: number | null): Trend | null {
  if (now === null || before === null || now === before) return null;
  return { fraction: before === 0 ? null : (now - before) / before, isUp: now > before };
}

/** The window of the same length just before; null without a start. */
export function periodBefore(
  fromUs: number | undefined,
  untilUs: number | undefined,
  nowUs: number,
): { fromUs: number; untilUs: number } | null {
  if (fromUs === undefined) return null;
  const length = (untilUs ?? nowUs) - fromUs;
  return length <= 0 ? null : { fromUs: fromUs - length, untilUs: fromUs };
}
