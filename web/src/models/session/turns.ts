/** The traces of a session as turns of one conversation. */

export interface TurnTimes {
  timestampUs: number;
  latencyUs: number | null;
}

/** A pause between turns that is worth saying. */
export const IDLE_US = 5 * 60_000_000;

/** How long nothing happened before each turn, µs; null where it was no pause. Turns that overlap have none. */
export function pauses(turns: readonly TurnTimes[]): (number | null)[] {
  let reachedUs = Number.POSITIVE_INFINITY;
  return turns.map(({ timestampUs, latencyUs }) => {
    const idle = timestampUs - reachedUs;
    const end = timestampUs + (latencyUs ?? 0);
    reachedUs = Number.isFinite(reachedUs) ? Math.max(reachedUs, end) : end;
    return idle > IDLE_US ? idle : null;
  });
}

/** The next turn with an error after a place, round the end; −1 when there is none. */
export function nextError(turns: readonly { errorCount: number }[], from: number): number {
  for (let step = 1; step <= turns.length; step += 1) {
    const at = (Math.max(from, -1) + step) % turns.length;
    if ((turns[at]?.errorCount ?? 0) > 0) return at;
  }
  return -1;
}
