import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp } from "lucide-react";
import {
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
  type ReactNode,
  useEffect,
  useRef,
  useState,
} from "react";

import { setPreferences, usePreferences } from "@/lib/preferences";
import { type ColumnTaste, NO_TASTE, resized, visible } from "@/models/columns";
import { classes } from "@/ui/classes";

import type { CellContext, Column } from "./levels";
import type { Sort } from "./view";

export const ROW_HEIGHTS: Readonly<Record<number, number>> = { 1: 28, 3: 64, 8: 150 };
const HEADER_PX = 30;
/** A row that a finger hits. */
const FINGER_PX = 44;
const IS_COARSE = window.matchMedia("(pointer: coarse)").matches;

export interface GridProps<Row> {
  /** Of the preferences, and of the test ids. */
  name: string;
  label: string;
  rows: readonly Row[];
  total: number | null;
  columns: readonly Column<Row>[];
  context: Omit<CellContext, "lines">;
  idOf: (row: Row) => string;
  hasError: (row: Row) => boolean;
  sort: Sort;
  onSort: (sort: Sort) => void;
  /** Index of the row that the keyboard is on; −1 for none. */
  cursor: number;
  openId: string | null;
  onOpen: (row: Row, index: number) => void;
  /** Called when the end comes near. */
  onNearEnd: () => void;
  /** What changes when other rows are asked for: the list then begins at its top. */
  identity: string;
  children?: ReactNode;
}

const positions = new Map<string, number>();

/** Rows by the thousand in a table of which only the visible part exists. */
export function Grid<Row>(props: GridProps<Row>) {
  const { rows, columns, name, cursor, identity, onNearEnd } = props;
  const { rowLines, columns: tastes } = usePreferences();
  const [dragged, setDragged] = useState<ColumnTaste | null>(null);
  const taste = dragged ?? { ...NO_TASTE, ...tastes[name] };
  const shown = visible(columns, taste);
  const template = shown
    .map(({ width, grows }) => (grows === true ? `minmax(${width}px, ${width}fr)` : `${width}px`))
    .join(" ");
  const leastWidth = shown.reduce((sum, { width }) => sum + width, 0);
  const height = Math.max(ROW_HEIGHTS[rowLines] ?? 28, IS_COARSE ? FINGER_PX : 0);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 12,
    scrollMargin: HEADER_PX,
    scrollPaddingStart: HEADER_PX,
    initialOffset: positions.get(identity) ?? 0,
    getItemKey: (at) => {
      const row = rows[at];
      return row === undefined ? at : props.idOf(row);
    },
  });
  useEffect(() => virtual.measure(), [virtual, height]);
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (rows.length > 0 && last >= rows.length * 0.6) onNearEnd();
  }, [last, rows.length, onNearEnd]);
  useEffect(() => {
    if (cursor >= 0) virtual.scrollToIndex(cursor, { align: "auto" });
  }, [cursor, virtual]);
  useEffect(() => {
    const element = scroller.current;
    if (element !== null) element.scrollTop = positions.get(identity) ?? 0;
    return () => {
      if (element !== null) positions.set(identity, element.scrollTop);
    };
  }, [identity]);
  const store = (next: ColumnTaste) => {
    setDragged(null);
    setPreferences({ columns: { ...tastes, [name]: next } });
  };
  return (
    <div
      ref={scroller}
      className="relative min-h-0 grow overflow-auto"
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reachable by the keyboard
      tabIndex={0}
      role="region"
      aria-label={props.label}
      data-testid={`${name}-scroll`}
    >
      <div
        role="grid"
        aria-label={props.label}
        aria-rowcount={props.total ?? -1}
        aria-colcount={shown.length}
        style={{ minWidth: leastWidth }}
        className="relative"
      >
        <div role="rowgroup" className="sticky top-0 z-sticky">
          <div
            role="row"
            aria-rowindex={1}
            className="grid border-b border-line bg-panel"
            style={{ gridTemplateColumns: template, height: HEADER_PX }}
          >
            {shown.map((column, at) => (
              <HeaderCell
                key={column.id}
                column={column}
                index={at}
                sort={props.sort}
                onSort={props.onSort}
                onResize={(width) => setDragged(resized(taste, column.id, width))}
                onResized={(width) => store(resized(taste, column.id, width))}
              />
            ))}
          </div>
        </div>
        <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, key, start }) => {
            const row = rows[index];
            return (
              row !== undefined && (
                <GridRow
                  key={key}
                  {...props}
                  row={row}
                  index={index}
                  columns={shown}
                  context={{ ...props.context, lines: rowLines }}
                  style={{ transform: `translateY(${start - HEADER_PX}px)`, height, gridTemplateColumns: template }}
                />
              )
            );
          })}
        </div>
      </div>
      {props.children}
    </div>
  );
}

interface GridRowProps<Row> extends Omit<GridProps<Row>, "context"> {
  row: Row;
  index: number;
  context: CellContext;
  style: { transform: string; height: number; gridTemplateColumns: string };
}

