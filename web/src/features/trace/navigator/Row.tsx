import {
  ChevronDown,
  ChevronRight,
  CircleAlert,
  Clock,
  MessageSquare,
  OctagonAlert,
  RefreshCw,
  Star,
  TriangleAlert,
  Unlink,
  Waypoints,
} from "lucide-react";
import { memo, type ReactNode } from "react";

import { formatCost, formatDuration, formatTokens } from "@/lib/formatters";
import { fromPico } from "@/models/trace/money";
import type { TraceModel } from "@/models/trace/model";
import { IS_TRACE, Mark, missingIdOf } from "@/models/trace/tree";
import type { Span } from "@/models/trace/axis";
import { classes } from "@/ui/classes";
import { TypeIcon } from "@/ui/TypeIcon";

import { Bar } from "./Bar";
import { Highlighted } from "./Highlighted";

/** Pixels; larger where fingers point. */
export const ROW_HEIGHT = window.matchMedia("(pointer: coarse)").matches ? 44 : 28;
const MAX_INDENTS = 12;

export interface RowProps {
  model: TraceModel;
  row: number;
  depth: number;
  childCount: number;
  position: number;
  siblings: number;
  isSelected: boolean;
  isCollapsed: boolean;
  isFaded: boolean;
  hasPath: boolean;
  words: readonly string[];
  view: Span;
  laneWidth: number;
  hasLane: boolean;
  traceName: string;
  top: number;
  rowIndex: number;
  domId: string;
  onSelect: (row: number) => void;
  onToggle: (row: number) => void;
}

/** One observation: its place and name in the gutter, its time in the lane. */
export const Row = memo(function Row(props: RowProps) {
  const { model, row, depth, childCount, isSelected, isCollapsed, isFaded, hasLane, top } = props;
  const { skeleton, tree } = model;
  const place = tree.source[row] as number;
  const level = place >= 0 ? skeleton.level[place] : undefined;
  return (
    // Keys are the grid's: it keeps the focus and names the row that is active.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
    <div
      role="row"
      id={props.domId}
      aria-level={depth + 1}
      aria-posinset={props.position}
      aria-setsize={props.siblings}
      aria-rowindex={props.rowIndex}
      aria-selected={isSelected}
      {...(childCount > 0 ? { "aria-expanded": !isCollapsed } : {})}
      data-testid="waterfall-row"
      data-id={place >= 0 ? skeleton.id[place] : undefined}
      data-depth={depth}
      data-type={place >= 0 ? skeleton.type[place] : undefined}
      data-faded={isFaded ? "" : undefined}
      onClick={() => props.onSelect(row)}
      className={classes(
        "absolute inset-x-0 flex cursor-default items-stretch select-none hover:bg-hover",
        isSelected && "bg-selected hover:bg-selected",
        level === "ERROR" && "shadow-[inset_2px_0_0_var(--danger)]",
      )}
      style={{ height: ROW_HEIGHT, transform: `translateY(${top}px)` }}
    >
      <div
        role="gridcell"
        className={classes(
          "flex min-w-0 items-center gap-1.5 overflow-hidden pr-2 pl-2",
          hasLane ? "w-(--gutter) shrink-0" : "grow",
          isFaded && "opacity-40",
        )}
      >
        <Indent depth={depth} />
        <Caret {...props} />
        <Name {...props} />
        <Marks model={model} row={row} />
        {!hasLane && <Metrics model={model} row={row} />}
      </div>
      {hasLane && (
        <div role="gridcell" className={classes("relative min-w-0 grow overflow-hidden", isFaded && "opacity-40")}>
          <div className="absolute inset-x-0 top-1/2 h-7 -translate-y-1/2">
            <Bar model={model} row={row} view={props.view} laneWidth={props.laneWidth} hasPath={props.hasPath} />
          </div>
        </div>
      )}
    </div>
  );
});

function Indent({ depth }: { depth: number }) {
  return (
    <>
      <span
        aria-hidden
        className="shrink-0"
        style={{ width: `calc(var(--indent) * ${Math.min(depth, MAX_INDENTS)})` }}
      />
      {depth > MAX_INDENTS && (
        <span className="shrink-0 rounded-sm bg-chip-muted px-1 font-mono text-11 text-text-3">{depth}</span>
      )}
    </>
  );
}

function Caret({ row, childCount, isCollapsed, onToggle }: RowProps) {
  if (childCount === 0) return <span aria-hidden className="w-4 shrink-0" />;
  const Icon = isCollapsed ? ChevronRight : ChevronDown;
  return (
    <button
      type="button"
      tabIndex={-1}
      aria-label={isCollapsed ? `Expand ${childCount}` : "Collapse"}
      onClick={(event) => {
        event.stopPropagation();
        onToggle(row);
      }}
      className="-mx-1 flex h-6 w-6 shrink-0 items-center justify-center rounded-sm text-text-3 hover:bg-line hover:text-text"
    >
      <Icon className="size-3.5" strokeWidth={2} aria-hidden />
    </button>
  );
}

