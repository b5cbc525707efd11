import { ArrowDown, ArrowUp } from "lucide-react";
import type { KeyboardEvent, PointerEvent } from "react";

import { classes } from "@/ui/classes";
import { ZoneName } from "@/ui/ZoneName";

import type { Column } from "./levels";
import type { Sort } from "./view";

interface HeaderCellProps<Row> {
  column: Column<Row>;
  index: number;
  sort: Sort;
  onSort: (sort: Sort) => void;
  onResize: (width: number) => void;
  onResized: (width: number) => void;
  /** Put a column where another one stands. */
  onMove: (id: string, to: string) => void;
  /** Ids of the columns at its left and right. */
  neighbours: readonly [string | undefined, string | undefined];
}

/** The column that is being dragged. */
const DRAGGED = "application/x-panope-column";

/**
 * A column's name, which sorts by it where the server can, and the edge that changes its width. It is dragged to another
 * place, or moved by Alt and an arrow.
 */
export function HeaderCell<Row>({
  column,
  index,
  sort,
  onSort,
  onResize,
  onResized,
  onMove,
  neighbours,
}: HeaderCellProps<Row>) {
  const isFixed = column.isPinned === true;
  const step = (event: KeyboardEvent) => {
    const to = event.key === "ArrowLeft" ? neighbours[0] : event.key === "ArrowRight" ? neighbours[1] : undefined;
    if (!event.altKey || to === undefined || isFixed) return;
    event.preventDefault();
    event.stopPropagation();
    onMove(column.id, to);
  };
  const isSorted = column.sort !== undefined && column.sort === sort.column;
  const Arrow = sort.isDescending ? ArrowDown : ArrowUp;
  const label = (
    <span className="truncate">
      {column.label}
      {column.isTime === true && (
        <>
          {" "}
          <ZoneName />
        </>
      )}
    </span>
  );
  return (
    // oxlint-disable-next-line jsx-a11y/interactive-supports-focus -- what it holds has the focus
    <div
      role="columnheader"
      aria-colindex={index + 1}
      onKeyDownCapture={step}
      draggable={!isFixed}
      onDragStart={(event) => event.dataTransfer.setData(DRAGGED, column.id)}
      onDragOver={(event) => event.dataTransfer.types.includes(DRAGGED) && event.preventDefault()}
      onDrop={(event) => {
        const id = event.dataTransfer.getData(DRAGGED);
        if (id !== "" && id !== column.id) onMove(id, column.id);
      }}
      aria-sort={isSorted ? (sort.isDescending ? "descending" : "ascending") : undefined}
      className={classes(
        "relative flex min-w-0 items-center bg-panel px-2 text-12 font-medium text-text-2",
        column.isNumeric === true && "justify-end",
        column.isPinned === true && "sticky left-8 z-1",
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
