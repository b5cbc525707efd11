/** What is a matter of taste, kept in this browser: theme, columns. What is on screen is in the URL instead. */
import { useSyncExternalStore } from "react";

import type { Zone } from "./times";

export type Theme = "light" | "dark" | "system";
/** Lines that inputs and outputs get in a table. */
export type RowLines = 1 | 3 | 8;

export interface Preferences {
  theme: Theme;
  zone: Zone;
  singleKeys: boolean;
  sidebarCollapsed: boolean;
  facetsOpen: boolean;
  histogramOpen: boolean;
  rowLines: RowLines;
  /** Share of the window's width, 0.2 to 0.9. */
  peekShare: number;
  /** By table: what differs from its usual columns. */
  columns: Readonly<Record<string, ColumnPreferences>>;
  lastProject: string | null;
  trace: TracePreferences;
  /** What stands for a turn of a session. */
  turnText: "trace" | "first" | "last";
  dateRange: Readonly<Record<string, string>>;
  /** By project: what its home tells agents apart by. */
  agentDimension: Readonly<Record<string, string>>;
}

/** How traces are shown. Shares are of the width of what is divided. */
export interface TracePreferences {
  /** Of the navigator beside the inspector, on the page and in the peek. */
  split: number;
  peekSplit: number;
  /** Of the names beside the time lane. */
  gutter: number;
  hasLane: boolean;
  mode: "formatted" | "json" | "text";
  isPlain: boolean;
}

export interface ColumnPreferences {
  hidden: readonly string[];
  shown: readonly string[];
  order: readonly string[];
  widths: Readonly<Record<string, number>>;
  /** Of a saved view that was changed here. */
  rowLines?: RowLines;
}

const KEY = "panope.preferences";
const THEME_KEY = "panope.theme"; // of its own: public/theme.js reads it before anything else runs

const USUAL: Preferences = {
  theme: "system",
  zone: "browser",
  singleKeys: true,
  sidebarCollapsed: false,
  facetsOpen: true,
  histogramOpen: true,
  rowLines: 1,
  peekShare: 0.5,
  columns: {},
  lastProject: null,
  trace: { split: 0.46, peekSplit: 0.42, gutter: 0.42, hasLane: true, mode: "formatted", isPlain: false },
  turnText: "trace",
  dateRange: {},
  agentDimension: {},
};

let current: Preferences = read();
const listeners = new Set<() => void>();

function read(): Preferences {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    const theme = localStorage.getItem(THEME_KEY);
    const told: Partial<Preferences> = typeof stored === "object" && stored !== null ? stored : {};
    return {
      ...USUAL,
      ...told,
      trace: { ...USUAL.trace, ...told.trace },
      theme: theme === "light" || theme === "dark" ? theme : "system",
    };
  } catch {
    return USUAL;
  }
}

/** The zone that a link carries: it counts for this tab, and is never stored. */
let zoneOfLink: Zone | null = null;
let chosenZone: Zone = current.zone;

/** Show times in the zone that a link names, or in the person's own again. */
export function setZoneOfLink(zone: Zone | null): void {
  if (zone === zoneOfLink) return;
  zoneOfLink = zone;
  current = { ...current, zone: zoneOfLink ?? chosenZone };
  for (const tell of listeners) tell();
}

/** Change some, for all tabs of this browser. */
export function setPreferences(change: Partial<Preferences>): void {
  chosenZone = change.zone ?? chosenZone;
  current = { ...current, ...change, zone: change.zone ?? current.zone };
  try {
    const { theme, ...others } = { ...current, zone: chosenZone };
    localStorage.setItem(KEY, JSON.stringify(others));
    localStorage.setItem(THEME_KEY, theme);
  } catch {
    // Storage is blocked or full: the preference lasts as long as the page.
  }
  for (const tell of listeners) tell();
}

export function preferences(): Preferences {
  return current;
}

function subscribe(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, preferences);
}

if (typeof window !== "undefined") {
  window.addEventListener("storage", (event) => {
    if (event.key !== KEY && event.key !== THEME_KEY) return;
    const told = read();
    chosenZone = told.zone;
    current = { ...told, zone: zoneOfLink ?? chosenZone };
    for (const tell of listeners) tell();
  });
}
