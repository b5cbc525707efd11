import { useEffect, useMemo, useRef } from "react";

import { useShortcuts } from "@/app/useShortcuts";
import type { Shortcut } from "@/lib/shortcuts";
import type { Span } from "@/models/trace/axis";

import { nextRow } from "./moves";
import type { Navigator } from "./useNavigator";

interface Keys {
  navigator: Navigator;
  scope: "page" | "panel";
  select: (row: number, how?: "push" | "replace") => void;
  changeZoom: (zoom: Span | null) => void;
  zoomBy: (factor: number) => void;
  focusSearch: () => void;
}

/** The keys of the waterfall, wherever on its page the focus is. */
export function useTraceKeys(keys: Keys): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  const list = useMemo<Shortcut[]>(() => {
    const now = () => latest.current;
    const error = (by: 1 | -1) => {
      const { navigator, select } = now();
      const { skeleton, tree } = navigator.model;
      const row = nextRow(
        tree.count,
        navigator.selected,
        by,
        (one) => skeleton.level[tree.source[one] as number] === "ERROR",
      );
      if (row !== null) select(row, "replace");
    };
    return [
      { keys: "c", label: "Critical path", run: () => now().navigator.setPath(!now().navigator.hasPath) },
      { keys: "h", label: "Key steps only", run: () => now().navigator.setKeySteps(!now().navigator.hasKeySteps) },
      { keys: "a", label: "Collapse to model calls", run: () => now().navigator.collapseToCalls() },
      { keys: "e", label: "Next error", run: () => error(1) },
      { keys: "shift+e", label: "Previous error", run: () => error(-1) },
      { keys: "+", label: "Zoom in", run: () => now().zoomBy(0.5) },
      { keys: "-", label: "Zoom out", run: () => now().zoomBy(2) },
      { keys: "0", label: "All of the time", run: () => now().changeZoom(null) },
      { keys: "z", label: "Zoom to the selected subtree", run: () => zoomToSubtree(now()) },
      { keys: "mod+f", label: "Filter in this trace", run: () => now().focusSearch() },
    ];
  }, []);
  useShortcuts(keys.scope, list);
}

function zoomToSubtree({ navigator: { model, selected, whole }, changeZoom }: Keys): void {
  const from = model.intervals.earliestStart[selected] as number;
  const to = model.intervals.effectiveEnd[selected] as number;
  const margin = Math.max(1, (to - from) * 0.02);
  changeZoom({ from: Math.max(whole.from, from - margin), to: Math.min(whole.to, to + margin) });
}
