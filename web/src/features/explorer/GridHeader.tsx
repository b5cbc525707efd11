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
}

/** A column's name, which sorts by it where the server can, and the edge that changes its width. */
export function HeaderCell<Row>({ column, index, sort, onSort, onResize, onResized }: HeaderCellProps<Row>) {
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
