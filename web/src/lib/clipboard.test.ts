// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { writeClipboard } from "./clipboard";

const command = vi.fn<(name: string) => boolean>();
const provide = (clipboard: unknown) =>
  Object.defineProperty(navigator, "clipboard", { value: clipboard, configurable: true });

/** What is selected at the moment of the command, as the browser would copy it. */
function selected(): string {
  const area = document.activeElement;
  if (!(area instanceof HTMLTextAreaElement)) return "";
  return area.value.slice(area.selectionStart, area.selectionEnd);
}

beforeEach(() => {
  Object.assign(document, { execCommand: command });
});
afterEach(() => {
  command.mockReset();
  document.body.replaceChildren();
});

test("the browser's clipboard takes the text", async () => {
  const writeText = vi.fn<(text: string) => Promise<void>>(async () => undefined);
  provide({ writeText });
  expect(await writeClipboard("an id")).toBe(true);
  expect(writeText).toHaveBeenCalledWith("an id");
  expect(command).not.toHaveBeenCalled();
});

test.each([
  ["is not there", undefined],
  ["refuses", { writeText: () => Promise.reject(new Error("no")) }],
])("where it %s the text is copied by selecting it, and the focus stays where it was", async (_, clipboard) => {
  provide(clipboard);
  let copied = "";
  command.mockImplementation(() => {
    copied = selected();
    return true;
  });
  const button = document.body.appendChild(document.createElement("button"));
  button.focus();
  expect(await writeClipboard("line 1\nline 2")).toBe(true);
  expect(copied).toBe("line 1\nline 2");
  expect(document.activeElement).toBe(button);
  expect(document.querySelector("textarea")).toBeNull();
});

test("in a dialog the text is selected within the dialog", async () => {
  provide(undefined);
  const dialog = document.body.appendChild(document.createElement("dialog"));
  dialog.setAttribute("open", "");
  let isInside = false;
  command.mockImplementation(() => {
    isInside = dialog.contains(document.activeElement);
    return true;
  });
  expect(await writeClipboard("sk-1")).toBe(true);
  expect(isInside).toBe(true);
});

test("what could not be copied is said to be so", async () => {
  provide(undefined);
  command.mockReturnValue(false);
  expect(await writeClipboard("x")).toBe(false);
  command.mockImplementation(() => {
    throw new Error("no such command");
  });
  expect(await writeClipboard("x")).toBe(false);
  expect(document.querySelector("textarea")).toBeNull();
});
