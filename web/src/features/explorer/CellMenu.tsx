import { Copy, ExternalLink, Filter, FilterX } from "lucide-react";
import { ContextMenu as Primitive } from "radix-ui";
import { type MouseEvent, type ReactElement, type ReactNode, useState } from "react";

import { withBase } from "@/lib/href";
import { choiceOf, withChoice } from "@/models/query/terms";
import { copyText } from "@/ui/copyText";
import { MENU_ITEM, MENU_PANEL, menuContainer } from "@/ui/Menu";

import type { Column } from "./levels";

export interface CellMenuProps<Row> {
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  query: string;
  idOf: (row: Row) => string;
  pathOf: (row: Row) => string;
  onQuery: (q: string) => void;
  /** What holds the rows. */
  children: ReactElement;
}

interface Target<Row> {
  row: Row;
  column: Column<Row> | undefined;
}

/** What can be done with the value under the pointer, and with its row: right click, or the key of the registry. */
export function CellMenu<Row>({ rows, columns, query, idOf, pathOf, onQuery, children }: CellMenuProps<Row>) {
  const [target, setTarget] = useState<Target<Row> | null>(null);
  const aim = (event: MouseEvent) => {
    const cell = event.target instanceof Element ? event.target.closest<HTMLElement>("[role=gridcell]") : null;
    const row = rows.find((one) => idOf(one) === cell?.parentElement?.dataset["id"]);
    if (row === undefined) event.preventDefault();
    else setTarget({ row, column: columns.find(({ id }) => id === cell?.dataset["column"]) });
  };
  return (
    <Primitive.Root modal={false}>
      <Primitive.Trigger asChild onContextMenu={aim}>
        {children}
      </Primitive.Trigger>
      <Primitive.Portal container={menuContainer()}>
        <Primitive.Content className={MENU_PANEL} collisionPadding={8}>
          {target !== null && <Items target={target} query={query} idOf={idOf} pathOf={pathOf} onQuery={onQuery} />}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

type ItemsProps<Row> = Pick<CellMenuProps<Row>, "query" | "idOf" | "pathOf" | "onQuery"> & { target: Target<Row> };

function Items<Row>({ target, query, idOf, pathOf, onQuery }: ItemsProps<Row>) {
  const { row, column } = target;
  const value = column?.filter?.value(row) ?? null;
  const field = column?.filter?.field ?? "";
  const { excluded } = choiceOf(query, field);
  const copy = (text: string) => void copyText(text, "Copied");
  return (
    <>
      {value !== null && (
        <>
          <Item icon={Filter} onSelect={() => onQuery(withChoice(query, field, { included: [value], excluded: [] }))}>
            Only {column?.label.toLowerCase()} {value}
          </Item>
          <Item
            icon={FilterX}
            onSelect={() => onQuery(withChoice(query, field, { included: [], excluded: [...excluded, value] }))}
          >
            Without {column?.label.toLowerCase()} {value}
          </Item>
          <Item icon={Copy} onSelect={() => copy(value)}>
            Copy {value}
          </Item>
          <Primitive.Separator className="my-1 h-px bg-line" />
        </>
      )}
      <Item icon={ExternalLink} onSelect={() => window.open(withBase(pathOf(row)), "_blank", "noopener")}>
        Open in a new tab
      </Item>
      <Item icon={Copy} onSelect={() => copy(new URL(withBase(pathOf(row)), window.location.href).href)}>
        Copy link
      </Item>
      <Item icon={Copy} onSelect={() => copy(idOf(row))}>
        Copy id
      </Item>
    </>
  );
}

function Item({ icon: Icon, onSelect, children }: { icon: typeof Copy; onSelect: () => void; children: ReactNode }) {
  return (
    <Primitive.Item className={MENU_ITEM} onSelect={onSelect}>
      <Icon className="size-4 shrink-0 text-text-3" strokeWidth={1.75} aria-hidden />
      <span className="max-w-80 truncate">{children}</span>
    </Primitive.Item>
  );
}

/** Open the menu of a row without a pointer. */
export function openCellMenu(rowId: string): void {
  const row = document.querySelector(`[role=row][data-id="${CSS.escape(rowId)}"]`);
  const cell = row?.querySelector("[data-column=name]") ?? row?.querySelector("[data-column]") ?? null;
  if (cell === null) return;
  const { left, bottom } = cell.getBoundingClientRect();
  cell.dispatchEvent(
    new MouseEvent("contextmenu", { bubbles: true, cancelable: true, clientX: left + 8, clientY: bottom }),
  );
}
