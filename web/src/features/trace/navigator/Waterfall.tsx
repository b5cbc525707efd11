import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type PointerEvent, type ReactNode, useCallback, useEffect, useRef, useState } from "react";

import { formatCount } from "@/lib/formatters";
import { setPreferences, usePreferences } from "@/lib/preferences";
import { isWhole, momentAt, panView, zoomView, type Span } from "@/models/trace/axis";
import { placeOf } from "@/models/trace/visible";
import { deferred } from "@/ui/deferred";
import { SplitEdge } from "@/ui/SplitPane";
import { useWidth } from "@/ui/useSize";

import { Axis, AXIS_HEIGHT, MINIMAP_HEIGHT } from "./Axis";
import { moveOf, nextRow } from "./moves";
import { Row, ROW_HEIGHT } from "./Row";
import { Announcements, Toolbar } from "./Toolbar";
import type { Navigator } from "./useNavigator";
import { useTraceKeys } from "./useTraceKeys";

const Minimap = deferred(() => import("./Minimap").then((module) => module.Minimap));

export interface WaterfallProps {
  /** Changes to the other views. */
  switcher: ReactNode;
  navigator: Navigator;
  traceName: string;
  scope: "page" | "panel";
  onSelect: (observationId: string | null, how?: "push" | "replace") => void;
}

const MIN_LANE = 80;
const MIN_GUTTER = 0.2;
const MAX_GUTTER = 0.85;
const inGutter = (share: number): number => Math.min(MAX_GUTTER, Math.max(MIN_GUTTER, share));
const MINIMAP_FROM_ROWS = 200;

/** Tree and time in one: a row per observation, its name at the left, when it ran at the right. */
export function Waterfall({ switcher, navigator, traceName, scope, onSelect }: WaterfallProps) {
  const { model, visible, selected, idOf, collapsed, setCollapsed, whole, zoom, setZoom } = navigator;
  const { trace, theme } = usePreferences();
  const { ref: area, width } = useWidth<HTMLDivElement>();
  const grid = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const hasLane = trace.hasLane && width > 320;
  const gutter = hasLane ? Math.round(Math.min(Math.max(trace.gutter * width, 120), width - MIN_LANE)) : width;
  const laneWidth = Math.max(0, width - gutter);
  const view = zoom ?? whole;
  const virtualizer = useVirtualizer({
    count: visible.rows.length,
    getScrollElement: () => grid.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  });
  const at = placeOf(visible.rows, selected);
  useEffect(() => {
    if (visible.rows[at] === selected) virtualizer.scrollToIndex(at, { align: "auto" });
    // oxlint-disable-next-line react/exhaustive-deps -- only a new selection scrolls
  }, [selected, model]);

  const select = useCallback((row: number, how?: "push" | "replace") => onSelect(idOf(row), how), [idOf, onSelect]);
  const toggle = useCallback(
    (row: number) => {
      const next = new Set(collapsed);
      if (!next.delete(row)) next.add(row);
      setCollapsed(next);
    },
    [collapsed, setCollapsed],
  );
  const changeZoom = useCallback(
    (next: Span | null) => setZoom(next === null || isWhole(next, whole) ? null : next),
    [setZoom, whole],
  );
  const zoomBy = useCallback(
    (factor: number) => changeZoom(zoomView(view, whole, factor, momentAt(view, 0.5))),
    [changeZoom, view, whole],
  );
  const stepMatch = useCallback(
    (by: 1 | -1) => {
      const matches = new Set(navigator.matches);
      const row = nextRow(model.tree.count, selected, by, (one) => matches.has(one));
      if (row !== null) select(row, "replace");
    },
    [navigator.matches, model, selected, select],
  );
  useTraceKeys({ navigator, scope, select, changeZoom, zoomBy, focusSearch: () => search.current?.focus() });
  const { cursor, follow, leave } = useCursor(view, gutter, laneWidth, hasLane);
  useWheel(area, { gutter, laneWidth, view, whole, changeZoom });

  const keys = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.metaKey || event.ctrlKey || event.altKey || event.target !== event.currentTarget) return;
    const move = moveOf(event.key, event.shiftKey, navigator);
    if (move === null) return;
    event.preventDefault();
    event.stopPropagation();
    if ("select" in move) select(move.select, "replace");
    else setCollapsed(move.collapsed);
  };
  return (
    <div className="@container flex min-h-0 grow flex-col">
      <Toolbar
        switcher={switcher}
        navigator={navigator}
        searchRef={search}
        onStep={stepMatch}
        onZoomBy={zoomBy}
        onLeaveSearch={() => grid.current?.focus()}
      />
      <div
        ref={area}
        className="relative flex min-h-0 grow flex-col"
        style={{
          ["--gutter" as string]: `${gutter}px`,
          ["--indent" as string]: `${indentOf(gutter, visible.depths)}px`,
        }}
        onPointerMove={follow}
        onPointerLeave={leave}
      >
        {hasLane && (
          <LaneHead
            navigator={navigator}
            view={view}
            laneWidth={laneWidth}
            cursor={cursor}
            hasMinimap={zoom !== null || visible.rows.length > MINIMAP_FROM_ROWS}
            theme={theme}
            onZoom={changeZoom}
          />
        )}
        <div
          ref={grid}
          role="treegrid"
          aria-label="Observations"
          aria-rowcount={visible.rows.length}
          aria-activedescendant={visible.rows[at] === selected ? `${scope}-row-${selected}` : undefined}
          tabIndex={0}
          onKeyDown={keys}
          data-testid="waterfall"
          className="relative min-h-0 grow overflow-x-hidden overflow-y-auto outline-offset-[-2px]"
        >
          <div role="rowgroup" style={{ height: virtualizer.getTotalSize() }} className="relative">
            {virtualizer.getVirtualItems().map(({ index, start }) => (
              <Row
                key={visible.rows[index]}
                {...rowOf(navigator, index)}
                view={view}
                laneWidth={laneWidth}
                hasLane={hasLane}
                traceName={traceName}
                top={start}
                domId={`${scope}-row-${visible.rows[index]}`}
                onSelect={select}
                onToggle={toggle}
              />
            ))}
          </div>
        </div>
        {hasLane && (
          <SplitEdge
            label="Width of the names"
            share={gutter / Math.max(1, width)}
            min={MIN_GUTTER}
            max={MAX_GUTTER}
            area={area}
            className="absolute! inset-y-0 left-(--gutter) bg-transparent hover:bg-accent"
            onMove={(share) => area.current?.style.setProperty("--gutter", `${Math.round(inGutter(share) * width)}px`)}
            onChanged={(share) => setPreferences({ trace: { ...trace, gutter: inGutter(share) } })}
          />
        )}
      </div>
      <Announcements navigator={navigator} />
    </div>
  );
}

