/** The moment that the pointer is at: every chart of the page shows it. */
import { useSyncExternalStore } from "react";

let pointedUs: number | null = null;
const listeners = new Set<() => void>();

export function pointAt(us: number | null): void {
  if (us === pointedUs) return;
  pointedUs = us;
  for (const tell of listeners) tell();
}

function subscribe(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

export function usePointedMoment(): number | null {
  return useSyncExternalStore(subscribe, () => pointedUs);
}
