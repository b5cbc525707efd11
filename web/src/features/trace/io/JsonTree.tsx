import { useVirtualizer } from "@tanstack/react-virtual";
import { ChevronDown, ChevronRight, ChevronUp, Copy, type LucideIcon, Search, UnfoldVertical } from "lucide-react";
import { type KeyboardEvent, memo, useDeferredValue, useEffect, useId, useMemo, useRef, useState } from "react";

import { formatCount } from "@/lib/formatters";
import { inSlices } from "@/lib/slices";
import { ancestorsOf, parentPointer, readablePath } from "@/models/json/pointer";
import { printJson, printScalar } from "@/models/json/print";
import {
  embeddedJson,
  initialExpansion,
  jsonRows,
  searchSteps,
  subtreePointers,
  type JsonRow,
} from "@/models/json/tree";
import { isArray, isContainer, type Json } from "@/models/json/value";
import { IconButton } from "@/ui/Button";
import { classes } from "@/ui/classes";

import { Base64Note, isBase64 } from "./Base64Note";

const ROW = 22;
const MAX_ROWS = 22;
const SHOWN_CHARACTERS = 400;

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
              <Line
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

interface LineProps {
  row: JsonRow;
  root: Json;
  id: string;
  top: number;
  isActive: boolean;
  isHit: boolean;
  onActive: (pointer: string) => void;
  onOpen: (pointer: string, isOpen: boolean) => void;
}

const Line = memo(function Line({ row, root, id, top, isActive, isHit, onActive, onOpen }: LineProps) {
  const { pointer, key, value, depth, childCount, isExpanded } = row;
  const Caret = isExpanded ? ChevronDown : ChevronRight;
  const copied = () => (typeof value === "string" ? value : printJson(value, 2));
  return (
    // Keys are the tree's: it keeps the focus.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
    <div
      role="treeitem"
      id={id}
      aria-level={depth + 1}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      aria-selected={isActive}
      {...(childCount > 0 ? { "aria-expanded": isExpanded } : {})}
      data-testid="json-row"
      data-pointer={pointer}
      onClick={() => {
        onActive(pointer);
        if (childCount > 0) onOpen(pointer, !isExpanded);
      }}
      className={classes(
        "group/line absolute flex min-w-full items-center gap-1 pr-16 whitespace-pre hover:bg-hover",
        isActive && "group-focus-within/tree:bg-selected",
        childCount > 0 && "cursor-pointer",
      )}
      style={{ height: ROW, transform: `translateY(${top}px)`, paddingLeft: 4 + depth * 14 }}
    >
      {childCount > 0 ? (
        <Caret className="size-3.5 shrink-0 text-text-3" strokeWidth={2} aria-hidden />
      ) : (
        <span className="w-3.5 shrink-0" />
      )}
      {key !== null && (
        <span className={classes("shrink-0", typeof key === "number" ? "text-text-3" : "text-text-2")}>
          {typeof key === "number" ? key : keyText(key)}:
        </span>
      )}
      <span className={classes("min-w-0", isHit && "rounded-[2px] bg-chip-warn")}>
        <Value row={row} />
      </span>
      <span className="sticky right-1 ml-auto hidden gap-0.5 bg-bg group-hover/line:flex">
        <SmallCopy label="Copy the value" text={copied} />
        {pointer !== "" && <SmallCopy label="Copy the path" text={() => readablePath(root, pointer)} isPath />}
      </span>
    </div>
  );
});

const keyText = (key: string): string => (/^[\w$.-]+$/u.test(key) ? key : JSON.stringify(key));

function SmallCopy({ label, text, isPath = false }: { label: string; text: () => string; isPath?: boolean }) {
  return (
    <button
      type="button"
      tabIndex={-1}
      aria-label={label}
      title={label}
      onClick={(event) => {
        event.stopPropagation();
        void navigator.clipboard.writeText(text());
      }}
      className="flex h-5 items-center rounded-sm px-1 font-sans text-11 text-text-3 hover:bg-line hover:text-text"
    >
      {isPath ? "path" : <Copy className="size-3" strokeWidth={1.75} aria-hidden />}
    </button>
  );
}

function Value({ row }: { row: JsonRow }) {
  const { value, childCount, isExpanded, isEmbedded } = row;
  if (isContainer(value)) {
    return (
      <span className="text-text-3">
        {brackets(isArray(value), childCount > 0 && !isExpanded)} {childCount > 0 && <Items of={childCount} />}
      </span>
    );
  }
  if (typeof value === "string")
    return isEmbedded ? (
      <Embedded value={value} childCount={childCount} />
    ) : isBase64(value) ? (
      <Base64Note value={value} />
    ) : (
      <StringValue text={value} />
    );
  if (value === null) return <span className="text-text-3 italic">null</span>;
  return (
    <span
      className={typeof value === "boolean" ? "text-(--type-agent)" : "tabular text-(--type-tool)"}
      data-value={printScalar(value)}
    >
      {printScalar(value)}
    </span>
  );
}

const brackets = (isList: boolean, isClosed: boolean): string =>
  isList ? (isClosed ? "[…]" : "[]") : isClosed ? "{…}" : "{}";

function Embedded({ value, childCount }: { value: string; childCount: number }) {
  return (
    <span className="text-text-3">
      "{brackets(isArray(embeddedJson(value)), true)}" JSON in text {childCount > 0 && <Items of={childCount} />}
    </span>
  );
}

const Items = ({ of }: { of: number }) => <span className="text-11">{formatCount(of)}</span>;

/** Decoded, on one line; a long one is cut, and copied whole. */
function StringValue({ text }: { text: string }) {
  const shown = text.slice(0, SHOWN_CHARACTERS);
  return (
    <span
      className="text-(--type-retriever)"
      dir="auto"
      title={text.length > SHOWN_CHARACTERS ? `${formatCount(text.length)} characters` : undefined}
    >
      "{shown.replaceAll("\n", "⏎")}
      {text.length > SHOWN_CHARACTERS ? "…" : ""}"
    </span>
  );
}