/** What one line of the list shows. */
function rowOf({ model, visible, selected, collapsed, hasPath, words }: Navigator, index: number) {
  const row = visible.rows[index] as number;
  return {
    model,
    row,
    hasPath,
    words,
    rowIndex: index + 1,
    depth: visible.depths[index] as number,
    childCount: visible.childCounts[index] as number,
    position: visible.positions[index] as number,
    siblings: visible.siblings[index] as number,
    isSelected: row === selected,
    isCollapsed: collapsed.has(row),
    isFaded: hasPath && model.path.isOn[row] === 0,
  };
}

const MOST_INDENT = 14;
const LEAST_INDENT = 4;
/** What a name needs beside its indent. */
const NAME_PX = 130;

/** Pixels per level: less in a narrow gutter with deep rows, so that names stay readable. */
function indentOf(gutter: number, depths: Int32Array): number {
  let deepest = 1;
  for (const depth of depths) deepest = Math.max(deepest, Math.min(depth, 12));
  return Math.min(MOST_INDENT, Math.max(LEAST_INDENT, Math.floor((gutter - NAME_PX) / deepest)));
}

interface LaneHeadProps {
  navigator: Navigator;
  view: Span;
  laneWidth: number;
  cursor: number | null;
  hasMinimap: boolean;
  theme: string;
  onZoom: (zoom: Span | null) => void;
}

/** Axis and minimap above the lanes; above the names, how many rows show. */
function LaneHead({
  navigator: { model, visible, whole, zoom },
  view,
  laneWidth,
  cursor,
  hasMinimap,
  theme,
  onZoom,
}: LaneHeadProps) {
  const isAll = visible.rows.length === model.tree.count;
  return (
    <>
      <div className="flex shrink-0 border-b border-line text-11 text-text-3" style={{ height: AXIS_HEIGHT }}>
        <span className="tabular flex w-(--gutter) shrink-0 items-center px-2">
          {isAll ? "" : `${formatCount(visible.rows.length - 1)} of ${formatCount(model.tree.count - 1)}`}
        </span>
        <Axis whole={whole} view={view} laneWidth={laneWidth} cursor={cursor} onZoom={onZoom} />
      </div>
      {hasMinimap && (
        <div className="flex shrink-0 border-b border-line bg-panel" style={{ height: MINIMAP_HEIGHT }}>
          <span className="flex w-(--gutter) shrink-0 items-center px-2 text-11 text-text-3">
            {zoom !== null && (
              <button type="button" className="text-accent hover:underline" onClick={() => onZoom(null)}>
                Show all of the time
              </button>
            )}
          </span>
          <Minimap model={model} whole={whole} view={view} width={laneWidth} theme={theme} onZoom={onZoom} />
        </div>
      )}
    </>
  );
}

/** The moment under the pointer, over the lanes. */
function useCursor(view: Span, gutter: number, laneWidth: number, hasLane: boolean) {
  const [cursor, setCursor] = useState<number | null>(null);
  const follow = (event: PointerEvent<HTMLDivElement>) => {
    if (!hasLane || event.pointerType !== "mouse") return;
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left - gutter;
    setCursor(x < 0 || x > laneWidth ? null : momentAt(view, x / laneWidth));
  };
  return { cursor, follow, leave: () => setCursor(null) };
}

interface Wheel {
  gutter: number;
  laneWidth: number;
  view: Span;
  whole: Span;
  changeZoom: (zoom: Span | null) => void;
}

/** ⌘ and the wheel zoom around the pointer; sideways it moves along the time. Once per frame. */
function useWheel(area: React.RefObject<HTMLDivElement | null>, wheel: Wheel): void {
  const latest = useRef(wheel);
  useEffect(() => {
    latest.current = wheel;
  });
  useEffect(() => {
    const element = area.current;
    if (element === null) return;
    const turn = (event: WheelEvent) => {
      const { gutter, laneWidth, view, whole, changeZoom } = latest.current;
      const x = event.clientX - element.getBoundingClientRect().left - gutter;
      if (x < 0 || laneWidth === 0) return;
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        changeZoom(zoomView(view, whole, Math.exp(event.deltaY * 0.004), momentAt(view, x / laneWidth)));
      } else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        event.preventDefault();
        changeZoom(panView(view, whole, (event.deltaX / laneWidth) * (view.to - view.from)));
      }
    };
    element.addEventListener("wheel", turn, { passive: false });
    return () => element.removeEventListener("wheel", turn);
  }, [area]);
}
