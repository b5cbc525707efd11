// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest";

import { keyCaps, ShortcutRegistry } from "./shortcuts";

let registry: ShortcutRegistry;
beforeEach(() => {
  registry = new ShortcutRegistry();
});

function press(key: string, options: KeyboardEventInit & { on?: HTMLElement } = {}): KeyboardEvent {
  const { on = document.body, ...rest } = options;
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...rest });
  on.dispatchEvent(event);
  return event;
}

const one = (keys: string) => ({ keys, label: keys, run: vi.fn() });

test("a key runs what it means, until it is forgotten", () => {
  const search = one("/");
  const forget = registry.add("page", [search]);
  expect(registry.handle(press("/"))).toBe(true);
  expect(search.run).toHaveBeenCalledOnce();
  forget();
  expect(registry.handle(press("/"))).toBe(false);
});

test("the innermost scope takes the key, and alone is listed", () => {
  const [outer, inner, other] = [one("Escape"), one("Escape"), one("j")];
  registry.add("dialog", [inner]);
  registry.add("global", [outer, other]);
  registry.handle(press("Escape"));
  expect([inner.run.mock.calls.length, outer.run.mock.calls.length]).toEqual([1, 0]);
  expect(registry.list().map(({ keys, scope }) => `${scope} ${keys}`)).toEqual(["dialog Escape", "global j"]);
});

test("of two in one scope the later one counts", () => {
  const [first, second] = [one("j"), one("j")];
  registry.add("page", [first]);
  registry.add("page", [second]);
  registry.handle(press("j"));
  expect([first.run.mock.calls.length, second.run.mock.calls.length]).toEqual([0, 1]);
});

test("two keys in a row, not too slowly", () => {
  const [traces, single] = [one("g t"), one("t")];
  registry.add("global", [traces, single]);
  expect(registry.handle(press("g"), 0)).toBe(true);
  registry.handle(press("t"), 900);
  expect([traces.run.mock.calls.length, single.run.mock.calls.length]).toEqual([1, 0]);
  registry.handle(press("g"), 2000);
  registry.handle(press("t"), 3001);
  expect(single.run).toHaveBeenCalledOnce();
  registry.handle(press("g"), 5000);
  registry.handle(press("x"), 5001);
  expect(traces.run).toHaveBeenCalledOnce();
});

test("while somebody types only Escape and ⌘ count", () => {
  const shortcuts = [one("j"), one("Escape"), one("mod+k")] as const;
  registry.add("page", shortcuts);
  const input = document.body.appendChild(document.createElement("input"));
  const box = document.body.appendChild(Object.assign(document.createElement("input"), { type: "checkbox" }));
  registry.handle(press("j", { on: input }));
  expect(shortcuts[0].run).not.toHaveBeenCalled();
  registry.handle(press("Escape", { on: input }));
  registry.handle(press("k", { on: input, ctrlKey: true }));
  expect(shortcuts.map(({ run }) => run.mock.calls.length)).toEqual([0, 1, 1]);
  registry.handle(press("j", { on: box }));
  expect(shortcuts[0].run).toHaveBeenCalledOnce();
});

test("keys without ⌘ can be switched off", () => {
  const shortcuts = [one("j"), one("mod+k")] as const;
  registry.add("page", shortcuts);
  registry.singleKeys = false;
  registry.handle(press("j"));
  registry.handle(press("k", { metaKey: true }));
  expect(shortcuts.map(({ run }) => run.mock.calls.length)).toEqual([0, 1]);
});

test("capitals and shift are one, signs are what they are", () => {
  const shortcuts = [one("shift+x"), one("?"), one("shift+Enter")] as const;
  registry.add("page", shortcuts);
  registry.handle(press("X", { shiftKey: true }));
  registry.handle(press("?", { shiftKey: true }));
  registry.handle(press("Enter", { shiftKey: true }));
  expect(shortcuts.map(({ run }) => run.mock.calls.length)).toEqual([1, 1, 1]);
});

test("what others took, composing, and keys that are no letters are left alone", () => {
  const j = one("j");
  registry.add("page", [j]);
  const taken = new KeyboardEvent("keydown", { key: "j", cancelable: true });
  taken.preventDefault();
  expect(registry.handle(taken)).toBe(false);
  expect(registry.handle(press("j", { isComposing: true }))).toBe(false);
  expect(registry.handle(press("j", { altKey: true }))).toBe(false);
  expect(registry.handle(press("Shift"))).toBe(false);
  expect(j.run).not.toHaveBeenCalled();
});

test.each([
  ["dialog", Object.assign(document.createElement("dialog"), { open: true })],
  ["menu", Object.assign(document.createElement("div"), { role: "menu" })],
])("while a %s is open only its own keys and ⌘ count", (_, layer) => {
  const [page, close, palette, sequence] = [one("j"), one("Escape"), one("mod+k"), one("g t")];
  const panel = one("Escape");
  registry.add("page", [page, sequence]);
  registry.add("panel", [panel]);
  registry.add("global", [palette]);
  document.body.append(layer);
  registry.handle(press("j"));
  registry.handle(press("Escape"));
  expect([page.run.mock.calls.length, panel.run.mock.calls.length]).toEqual([0, 0]);
  registry.add("dialog", [close]);
  for (const key of ["g", "t", "Escape"]) registry.handle(press(key));
  registry.handle(press("k", { ctrlKey: true }));
  expect([sequence, close, palette].map(({ run }) => run.mock.calls.length)).toEqual([0, 1, 1]);
  layer.remove();
  registry.handle(press("j"));
  expect(page.run).toHaveBeenCalledOnce();
});

test("caps", () => {
  expect(keyCaps("mod+k", true)).toEqual(["⌘", "k"]);
  expect(keyCaps("mod+shift+d", false)).toEqual(["Ctrl", "Shift", "d"]);
  expect(keyCaps("g t", true)).toEqual(["g", "t"]);
  expect(keyCaps("Escape", true)).toEqual(["Esc"]);
});
