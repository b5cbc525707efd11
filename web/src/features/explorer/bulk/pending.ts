/** Deletions that can still be undone: their rows are gone from sight, and nothing was sent yet. */
import { useSyncExternalStore } from "react";

import { type Deletable, deleteRows } from "@/api/deletion";
import { beforeLeaving } from "@/lib/leaving";

const UNDO_MS = 8000;

interface Pending {
  level: Deletable;
  projectId: string;
  ids: readonly string[];
  timer: ReturnType<typeof setTimeout>;
  onDone: (error: unknown) => void | Promise<void>;
}

let pending: readonly Pending[] = [];
let hidden: ReadonlySet<string> = new Set();
const listeners = new Set<() => void>();

function set(next: readonly Pending[]): void {
  pending = next;
  hidden = new Set(next.flatMap(({ ids }) => ids));
  for (const tell of listeners) tell();
}

/** Hide rows at once and delete them in 8 seconds; the returned function brings them back. */
export function deleteSoon(
  level: Deletable,
  projectId: string,
  ids: readonly string[],
  onDone: Pending["onDone"],
): () => void {
  const timer = setTimeout(() => void carryOut(one, false), UNDO_MS);
  const one: Pending = { level, projectId, ids, timer, onDone };
  set([...pending, one]);
  return () => {
    clearTimeout(timer);
    set(pending.filter((other) => other !== one));
  };
}

async function carryOut(one: Pending, isLeaving: boolean): Promise<boolean> {
  clearTimeout(one.timer);
  let failure: unknown = null;
  try {
    await deleteRows(one.level, one.projectId, one.ids, isLeaving);
  } catch (error) {
    failure = error;
  }
  await one.onDone(failure);
  // What is gone stays hidden until the list is read anew; what could not be deleted is shown again.
  set(pending.filter((other) => other !== one));
  return failure === null;
}

/** Ids of rows that are about to be deleted. */
export function useHidden(): ReadonlySet<string> {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => hidden,
  );
}

// Whoever leaves does not undo any more.
const carryOutAll = async () => (await Promise.all(pending.map((one) => carryOut(one, true)))).every(Boolean);
window.addEventListener("pagehide", () => void carryOutAll());
beforeLeaving(carryOutAll);
