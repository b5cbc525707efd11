// Runs before the first paint, so that the page never flashes in the other theme. Kept outside of the bundle because
// a module runs too late, and in a file of its own because the page's policy allows no inline script.
(function () {
  var chosen = "system";
  try {
    chosen = localStorage.getItem("panope.theme") || "system";
  } catch {
    // Storage may be blocked; the system's theme is as good.
  }
  var dark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
