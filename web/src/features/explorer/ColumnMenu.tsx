import { useQuery } from "@tanstack/react-query";
import { Columns3 } from "lucide-react";
import { useMemo, useState } from "react";

import { facetQuery } from "@/api/explorer";
import {
  isVisible,
  type KeyedColumn,
  keyedId,
  MAX_META_COLUMNS,
  moved,
  NO_TASTE,
  ordered,
  toggled,
} from "@/models/columns";
import { Button } from "@/ui/Button";
import { Menu, MenuCheck, MenuItem, MenuLabel, MenuLine } from "@/ui/Menu";

import type { Column, LevelLook } from "./levels";
import type { View } from "./view";
import type { Taste } from "./views/useTaste";

const SUGGESTED = 12;

export interface ColumnMenuProps<Row> {
  view: View;
  /** With the columns that were added. */
  look: LevelLook<Row>;
  taste: Taste;
}

/** Which columns a list shows, in which order; and more of them that the data make. */
export function ColumnMenu<Row>({ view, look, taste: { columns: taste, storeColumns: store } }: ColumnMenuProps<Row>) {
  const [isOpen, setOpen] = useState(false);
  const all: Column<Row>[] = ordered(look.columns, taste);
  return (
    <Menu
      align="end"
      className="w-64"
      isOpen={isOpen}
      onOpenChange={setOpen}
      trigger={
        <Button kind="quiet" data-testid="columns" aria-label="Columns">
          <Columns3 className="size-4" strokeWidth={1.75} aria-hidden />{" "}
          <span className="hidden sm:inline">Columns</span>
        </Button>
      }
    >
      <MenuLabel>Shown, in this order. Alt with arrows moves one.</MenuLabel>
      {all.map((column) => (
        // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- listens to the item inside
        <div
          key={column.id}
          onKeyDown={(event) => {
            const by = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
            if (!event.altKey || by === 0) return;
            event.preventDefault();
            event.stopPropagation();
            store(moved(look.columns, taste, column.id, by));
          }}
        >
          <MenuCheck
            isChecked={isVisible(column, taste)}
            isDisabled={column.isPinned === true}
            onChange={() => store(toggled(column, taste))}
          >
            {column.label}
          </MenuCheck>
        </div>
      ))}
      {look.hasPayload && (
        <>
          <Addable kind="score" title="Add a score" {...{ view, look, taste, store }} />
          <Addable kind="meta" title="Add a key of the metadata" {...{ view, look, taste, store }} />
        </>
      )}
      <MenuLine />
      <MenuItem onSelect={() => store(NO_TASTE)}>As usual</MenuItem>
    </Menu>
  );
}

interface AddableProps<Row> {
  kind: KeyedColumn["kind"];
  title: string;
  view: View;
  look: LevelLook<Row>;
  taste: Taste["columns"];
  store: Taste["storeColumns"];
}

/** Names that the rows have and no column shows; asked for while the menu is open. */
function Addable<Row>({ kind, title, view, look, taste, store }: AddableProps<Row>) {
  const question = useMemo(() => ({ ...view.question, q: "", meta: [] }), [view.question]);
  const { data, isError } = useQuery(facetQuery(question, kind));
  const names = data?.kind === "values" ? data.values.map(({ value }) => String(value)) : [];
  const left = names.filter((name) => !look.columns.some(({ id }) => id === keyedId(kind, name))).slice(0, SUGGESTED);
  if (isError || left.length === 0) return null;
  const isFull = kind === "meta" && taste.shown.filter((id) => id.startsWith("meta.")).length >= MAX_META_COLUMNS;
  return (
    <>
      <MenuLabel>{isFull ? `${title}: there are ${MAX_META_COLUMNS} already` : title}</MenuLabel>
      {left.map((name) => (
        <MenuCheck
          key={name}
          isChecked={false}
          isDisabled={isFull}
          onChange={() => store({ ...taste, shown: [...taste.shown, keyedId(kind, name)] })}
        >
          <span dir="auto">{name}</span>
        </MenuCheck>
      ))}
    </>
  );
}
