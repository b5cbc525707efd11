import { useVirtualizer } from "@tanstack/react-virtual";
import { ChevronDown, ChevronUp, type LucideIcon, Search, UnfoldVertical } from "lucide-react";
import { type KeyboardEvent, useDeferredValue, useEffect, useId, useMemo, useRef, useState } from "react";

import { formatCount } from "@/lib/formatters";
import { inSlices } from "@/lib/slices";
import { ancestorsOf, parentPointer } from "@/models/json/pointer";
import { initialExpansion, jsonRows, searchSteps, subtreePointers, type JsonRow } from "@/models/json/tree";
import { type Json } from "@/models/json/value";
import { IconButton } from "@/ui/Button";

import { JsonLine, ROW } from "./JsonLine";

const MAX_ROWS = 22;

export interface JsonTreeProps {
  value: Json;
  label: string;
  /** Lines that show before it scrolls; undefined: it fills its parent. */
  maxRows?: number | undefined;
}

/** A JSON value as a tree of lines, of which only those in sight exist. Keys: arrows, Home, End, `*` opens all below. */
export function JsonTree({ value, label, maxRows = MAX_ROWS }: JsonTreeProps) {
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(() => initialExpansion(value));
  const [active, setActive] = useState("");
  const [query, setQuery] = useState("");
  const treeId = useId();
  const scroll = useRef<HTMLDivElement>(null);
  const sought = useDeferredValue(query);
  const rows = useMemo(() => jsonRows(value, expanded), [value, expanded]);
  const hits = useHits(value, sought);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW,
    overscan: 10,
  });
  const at = Math.max(
    0,
    rows.findIndex(({ pointer }) => pointer === active),
  );

  const go = (pointer: string) => {
    setActive(pointer);
    const place = rows.findIndex((row) => row.pointer === pointer);
    if (place >= 0) virtualizer.scrollToIndex(place, { align: "auto" });
  };
  const open = (pointer: string, isOpen: boolean) => {
    const next = new Set(expanded);
    if (isOpen) next.add(pointer);
    else next.delete(pointer);
    setExpanded(next);
  };
  const toHit = (by: 1 | -1) => {
    if (hits.length === 0) return;
    const now = hits.indexOf(active);
    const hit = hits[(now + by + hits.length) % hits.length] as string;
    const next = new Set([...expanded, ...ancestorsOf(hit)]);
    setExpanded(next);
    setActive(hit);
    const place = jsonRows(value, next).findIndex(({ pointer }) => pointer === hit);
    requestAnimationFrame(() => virtualizer.scrollToIndex(place, { align: "center" }));
  };
  const expandAll = (pointer: string) => {
    const row = rows.find((one) => one.pointer === pointer);
    if (row !== undefined) setExpanded(new Set([...expanded, ...subtreePointers(row.value, pointer)]));
  };
  const keys = (event: KeyboardEvent<HTMLDivElement>) => {
    const row = rows[at];
    if (row === undefined || event.target !== event.currentTarget || event.metaKey || event.ctrlKey) return;
    const step = stepOf(event.key, rows, at);
    if (step !== null) go(step);
    else if (event.key === "ArrowRight" && row.childCount > 0 && !row.isExpanded) open(row.pointer, true);
    else if (event.key === "ArrowLeft" && row.isExpanded) open(row.pointer, false);
    else if (event.key === "*") expandAll(row.pointer);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const height = Math.min(rows.length, maxRows) * ROW + 8;
  return (
    <div className="group/tree relative">
      <Tools
        label={label}
        query={query}
        onQuery={setQuery}
        count={sought === "" ? null : hits.length}
        at={hits.indexOf(active)}
        onStep={toHit}
        onExpandAll={() => expandAll("")}
      />
      <div
        ref={scroll}
        role="tree"
        aria-label={label}
        tabIndex={0}
        onKeyDown={keys}
        aria-activedescendant={`${treeId}-${at}`}
        style={{ height }}
        className="overflow-auto py-1 font-mono text-12 outline-offset-[-2px]"
      >
        <div role="presentation" style={{ height: virtualizer.getTotalSize() }} className="relative min-w-max">
          {virtualizer.getVirtualItems().map(({ index, start }) => {
            const row = rows[index] as JsonRow;
            return (
              <JsonLine
                key={row.pointer}
                row={row}
                root={value}
                id={`${treeId}-${index}`}
                top={start}
                isActive={row.pointer === active}
                isHit={sought !== "" && hits.includes(row.pointer)}
                onActive={setActive}
                onOpen={open}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

interface ToolsProps {
  label: string;
  query: string;
  onQuery: (query: string) => void;
  /** Of hits; null while nothing is sought. */
  count: number | null;
  /** The hit that is active, from 0; −1: none. */
  at: number;
  onStep: (by: 1 | -1) => void;
  onExpandAll: () => void;
}

const ICON = "size-3.5";

/** Search and "expand all", shown while the pointer or the focus is on the tree. */
function Tools({ label, query, onQuery, count, at, onStep, onExpandAll }: ToolsProps) {
  const [isSearching, setSearching] = useState(false);
  const keys = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Enter") onStep(event.shiftKey ? -1 : 1);
    if (event.key !== "Escape") return;
    event.stopPropagation();
    onQuery("");
    setSearching(false);
  };
  const button = (name: string, Icon: LucideIcon, run: () => void) => (
    <IconButton size="small" label={name} icon={<Icon className={ICON} strokeWidth={1.75} />} onClick={run} />
  );
  return (
    <div className="absolute top-0.5 right-1 z-1 flex items-center gap-0.5 rounded-sm bg-bg/90 opacity-0 group-focus-within/tree:opacity-100 group-hover/tree:opacity-100">
      {isSearching ? (
        <input
          value={query}
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- it appears because one asked for it
          autoFocus
          aria-label={`Search in ${label}`}
          placeholder="Search"
          onChange={(event) => onQuery(event.target.value)}
          onKeyDown={keys}
          className="h-6 w-36 rounded-sm border border-line bg-bg px-1.5 text-12"
        />
      ) : (
        button("Search", Search, () => setSearching(true))
      )}
      {count !== null && (
        <>
          <span className="tabular px-1 text-11 text-text-3" aria-live="polite">
            {at >= 0 ? `${formatCount(at + 1)} of ` : ""}
            {formatCount(count)}
          </span>
          {button("Previous", ChevronUp, () => onStep(-1))}
          {button("Next", ChevronDown, () => onStep(1))}
        </>
      )}
      {button("Expand all", UnfoldVertical, onExpandAll)}
    </div>
  );
}

const NO_HITS: readonly string[] = [];

/** What a search finds, worked out while the page goes on. */
function useHits(value: Json, sought: string): readonly string[] {
  const [hits, setHits] = useState(NO_HITS);
  useEffect(() => {
    const stopping = new AbortController();
    inSlices(searchSteps(value, sought), stopping.signal).then(setHits, () => setHits(NO_HITS));
    return () => stopping.abort();
  }, [value, sought]);
  return hits;
}

/** Where a key leads among the lines; null when it leads nowhere. */
function stepOf(key: string, rows: readonly JsonRow[], at: number): string | null {
  const row = rows[at] as JsonRow;
  const place = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    Home: 0,
    End: rows.length - 1,
    PageDown: at + 15,
    PageUp: at - 15,
  }[key];
  if (place !== undefined) return rows[Math.min(rows.length - 1, Math.max(0, place))]?.pointer ?? null;
  if (key === "ArrowRight" && row.isExpanded) return rows[at + 1]?.pointer ?? null;
  return key === "ArrowLeft" && !row.isExpanded && row.pointer !== "" ? parentPointer(row.pointer) : null;
}
