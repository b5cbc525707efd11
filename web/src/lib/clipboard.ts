/**
 * Put a text into the clipboard; says whether it is there.
 *
 * Over plain http browsers keep their clipboard API to themselves: the older command does it then.
 */
export async function writeClipboard(text: string): Promise<boolean> {
  const { clipboard } = navigator as { clipboard?: Clipboard };
  try {
    if (clipboard !== undefined) {
      await clipboard.writeText(text);
      return true;
    }
  } catch {
    // It was not allowed: the command may be.
  }
  return copyBySelection(text);
}

const LAYERS = "dialog[open], [role=dialog], [role=menu]";

function copyBySelection(text: string): boolean {
  const before = document.activeElement;
  // Where the focus is: nothing outside of an open dialog can be selected, and menus close when the focus leaves them.
  const host = before?.closest(LAYERS) ?? [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
  const area = document.createElement("textarea");
  area.value = text;
  area.readOnly = true;
  area.setAttribute("aria-hidden", "true");
  area.className = "sr-only";
  host.append(area);
  try {
    area.focus({ preventScroll: true });
    area.select();
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    area.remove();
    if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  }
}
