import { useQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { Fragment, type KeyboardEvent, type MouseEvent, useEffect, useId, useMemo, useRef, useState } from "react";

import { resolveQuery } from "@/api/resolve";
import { useSession } from "@/api/session";
import { viewsQuery } from "@/api/views";
import { withBase } from "@/lib/href";
import { recents } from "@/lib/recents";
import type { ListedShortcut } from "@/lib/shortcuts";
import { type Address, mayBeId, readAddress } from "@/models/palette/address";
import { classes } from "@/ui/classes";
import { Dialog } from "@/ui/Dialog";
import { KeyHint } from "@/ui/KeyHint";
import { useDebounced } from "@/ui/useDebounced";

import { useGo } from "../url";
import {
  actionItems,
  addressItems,
  chosen,
  type Item,
  matchItems,
  pageItems,
  projectItems,
  recentItems,
  searchItem,
  viewItems,
} from "./items";

export interface PaletteProps {
  /** The project one is in, or was last. */
  projectId: string;
  /** What keys did when the palette was opened. */
  listed: readonly ListedShortcut[];
  onClose: () => void;
}

const PAUSE_MS = 150;
/** The wheel: opens in a new tab, as links do. */
const MIDDLE = 1;

/** Everything that can be done or opened, by its name: a combobox in a dialog. */
export default function Palette({ projectId, listed, onClose }: PaletteProps) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const items = useItems(projectId, listed, text.trim());
  const chosenAt = Math.min(at, items.length - 1);
  const listId = useId();
  const list = useRef<HTMLDivElement>(null);
  const choose = useChoose(onClose);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [chosenAt, items]);
  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    const { key } = event;
    const to = key === "ArrowDown" ? chosenAt + 1 : key === "ArrowUp" ? chosenAt - 1 : null;
    if (to !== null) {
      event.preventDefault();
      setAt((to + items.length) % Math.max(items.length, 1));
    } else if (key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      const item = items[chosenAt];
      if (item !== undefined) choose(item, event.metaKey || event.ctrlKey);
    }
  };
  return (
    <Dialog title="Commands" isOpen isBare onClose={onClose} className="mt-[12vh] max-w-160">
      <div className="flex h-11 items-center gap-2 border-b border-line px-3">
        <Search className="size-4 shrink-0 text-text-3" strokeWidth={1.75} aria-hidden />
        <input
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- whoever opens it wants to type
          autoFocus
          data-testid="palette-input"
          role="combobox"
          aria-label="Find a page, an action, an id"
          aria-expanded
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={items.length === 0 ? undefined : `${listId}-${chosenAt}`}
          placeholder="Find a page or an action, paste an id or a link"
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
          }}
          onKeyDown={press}
          className="h-full min-w-0 grow bg-transparent text-14 outline-none placeholder:text-text-3"
        />
      </div>
      <div
        ref={list}
        id={listId}
        role="listbox"
        aria-label="Commands"
        data-testid="palette"
        className="max-h-[min(60vh,26rem)] scroll-py-2 overflow-auto p-1"
      >
        {items.map((item, index) => (
          <Fragment key={item.id}>
            {item.section !== items[index - 1]?.section && (
              <div role="presentation" className="px-2 pt-2 pb-1 text-11 font-medium text-text-3">
                {item.section}
              </div>
            )}
            <Option
              id={`${listId}-${index}`}
              item={item}
              isChosen={index === chosenAt}
              onAim={() => setAt(index)}
              onChoose={(event) => choose(item, event.metaKey || event.ctrlKey || event.button === MIDDLE)}
            />
          </Fragment>
        ))}
        {items.length === 0 && (
          <div role="option" aria-selected={false} aria-disabled tabIndex={-1} className="px-2 py-3 text-text-3">
            Nothing is called so.
          </div>
        )}
      </div>
      <p aria-hidden className="flex gap-4 border-t border-line bg-panel px-3 py-1.5 text-12 text-text-3 max-sm:hidden">
        <span className="flex items-center gap-1">
          <KeyHint keys="ArrowUp" />
          <KeyHint keys="ArrowDown" /> choose
        </span>
        <span className="flex items-center gap-1">
          <KeyHint keys="Enter" /> open
        </span>
        <span className="flex items-center gap-1">
          <KeyHint keys="mod+Enter" /> in a new tab
        </span>
      </p>
    </Dialog>
  );
}

interface OptionProps {
  id: string;
  item: Item;
  isChosen: boolean;
  onAim: () => void;
  onChoose: (event: MouseEvent) => void;
}

function Option({ id, item, isChosen, onAim, onChoose }: OptionProps) {
  const Icon = item.icon;
  return (
    // The input above has the focus, and its keys choose.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
    <div
      id={id}
      role="option"
      aria-selected={isChosen}
      data-testid="palette-item"
      data-section={item.section}
      onPointerMove={() => !isChosen && onAim()}
      onClick={onChoose}
      onAuxClick={(event) => event.button === MIDDLE && onChoose(event)}
      className={classes("flex min-h-8 cursor-pointer items-center gap-2 rounded-sm px-2", isChosen && "bg-selected")}
    >
      <Icon className="size-4 shrink-0 text-text-3" strokeWidth={1.75} aria-hidden />
      <span className="min-w-0 truncate" dir="auto">
        {item.label}
      </span>
      {item.note !== undefined && (
        <span className="max-w-[40%] shrink-0 truncate text-12 text-text-3" dir="auto">
          {item.note}
        </span>
      )}
      {item.keys !== undefined && (
        <span className="ml-auto shrink-0 pl-2">
          <KeyHint keys={item.keys} />
        </span>
      )}
    </div>
  );
}

/** All that the text may mean: what the browser knows at once, what the server knows a moment later. */
function useItems(projectId: string, listed: readonly ListedShortcut[], text: string): Item[] {
  const { projects } = useSession();
  const { data: views } = useQuery(viewsQuery(projectId));
  const all = useMemo(
    () => [
      ...recentItems(recents(), projects, projectId),
      ...pageItems(projectId, listed),
      ...viewItems(views?.views ?? [], projectId),
      ...actionItems(listed),
      ...projectItems(projects, projectId),
    ],
    [projectId, projects, views, listed],
  );
  const address = useMemo(() => readAddress(text), [text]);
  const id = address?.id ?? (mayBeId(text) ? text : null);
  const asked = useDebounced(id, PAUSE_MS);
  const { data: matches = [] } = useQuery({ ...resolveQuery(asked ?? ""), enabled: asked !== null && asked === id });
  return useMemo(() => {
    if (text === "") return chosen([], all, text);
    const found = foundItems({ address, projects, matches: asked === id && id !== null ? matches : [] });
    return chosen(address === null ? [...found, searchItem(projectId, text)] : found, all, text);
  }, [text, all, address, projects, matches, asked, id, projectId]);
}

function foundItems({
  address,
  projects,
  matches,
}: {
  address: Address | null;
  projects: Parameters<typeof addressItems>[1];
  matches: Parameters<typeof matchItems>[0];
}): Item[] {
  const named = address === null ? [] : addressItems(address, projects);
  return named.length > 0 ? named : matchItems(matches, projects);
}

/** Close, then go or run: what an action gives the focus to keeps it. */
function useChoose(onClose: () => void): (item: Item, inNewTab: boolean) => void {
  const go = useGo();
  return (item, inNewTab) => {
    onClose();
    if (item.path !== undefined && inNewTab) window.open(withBase(item.path), "_blank", "noopener");
    else setTimeout(() => (item.path === undefined ? item.run?.() : go(item.path)));
  };
}
