import { useVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, type ReactNode, type RefObject, useEffect, useMemo, useState } from "react";

import { type ColumnTaste, movedTo, resized, visible } from "@/models/columns";

import { isSelected } from "@/models/selection";

import { SelectBox } from "./bulk/SelectBox";
import type { Selecting } from "./bulk/useSelection";
import { CellMenu } from "./CellMenu";
import { HeaderCell } from "./GridHeader";
import { GridRow } from "./GridRow";
import type { CellContext, Column } from "./levels";
import type { Sort } from "./view";
import type { Taste } from "./views/useTaste";

export const ROW_HEIGHTS: Readonly<Record<number, number>> = { 1: 28, 3: 64, 8: 150 };
const HEADER_PX = 30;
/** Of the boxes that select. */
const SELECT_PX = 32;
/** A row that a finger hits. */
const FINGER_PX = 44;
const IS_COARSE = window.matchMedia("(pointer: coarse)").matches;

export interface GridProps<Row> {
  name: string;
  taste: Taste;
  selecting: Selecting;
  rowTestId: string;
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
  query: string;
  onQuery: (q: string) => void;
  pathOf: (row: Row) => string;
  scroller: RefObject<HTMLDivElement | null>;
  children?: ReactNode;
}

const positions = new Map<string, number>();

/** Rows by the thousand in a table of which only the visible part exists. */
export function Grid<Row>(props: GridProps<Row>) {
  const { rows, columns, name, cursor, identity, idOf, onNearEnd, scroller, selecting } = props;
  const { rowLines } = props.taste;
  const [dragged, setDragged] = useState<ColumnTaste | null>(null);
  const taste = dragged ?? props.taste.columns;
  const shown = useMemo(() => visible(columns, taste), [columns, taste]);
  const context = useMemo(() => ({ ...props.context, lines: rowLines }), [props.context, rowLines]);
  const columnTemplate = shown
    .map(({ width, grows }) => (grows === true ? `minmax(${width}px, ${width}fr)` : `${width}px`))
    .join(" ");
  const template = `${SELECT_PX}px ${columnTemplate}`;
  const leastWidth = shown.reduce((sum, { width }) => sum + width, SELECT_PX);
  const height = Math.max(ROW_HEIGHTS[rowLines] ?? 28, IS_COARSE ? FINGER_PX : 0);
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
      return row === undefined ? at : idOf(row);
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
  }, [identity, scroller]);
  const store = (next: ColumnTaste) => {
    setDragged(null);
    props.taste.storeColumns(next);
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
        aria-colcount={shown.length + 1}
        aria-multiselectable
        style={{ minWidth: leastWidth, "--grid-columns": template, "--grid-row": `${height}px` } as CSSProperties}
        className="relative"
      >
        <div role="rowgroup" className="sticky top-0 z-sticky">
          <div
            role="row"
            aria-rowindex={1}
            className="grid grid-cols-(--grid-columns) border-b border-line bg-panel"
            style={{ height: HEADER_PX }}
          >
            <div role="columnheader" aria-colindex={1} className="sticky left-0 z-1 bg-panel">
              <SelectBox
                label="Select all loaded rows"
                extent={selecting.extent}
                onSelect={() => selecting.selectLoaded()}
              />
            </div>
            {shown.map((column, at) => (
              <HeaderCell
                key={column.id}
                column={column}
                index={at + 1}
                sort={props.sort}
                onSort={props.onSort}
                onResize={(width) => setDragged(resized(taste, column.id, width))}
                onResized={(width) => store(resized(taste, column.id, width))}
                onMove={(id, to) => store(movedTo(columns, taste, id, to))}
                neighbours={[shown[at - 1]?.id, shown[at + 1]?.id]}
              />
            ))}
          </div>
        </div>
        <CellMenu
          rows={rows}
          columns={shown}
          query={props.query}
          idOf={idOf}
          pathOf={props.pathOf}
          onQuery={props.onQuery}
        >
          <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
            {items.map(({ index, key, start }) => {
              const row = rows[index];
              return (
                row !== undefined && (
                  <GridRow
                    key={key}
                    row={row}
                    id={idOf(row)}
                    index={index}
                    top={start - HEADER_PX}
                    testId={props.rowTestId}
                    isOpen={idOf(row) === props.openId}
                    isCursor={index === cursor}
                    isSelected={isSelected(selecting.selection, idOf(row))}
                    onSelect={selecting.select}
                    hasError={props.hasError(row)}
                    columns={shown}
                    context={context}
                    onOpen={props.onOpen}
                  />
                )
              );
            })}
          </div>
        </CellMenu>
      </div>
      {props.children}
    </div>
  );
}
