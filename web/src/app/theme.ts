import { preferences, setPreferences, type Theme } from "@/lib/preferences";

const dark = () => window.matchMedia("(prefers-color-scheme: dark)");

/** Show the chosen theme, and follow the system while that is the choice. `public/theme.js` did it for the first paint. */
export function applyTheme(): void {
  const show = () => {
    const { theme } = preferences();
    const isDark = theme === "dark" || (theme === "system" && dark().matches);
    document.documentElement.dataset["theme"] = isDark ? "dark" : "light";
  };
  show();
  dark().addEventListener("change", show);
  window.addEventListener("storage", show);
}

export function chooseTheme(theme: Theme): void {
  setPreferences({ theme });
  const isDark = theme === "dark" || (theme === "system" && dark().matches);
  document.documentElement.dataset["theme"] = isDark ? "dark" : "light";
}
