import { memo, type MouseEvent } from "react";

import { classes } from "@/ui/classes";

import { SelectBox } from "./bulk/SelectBox";
import type { CellContext, Column } from "./levels";

export interface GridRowProps<Row> {
  row: Row;
  id: string;
  index: number;
  /** Pixels from the first row. */
  top: number;
  testId: string;
  isOpen: boolean;
  isCursor: boolean;
  isSelected: boolean;
  onSelect: (id: string, isRange: boolean) => void;
  hasError: boolean;
  columns: readonly Column<Row>[];
  context: CellContext;
  onOpen: (row: Row, index: number) => void;
}

const LINK = "a, button, input, label, [role=menuitem]";

function PlainRow<Row>({
  row,
  id,
  index,
  top,
  testId,
  isOpen,
  isCursor,
  isSelected,
  onSelect,
  hasError,
  columns,
  context,
  onOpen,
}: GridRowProps<Row>) {
  const open = (event: MouseEvent<HTMLDivElement>) => {
    const isOnLink = event.target instanceof Element && event.target.closest(LINK) !== null;
    const isSelecting = (window.getSelection()?.toString() ?? "") !== "";
    if (!isOnLink && !isSelecting) onOpen(row, index);
  };
  const ground = isOpen || isSelected ? "bg-selected" : isCursor ? "bg-hover" : "bg-bg group-hover:bg-hover";
  return (
    // The row's first cell is a link to the same object: what a click does here, the keyboard does there.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isOpen || isSelected}
      data-testid={testId}
      data-id={id}
      onClick={open}
      style={{ transform: `translateY(${top}px)` }}
      className={classes(
        "group absolute inset-x-0 top-0 grid h-(--grid-row) cursor-pointer grid-cols-(--grid-columns) border-b border-line",
        isCursor && !isOpen && "outline-1 -outline-offset-1 outline-accent",
      )}
    >
      <div
        role="gridcell"
        aria-colindex={1}
        className={classes("sticky left-0 z-1", ground, hasError && "border-l-2 border-danger pr-0.5")}
      >
        <SelectBox
          label={`Select row ${index + 1}`}
          extent={isSelected ? "all" : "none"}
          onSelect={(isRange) => onSelect(id, isRange)}
        />
      </div>
      {columns.map((column, at) => (
        <div
          key={column.id}
          role="gridcell"
          data-column={column.id}
          aria-colindex={at + 2}
          className={classes(
            "relative flex min-w-0 overflow-hidden px-2 leading-table",
            context.lines === 1 ? "items-center" : "items-start py-1.5",
            column.isNumeric === true && "justify-end text-right",
            column.isPinned === true && "sticky left-8 z-1",
            ground,
          )}
        >
          {column.cell(row, context)}
        </div>
      ))}
    </div>
  );
}

/** One row. Scrolling moves the others past without drawing this one anew. */
export const GridRow = memo(PlainRow) as typeof PlainRow;
