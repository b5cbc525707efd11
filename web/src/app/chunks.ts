const KEY = "panope.reloaded";
const PAUSE_MS = 30_000;

/**
 * After an upgrade the server no longer has the chunks that an open tab asks for: load the page anew, once.
 *
 * A second miss within half a minute is another fault, which the error page shows instead of reloading for ever.
 */
export function reloadOnMissingChunk(): void {
  window.addEventListener("vite:preloadError", (event) => {
    let last = 0;
    try {
      last = Number(sessionStorage.getItem(KEY) ?? "0");
      sessionStorage.setItem(KEY, String(Date.now()));
    } catch {
      return; // without storage nobody could tell the second time from the first
    }
    if (Date.now() - last < PAUSE_MS) return;
    event.preventDefault();
    window.location.reload();
  });
}
