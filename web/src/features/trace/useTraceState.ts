/** What of a trace is on screen, from the URL: the selected node, the view, the tab, the form of texts. */
import { useMemo } from "react";

import { useUrlState } from "@/app/url";
import { preferences, setPreferences, usePreferences } from "@/lib/preferences";
import { oneOf, type Search } from "@/lib/search";

export const VIEWS = ["waterfall", "transcript"] as const;
export type View = (typeof VIEWS)[number];
export const TABS = ["io", "attributes", "scores", "comments", "raw"] as const;
export type Tab = (typeof TABS)[number];
export const MODES = ["formatted", "json", "text"] as const;
export type Mode = (typeof MODES)[number];

/** Words of older links. */
const VIEW_WORDS: Readonly<Record<string, View>> = {
  waterfall: "waterfall",
  timeline: "waterfall",
  tree: "waterfall",
  transcript: "transcript",
  log: "transcript",
};
const TAB_WORDS: Readonly<Record<string, Tab>> = {
  io: "io",
  preview: "io",
  attributes: "attributes",
  scores: "scores",
  comments: "comments",
  raw: "raw",
};

export interface TraceState {
  /** Null: the trace itself. */
  observationId: string | null;
  view: View;
  tab: Tab;
  mode: Mode;
  /** Without a step of history for keys that move on row by row. */
  select: (observationId: string | null, how?: "push" | "replace") => void;
  show: (view: View) => void;
  open: (tab: Tab) => void;
  setMode: (mode: Mode) => void;
}

/** Links to a comment name the object that it is on. */
const commentedObservation = (search: Search): string | undefined =>
  oneOf(search, "commentObjectType") === "OBSERVATION" ? oneOf(search, "commentObjectId") : undefined;

export function useTraceState(): TraceState {
  const { search, push, replace } = useUrlState();
  const { trace } = usePreferences();
  const observation = oneOf(search, "observation") ?? commentedObservation(search);
  const tabWord = oneOf(search, "traceTab") ?? (oneOf(search, "comments") === "open" ? "comments" : "io");
  const view = VIEW_WORDS[oneOf(search, "view") ?? (tabWord === "log" ? "log" : "waterfall")] ?? "waterfall";
  const tab = TAB_WORDS[tabWord] ?? "io";
  const pref = oneOf(search, "pref");
  const mode = MODES.find((one) => one === pref) ?? trace.mode;
  const changes = useMemo<Pick<TraceState, "select" | "show" | "open" | "setMode">>(
    () => ({
      select: (id, how = "push") =>
        (how === "push" ? push : replace)({
          observation: id ?? undefined,
          commentObjectType: undefined,
          commentObjectId: undefined,
        }),
      show: (next) => push({ view: next === "waterfall" ? undefined : next }),
      open: (next) => push({ traceTab: next === "io" ? undefined : next, comments: undefined }),
      setMode: (next) => {
        setPreferences({ trace: { ...preferences().trace, mode: next } });
        replace({ pref: undefined });
      },
    }),
    [push, replace],
  );
  return useMemo(
    () => ({ observationId: observation ?? null, view, tab, mode, ...changes }),
    [observation, view, tab, mode, changes],
  );
}
