/** Short notices at the bottom right: they go after five seconds, unless they tell of a failure. */
import { X } from "lucide-react";
import { useSyncExternalStore } from "react";

import { classes } from "./classes";

type Tone = "plain" | "error";
interface Notice {
  id: number;
  text: string;
  tone: Tone;
  action: ToastAction | null;
}

/** What can be done about it, for as long as the notice stands. */
export interface ToastAction {
  label: string;
  run: () => void;
  ms: number;
}

const SHOWN_MS = 5000;

let notices: readonly Notice[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function set(next: readonly Notice[]): void {
  notices = next;
  for (const tell of listeners) tell();
}

const dismiss = (id: number) => set(notices.filter((notice) => notice.id !== id));

/** Say something short. */
export function toast(text: string, tone: Tone = "plain", action: ToastAction | null = null): void {
  lastId += 1;
  const id = lastId;
  set([...notices.slice(-2), { id, text, tone, action }]);
  if (tone === "plain") setTimeout(() => dismiss(id), action?.ms ?? SHOWN_MS);
}

function subscribe(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => notices);
  return (
    <div
      role="status"
      aria-live="polite"
      className="pointer-events-none fixed right-3 bottom-3 z-toast flex flex-col items-end gap-2"
    >
      {shown.map(({ id, text, tone, action }) => (
        <div
          key={id}
          data-testid="toast"
          className={classes(
            "pointer-events-auto flex items-center gap-2 rounded-md border border-line bg-bg py-1.5 pr-1.5 pl-3 shadow-popover",
            tone === "error" && "text-danger",
          )}
        >
          {text}
          {action !== null && (
            <button
              type="button"
              className="h-6 rounded-sm px-2 font-medium text-accent hover:bg-hover"
              onClick={() => {
                action.run();
                dismiss(id);
              }}
            >
              {action.label}
            </button>
          )}
          <button
            type="button"
            aria-label="Dismiss"
            className="inline-flex size-6 items-center justify-center rounded-sm text-text-3 hover:bg-hover"
            onClick={() => dismiss(id)}
          >
            <X className="size-3.5" strokeWidth={1.75} />
          </button>
        </div>
      ))}
    </div>
  );
}
