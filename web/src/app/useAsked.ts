/** What "now" means on a page: it stands still until somebody asks anew, so that nothing moves by itself. */
import { useCallback, useState } from "react";

const REUSED_US = 60_000_000;
/** By what is looked at: when somebody asked last, so that Back finds the rows that were there. */
const askedAt = new Map<string, number>();

const clockUs = () => Date.now() * 1000;

function startOf(key: string): number {
  const before = askedAt.get(key);
  const now = clockUs();
  if (before !== undefined && now - before < REUSED_US) return before;
  askedAt.set(key, now);
  return now;
}

/** The moment in µs that counts as now for as long as `key` stays, and how to make it this moment. */
export function useAsked(key: string): [number, () => void] {
  const [seen, setSeen] = useState(() => ({ key, nowUs: startOf(key) }));
  const current = seen.key === key ? seen : { key, nowUs: startOf(key) };
  if (current !== seen) setSeen(current);
  const refresh = useCallback(() => {
    const nowUs = clockUs();
    askedAt.set(key, nowUs);
    setSeen({ key, nowUs });
  }, [key]);
  return [current.nowUs, refresh];
}
