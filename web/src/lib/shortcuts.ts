/**
 * The one registry of keys: it runs them, and it is what hints and the key sheet are made of, so a hint cannot lie.
 *
 * Keys are written as `k`, `shift+x`, `mod+k` (⌘ or Ctrl), `Escape`, `?`, and `g t` for one after the other.
 * The innermost scope that knows a key takes it. While somebody types, only Escape and `mod+…` count; while a dialog
 * or a menu is open, only the keys of dialogs and `mod+…`.
 */

export const SCOPES = ["global", "page", "panel", "aside", "dialog"] as const;
export type Scope = (typeof SCOPES)[number];

export interface Shortcut {
  keys: string;
  label: string;
  run: (event: KeyboardEvent) => void;
}

export interface ListedShortcut extends Shortcut {
  scope: Scope;
}

interface Layer {
  scope: Scope;
  shortcuts: readonly Shortcut[];
}

const SEQUENCE_MS = 1000;

export class ShortcutRegistry {
  #layers: Layer[] = [];
  #pending = "";
  #pendingUntil = 0;
  /** Keys without ⌘ or Ctrl can be switched off: they get in the way of speech input. */
  singleKeys = true;

  /** Make keys known as long as the returned function is not called. */
  add(scope: Scope, shortcuts: readonly Shortcut[]): () => void {
    const layer = { scope, shortcuts };
    this.#layers.push(layer);
    return () => {
      this.#layers = this.#layers.filter((one) => one !== layer);
    };
  }

  /** What works right now, innermost scope first. A key that an inner scope took is not listed again. */
  list(): ListedShortcut[] {
    const seen = new Set<string>();
    const listed: ListedShortcut[] = [];
    for (const { scope, shortcuts } of this.#innermostFirst()) {
      for (const shortcut of shortcuts) {
        if (seen.has(shortcut.keys)) continue;
        seen.add(shortcut.keys);
        listed.push({ ...shortcut, scope });
      }
    }
    return listed;
  }

  /** Run what the key means; says whether it meant something. */
  handle(event: KeyboardEvent, nowMs: number = Date.now()): boolean {
    if (event.defaultPrevented || event.isComposing) return false;
    const key = keyOf(event);
    if (key === null) return false;
    const isFree = key === "Escape" || key.startsWith("mod+");
    if (!isFree && (isTyping(event.target) || !this.singleKeys)) return false;
    if (!key.startsWith("mod+") && isShielded()) return this.#run(this.#find(key, ["dialog"]), event);
    const chord = this.#pending !== "" && nowMs < this.#pendingUntil ? `${this.#pending} ${key}` : key;
    this.#pending = "";
    const found = this.#find(chord) ?? (chord === key ? undefined : this.#find(key));
    if (this.#run(found, event)) return true;
    if (this.#startsSequence(key)) {
      this.#pending = key;
      this.#pendingUntil = nowMs + SEQUENCE_MS;
      return true;
    }
    return false;
  }

  #run(shortcut: Shortcut | undefined, event: KeyboardEvent): boolean {
    if (shortcut === undefined) return false;
    event.preventDefault();
    shortcut.run(event);
    return true;
  }

  #innermostFirst(): Layer[] {
    return this.#layers
      .map((layer, at) => ({ layer, rank: SCOPES.indexOf(layer.scope) * 10_000 + at }))
      .toSorted((left, right) => right.rank - left.rank)
      .map(({ layer }) => layer);
  }

  #find(keys: string, scopes: readonly Scope[] = SCOPES): Shortcut | undefined {
    for (const { scope, shortcuts } of this.#innermostFirst()) {
      if (!scopes.includes(scope)) continue;
      const found = shortcuts.find((shortcut) => shortcut.keys === keys);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #startsSequence(key: string): boolean {
    return this.#layers.some(({ shortcuts }) => shortcuts.some(({ keys }) => keys.startsWith(`${key} `)));
  }
}

/** The app's registry. */
export const shortcuts = new ShortcutRegistry();

function keyOf(event: KeyboardEvent): string | null {
  if (["Shift", "Control", "Alt", "Meta", "Dead", "Unidentified"].includes(event.key) || event.altKey) return null;
  const isLetter = /^\p{L}$/u.test(event.key);
  const base = isLetter ? event.key.toLowerCase() : event.key;
  const shift = event.shiftKey && (isLetter || event.key.length > 1) ? "shift+" : "";
  return `${event.metaKey || event.ctrlKey ? "mod+" : ""}${shift}${base}`;
}

/** Whether something stands above the page that its keys must not reach through. */
function isShielded(): boolean {
  return document.querySelector("dialog[open], [role=menu]") !== null;
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button", "range"].includes(target.type);
}

const NAMES: Readonly<Record<string, string>> = {
  Escape: "Esc",
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  " ": "Space",
};

/** The keys as they are printed on a keyboard, one text per key cap: `["⌘", "K"]`, `["g", "t"]`. */
export function keyCaps(keys: string, isMac: boolean): string[] {
  return keys.split(/ (?=.)/).flatMap((chord) =>
    chord.split(/\+(?=.)/).map((part) => {
      if (part === "mod") return isMac ? "⌘" : "Ctrl";
      if (part === "shift") return isMac ? "⇧" : "Shift";
      return NAMES[part] ?? part;
    }),
  );
}