const LINK = "a, button, input, [role=menuitem]";

function GridRow<Row>({ row, index, columns, context, style, ...grid }: GridRowProps<Row>) {
  const id = grid.idOf(row);
  const isOpen = id === grid.openId;
  const isCursor = index === grid.cursor;
  const open = (event: MouseEvent<HTMLDivElement>) => {
    const isOnLink = event.target instanceof Element && event.target.closest(LINK) !== null;
    const isSelecting = (window.getSelection()?.toString() ?? "") !== "";
    if (!isOnLink && !isSelecting) grid.onOpen(row, index);
  };
  const ground = isOpen ? "bg-selected" : isCursor ? "bg-hover" : "bg-bg group-hover:bg-hover";
  return (
    // The row's first cell is a link to the same object: what a click does here, the keyboard does there.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isOpen}
      data-testid={`${grid.name === "traces" ? "trace" : "observation"}-row`}
      data-id={id}
      onClick={open}
      style={style}
      className={classes(
        "group absolute inset-x-0 top-0 grid cursor-pointer border-b border-line",
        isCursor && !isOpen && "outline-1 -outline-offset-1 outline-accent",
      )}
    >
      {columns.map((column, at) => (
        <div
          key={column.id}
          role="gridcell"
          aria-colindex={at + 1}
          className={classes(
            "relative flex min-w-0 overflow-hidden px-2 leading-table",
            context.lines === 1 ? "items-center" : "items-start py-1.5",
            column.isNumeric === true && "justify-end text-right",
            column.isPinned === true && "sticky left-0 z-1",
            at === 0 && grid.hasError(row) && "border-l-2 border-danger pl-1.5",
            ground,
          )}
        >
          {column.cell(row, context)}
        </div>
      ))}
    </div>
  );
}

interface HeaderCellProps<Row> {
  column: Column<Row>;
  index: number;
  sort: Sort;
  onSort: (sort: Sort) => void;
  onResize: (width: number) => void;
  onResized: (width: number) => void;
}

function HeaderCell<Row>({ column, index, sort, onSort, onResize, onResized }: HeaderCellProps<Row>) {
  const isSorted = column.sort !== undefined && column.sort === sort.column;
  const Arrow = sort.isDescending ? ArrowDown : ArrowUp;
  const label = <span className="truncate">{column.label}</span>;
  return (
    <div
      role="columnheader"
      aria-colindex={index + 1}
      aria-sort={isSorted ? (sort.isDescending ? "descending" : "ascending") : undefined}
      className={classes(
        "relative flex min-w-0 items-center bg-panel px-2 text-12 font-medium text-text-2",
        column.isNumeric === true && "justify-end",
        column.isPinned === true && "sticky left-0 z-1",
      )}
    >
      {column.sort === undefined ? (
        label
      ) : (
        <button
          type="button"
          className="flex min-w-0 items-center gap-1 rounded-sm hover:text-text"
          onClick={() => onSort({ column: column.sort ?? "", isDescending: isSorted ? !sort.isDescending : true })}
        >
          {label}
          {isSorted && <Arrow className="size-3 shrink-0" strokeWidth={2} aria-hidden />}
        </button>
      )}
      <ResizeHandle label={column.label} onResize={onResize} onResized={onResized} />
    </div>
  );
}

const STEP_PX = 16;

function ResizeHandle({
  label,
  onResize,
  onResized,
}: {
  label: string;
  onResize: (width: number) => void;
  onResized: (width: number) => void;
}) {
  const widthOf = (element: Element) => element.parentElement?.getBoundingClientRect().width ?? 0;
  const begin = (event: PointerEvent<HTMLDivElement>) => {
    event.preventDefault();
    const handle = event.currentTarget;
    const from = widthOf(handle) - event.clientX;
    handle.setPointerCapture(event.pointerId);
    const move = (moved: globalThis.PointerEvent) => onResize(from + moved.clientX);
    const end = (ended: globalThis.PointerEvent) => {
      handle.removeEventListener("pointermove", move);
      onResized(from + ended.clientX);
    };
    handle.addEventListener("pointermove", move);
    handle.addEventListener("pointerup", end, { once: true });
  };
  const step = (event: KeyboardEvent<HTMLDivElement>) => {
    const by = event.key === "ArrowLeft" ? -STEP_PX : event.key === "ArrowRight" ? STEP_PX : 0;
    if (by === 0) return;
    event.preventDefault();
    onResized(widthOf(event.currentTarget) + by);
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/no-noninteractive-tabindex -- a separator that moves takes the focus
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={`Width of ${label}`}
      aria-valuenow={0}
      tabIndex={0}
      onPointerDown={begin}
      onKeyDown={step}
      className="absolute inset-y-1 right-0 w-1.5 cursor-col-resize touch-none rounded-sm border-r border-line hover:border-r-2 hover:border-accent"
    />
  );
}
