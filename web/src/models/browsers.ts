/** Browsers by the names that people know, from what they call themselves; the most telling word comes first. */
const BROWSERS: readonly (readonly [string, RegExp])[] = [
  ["Edge", /\bEdg(?:e|A|iOS)?\//],
  ["Opera", /\bOPR\//],
  ["Firefox", /\b(?:Firefox|FxiOS)\//],
  ["Chromium", /\bHeadlessChrome\//],
  ["Chrome", /\b(?:Chrome|CriOS)\//],
  ["Safari", /\bSafari\//],
];
const SYSTEMS: readonly (readonly [string, RegExp])[] = [
  ["Android", /Android/],
  ["iOS", /iPhone|iPad/],
  ["Windows", /Windows/],
  ["macOS", /Macintosh/],
  ["Linux", /Linux/],
];

/** "Firefox on Linux"; the words themselves where nothing is known; never nothing. */
export function browserName(userAgent: string): string {
  const find = (table: typeof BROWSERS) => table.find(([, words]) => words.test(userAgent))?.[0];
  const browser = find(BROWSERS);
  const system = find(SYSTEMS);
  if (browser === undefined) return userAgent.trim() === "" ? "Unknown browser" : userAgent;
  return system === undefined ? browser : `${browser} on ${system}`;
}
