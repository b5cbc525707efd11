/** What the navigator shows of a model: collapsed rows, key steps, the filter, the part of the time that is in view. */
import { useCallback, useDeferredValue, useEffect, useMemo, useState } from "react";

import { searchTrace } from "@/api/traceSearch";
import { filterRows, termsOf } from "@/models/trace/filter";
import { isDefault, keySteps } from "@/models/trace/keySteps";
import type { TraceModel } from "@/models/trace/model";
import { rowsById, TRACE_ROW } from "@/models/trace/tree";
import { collapsedToCalls, placeOf, visibleRows, withAncestors, type VisibleRows } from "@/models/trace/visible";
import type { Span } from "@/models/trace/axis";

export interface Navigator {
  model: TraceModel;
  visible: VisibleRows;
  /** The selected row; the trace's own when nothing is selected or what is selected is not there. */
  selected: number;
  idOf: (row: number) => string | null;
  collapsed: ReadonlySet<number>;
  setCollapsed: (collapsed: ReadonlySet<number>) => void;
  collapseToCalls: () => void;
  /** Rows that key steps hide, whether or not they are in force. */
  hiddenCount: number;
  hasKeySteps: boolean;
  setKeySteps: (isOn: boolean) => void;
  hasPath: boolean;
  setPath: (isOn: boolean) => void;
  query: string;
  setQuery: (query: string) => void;
  matches: readonly number[];
  words: readonly string[];
  /** All of the trace, µs since the epoch. */
  whole: Span;
  /** The part in view; null: all of it. */
  zoom: Span | null;
  setZoom: (zoom: Span | null) => void;
}

export function useNavigator(
  model: TraceModel,
  observationId: string | null,
  projectId: string,
  traceId: string,
): Navigator {
  const { tree, skeleton, intervals } = model;
  const [collapsed, setCollapsed] = useState<ReadonlySet<number>>(() => new Set());
  const [chosenSteps, setKeySteps] = useState<boolean | null>(null);
  const [hasPath, setPath] = useState(false);
  const [query, setQuery] = useState("");
  const [zoom, setZoom] = useState<Span | null>(null);
  const sought = useDeferredValue(query);
  const inTexts = useTextHits(projectId, traceId, sought);
  const ids = useMemo(() => rowsById(tree, skeleton), [tree, skeleton]);
  const selected = (observationId === null ? TRACE_ROW : ids.get(observationId)) ?? TRACE_ROW;
  const { rows: matches, words } = useMemo(
    () => filterRows({ tree, skeleton, intervals }, sought, inTexts),
    [tree, skeleton, intervals, sought, inTexts],
  );
  const usualSteps = useMemo(() => {
    const kept = new Set(matches);
    return keySteps(tree, skeleton, intervals, (row) => kept.has(row));
  }, [tree, skeleton, intervals, matches]);
  const hasKeySteps = chosenSteps ?? isDefault(usualSteps);
  /** A selected row that would be hidden, and so makes the steps others. */
  const added = hasKeySteps && usualSteps.isKept[selected] === 0 ? selected : null;
  const steps = useMemo(() => {
    if (added === null) return usualSteps;
    const kept = new Set([...matches, added]);
    return keySteps(tree, skeleton, intervals, (row) => kept.has(row));
  }, [tree, skeleton, intervals, matches, usualSteps, added]);
  const isFiltered = sought.trim() !== "";
  const isKept = useMemo(
    () => (isFiltered ? withAncestors(tree, matches) : hasKeySteps ? steps.isKept : null),
    [isFiltered, tree, matches, hasKeySteps, steps],
  );
  // A filter shows its matches whatever is collapsed.
  const visible = useMemo(
    () => visibleRows(tree, { collapsed: isFiltered ? new Set() : collapsed, isKept }),
    [tree, collapsed, isFiltered, isKept],
  );
  useRevealed(model, selected, visible, collapsed, setCollapsed);
  const whole = useMemo(() => {
    const from = intervals.earliestStart[TRACE_ROW] as number;
    return { from, to: Math.max(intervals.effectiveEnd[TRACE_ROW] as number, from + 1) };
  }, [intervals]);
  const idOf = useCallback((row: number) => skeleton.id[tree.source[row] as number] ?? null, [skeleton, tree]);
  return {
    model,
    visible,
    selected,
    idOf,
    collapsed,
    setCollapsed,
    collapseToCalls: () =>
      setCollapsed(collapsedToCalls(tree, (row) => skeleton.type[tree.source[row] as number] === "GENERATION")),
    hiddenCount: steps.hiddenCount,
    hasKeySteps,
    setKeySteps,
    hasPath,
    setPath,
    query,
    setQuery,
    matches,
    words,
    whole,
    zoom,
    setZoom,
  };
}

const SETTLED_MS = 200;
const SHORTEST = 3;
const NONE: ReadonlySet<string> = new Set();

/** The observations whose inputs or outputs hold the plain words of a filter, as the server finds them. */
function useTextHits(projectId: string, traceId: string, query: string): ReadonlySet<string> {
  const [hits, setHits] = useState<ReadonlySet<string>>(NONE);
  const terms = termsOf(query).filter(({ field, isNegated }) => field === null && !isNegated);
  const words = terms.map(({ value }) => value).join(" ");
  useEffect(() => {
    setHits(NONE);
    if (words.length < SHORTEST) return;
    const stopping = new AbortController();
    const timer = setTimeout(() => {
      searchTrace(
        projectId,
        traceId,
        words,
        (ids) => setHits((before) => new Set([...before, ...ids])),
        stopping.signal,
      ).catch(() => {}); // what the page itself knows is filtered all the same
    }, SETTLED_MS);
    return () => {
      clearTimeout(timer);
      stopping.abort();
    };
  }, [projectId, traceId, words]);
  return hits;
}

/** Opens what hides the selected row, once, when it is selected. */
function useRevealed(
  { tree }: TraceModel,
  selected: number,
  visible: VisibleRows,
  collapsed: ReadonlySet<number>,
  setCollapsed: (next: ReadonlySet<number>) => void,
): void {
  const isShown = visible.rows[placeOf(visible.rows, selected)] === selected;
  useEffect(() => {
    if (isShown) return;
    const open = new Set(collapsed);
    for (let row = tree.parent[selected] as number; row >= 0; row = tree.parent[row] as number) open.delete(row);
    if (open.size < collapsed.size) setCollapsed(open);
    // oxlint-disable-next-line react/exhaustive-deps -- only a new selection opens rows, not collapsing them
  }, [selected, tree]);
}