function Name({ model: { skeleton, tree }, row, words, traceName, childCount, isCollapsed }: RowProps) {
  const place = tree.source[row] as number;
  if (place === IS_TRACE) {
    return (
      <>
        <Waypoints className="size-4 shrink-0 text-text-2" strokeWidth={1.75} role="img" aria-label="Trace" />
        <span className="truncate font-medium" dir="auto">
          {traceName}
        </span>
        {isCollapsed && <Count of={childCount} />}
      </>
    );
  }
  if (place < 0) {
    return (
      <>
        <Unlink className="size-4 shrink-0 text-warn" strokeWidth={1.75} role="img" aria-label="Missing parent" />
        <span className="truncate text-text-2 italic" title={missingIdOf(tree, row) ?? ""}>
          missing parent <span className="font-mono text-12 not-italic">{missingIdOf(tree, row)}</span>
        </span>
      </>
    );
  }
  const name = skeleton.name[place] ?? "";
  return (
    <>
      <TypeIcon type={skeleton.type[place] as string} />
      <span className={classes("truncate", name === "" && "text-text-3 italic")} title={name} dir="auto">
        {name === "" ? "no name" : <Highlighted text={name} words={words} />}
      </span>
      {isCollapsed && <Count of={childCount} />}
    </>
  );
}

const Count = ({ of }: { of: number }) => (
  <span className="tabular shrink-0 rounded-sm bg-chip-muted px-1 text-11 text-text-3">{of}</span>
);

const ICON = "size-3.5 shrink-0";

function Marks({ model: { skeleton, tree, intervals }, row }: { model: TraceModel; row: number }) {
  const place = tree.source[row] as number;
  if (place < 0) return null;
  const marks: ReactNode[] = [];
  const level = skeleton.level[place];
  const status = skeleton.statusMessage[place] ?? "";
  if (level === "ERROR")
    marks.push(
      <OctagonAlert
        key="e"
        role="img"
        aria-label={`Error: ${status}`}
        className={`${ICON} text-danger`}
        strokeWidth={2}
      />,
    );
  else if (level === "WARNING")
    marks.push(
      <TriangleAlert
        key="w"
        role="img"
        aria-label={`Warning: ${status}`}
        className={`${ICON} text-warn`}
        strokeWidth={2}
      />,
    );
  const flags = tree.marks[row] as number;
  if (flags & Mark.Cycle)
    marks.push(
      <RefreshCw
        key="c"
        role="img"
        aria-label="Its parents lead back to it: the cycle is cut here"
        className={`${ICON} text-warn`}
        strokeWidth={2}
      />,
    );
  if (flags & Mark.Duplicate)
    marks.push(
      <CircleAlert
        key="d"
        role="img"
        aria-label="Its id came more than once: the last one is shown"
        className={`${ICON} text-warn`}
        strokeWidth={2}
      />,
    );
  const above = tree.parent[row] as number;
  const isSkewed =
    (tree.source[above] as number) >= 0 &&
    (intervals.start[row] as number) < (intervals.start[above] as number) - 1_000_000;
  if (isSkewed)
    marks.push(
      <Clock
        key="s"
        role="img"
        aria-label="It began before its parent: their clocks disagree"
        className={`${ICON} text-warn`}
        strokeWidth={2}
      />,
    );
  if ((skeleton.commentCount[place] ?? 0) > 0)
    marks.push(
      <MessageSquare
        key="m"
        role="img"
        aria-label={`${skeleton.commentCount[place]} comments`}
        className={`${ICON} text-text-3`}
        strokeWidth={1.75}
      />,
    );
  if ((skeleton.scoreCount[place] ?? 0) > 0)
    marks.push(
      <Star
        key="r"
        role="img"
        aria-label={`${skeleton.scoreCount[place]} scores`}
        className={`${ICON} text-text-3`}
        strokeWidth={1.75}
      />,
    );
  return <span className="flex shrink-0 items-center gap-1">{marks}</span>;
}

/** Without the lane its numbers stand beside the name. */
function Metrics({ model, row }: { model: TraceModel; row: number }) {
  const { intervals, sums, tree } = model;
  const cost = sums.cost[row] ?? null;
  const tokens = sums.totalTokens[row] as number;
  const isSum = (tree.end[row] as number) > row + 1;
  return (
    <span className="tabular ml-auto flex shrink-0 gap-3 text-12 text-text-2">
      {tokens > 0 && (
        <span title="Tokens">
          {isSum ? "∑ " : ""}
          {formatTokens(tokens)}
        </span>
      )}
      {cost !== null && (
        <span title="Cost">
          {isSum ? "∑ " : ""}
          {formatCost(fromPico(cost), (sums.unpriced[row] as number) > 0)}
        </span>
      )}
      <span className="w-16 text-right">
        {formatDuration((intervals.end[row] as number) - (intervals.start[row] as number))}
      </span>
    </span>
  );
}
