import { ChevronDown, ChevronRight, Copy } from "lucide-react";
import { memo } from "react";

import { formatCount } from "@/lib/formatters";
import { readablePath } from "@/models/json/pointer";
import { printJson, printScalar } from "@/models/json/print";
import { embeddedJson, type JsonRow } from "@/models/json/tree";
import { isArray, isContainer, type Json } from "@/models/json/value";
import { classes } from "@/ui/classes";
import { copyText } from "@/ui/copyText";

import { Base64Note, isBase64 } from "./Base64Note";

/** Height of a line in pixels. */
export const ROW = 22;
const SHOWN_CHARACTERS = 400;

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

/** One line of a JSON tree: its key, its value, and what copies either. */
export const JsonLine = memo(function JsonLine({ row, root, id, top, isActive, isHit, onActive, onOpen }: LineProps) {
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
        void copyText(text());
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
