/** How a number compares with that of the time before. */

/** By how much it grew, as a share; null where there was nothing to compare with. */
export function changeOf(now: number | null, before: number | null): number | null {
  if (now === null || before === null || before === 0) return null;
  return (now - before) / before;
}
