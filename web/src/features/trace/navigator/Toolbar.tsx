import { ChevronDown, ChevronUp, Columns2, Filter, ListCollapse, Route, X, ZoomIn, ZoomOut } from "lucide-react";
import { type KeyboardEvent, type ReactNode, type RefObject } from "react";

import { formatCount, formatDuration } from "@/lib/formatters";
import { setPreferences, usePreferences } from "@/lib/preferences";
import { IconButton } from "@/ui/Button";
import { classes } from "@/ui/classes";
import { placeOf } from "@/models/trace/visible";

import type { Navigator } from "./useNavigator";

export interface ToolbarProps {
  switcher: ReactNode;
  navigator: Navigator;
  searchRef: RefObject<HTMLInputElement | null>;
  onStep: (by: 1 | -1) => void;
  onZoomBy: (factor: number) => void;
  onLeaveSearch: () => void;
}

const ICON = "size-4";

/** The filter of the trace, and what the waterfall can be set to. */
export function Toolbar({ switcher, navigator, searchRef, onStep, onZoomBy, onLeaveSearch }: ToolbarProps) {
  const { trace } = usePreferences();
  const { query, setQuery, matches, hasPath, setPath, hasKeySteps, setKeySteps, zoom } = navigator;
  const isFiltered = query.trim() !== "";
  const keys = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Enter") onStep(event.shiftKey ? -1 : 1);
    else if (event.key === "ArrowDown") onLeaveSearch();
    else if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") {
      setQuery("");
      onLeaveSearch();
    }
  };
  return (
    <div className="flex min-h-9 shrink-0 flex-wrap items-center gap-0.5 border-b border-line px-2 py-1">
      <span className="mr-1.5">{switcher}</span>
      <label className="flex h-7 min-w-0 basis-20 grow items-center gap-1.5 rounded-sm border border-line bg-bg px-2 focus-within:border-accent">
        <Filter className="size-3.5 shrink-0 text-text-3" strokeWidth={1.75} aria-hidden />
        <input
          ref={searchRef}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={keys}
          placeholder="Filter"
          title="Words, type:TOOL, latency:>1s, -level:DEBUG, cost:>0.01"
          aria-label="Filter in this trace"
          data-testid="trace-filter"
          className="min-w-0 grow bg-transparent text-12 outline-none placeholder:text-text-3"
        />
        {isFiltered && <Found navigator={navigator} />}
        {isFiltered && (
          <button
            type="button"
            aria-label="Clear the filter"
            onClick={() => setQuery("")}
            className="text-text-3 hover:text-text"
          >
            <X className="size-3.5" strokeWidth={2} />
          </button>
        )}
      </label>
      {isFiltered && (
        <>
          <IconButton
            label="Previous match"
            icon={<ChevronUp className={ICON} strokeWidth={1.75} />}
            disabled={matches.length === 0}
            onClick={() => onStep(-1)}
          />
          <IconButton
            label="Next match"
            icon={<ChevronDown className={ICON} strokeWidth={1.75} />}
            disabled={matches.length === 0}
            onClick={() => onStep(1)}
          />
        </>
      )}
      <Toggle
        label="Critical path"
        keys="c"
        isOn={hasPath}
        onToggle={() => setPath(!hasPath)}
        icon={<Route className={ICON} strokeWidth={1.75} />}
      />
      <Toggle
        label="Key steps only"
        keys="h"
        isOn={hasKeySteps}
        onToggle={() => setKeySteps(!hasKeySteps)}
        icon={<ListCollapse className={ICON} strokeWidth={1.75} />}
      />
      <Toggle
        className="hidden @[440px]:inline-flex"
        label="Time lane"
        isOn={trace.hasLane}
        onToggle={() => setPreferences({ trace: { ...trace, hasLane: !trace.hasLane } })}
        icon={<Columns2 className={ICON} strokeWidth={1.75} />}
      />
      {trace.hasLane && (
        <span className="hidden @[520px]:contents">
          <IconButton
            label="Zoom in"
            keys="+"
            icon={<ZoomIn className={ICON} strokeWidth={1.75} />}
            onClick={() => onZoomBy(0.5)}
          />
          <IconButton
            label="Zoom out"
            keys="-"
            icon={<ZoomOut className={ICON} strokeWidth={1.75} />}
            disabled={zoom === null}
            onClick={() => onZoomBy(2)}
          />
        </span>
      )}
    </div>
  );
}

function Toggle({
  label,
  keys,
  isOn,
  onToggle,
  icon,
  className,
}: {
  label: string;
  className?: string;
  keys?: string;
  isOn: boolean;
  onToggle: () => void;
  icon: ReactNode;
}) {
  return (
    <IconButton
      label={label}
      {...(keys === undefined ? {} : { keys })}
      aria-pressed={isOn}
      icon={icon}
      onClick={onToggle}
      className={classes(className, isOn && "bg-selected text-accent hover:text-accent")}
    />
  );
}

function Found({ navigator: { matches, selected } }: { navigator: Navigator }) {
  const at = placeOf(Int32Array.from(matches), selected);
  const isOn = matches[at] === selected;
  return (
    <span
      className="tabular shrink-0 text-11 text-text-3"
      aria-live="polite"
      data-testid="trace-filter-count"
      data-value={matches.length}
    >
      {isOn ? `${formatCount(at + 1)} of ` : ""}
      {formatCount(matches.length)}
    </span>
  );
}

/** What the view leaves out, and what it points at: always said. */
export function Announcements({ navigator }: { navigator: Navigator }) {
  const { model, hasKeySteps, hiddenCount, setKeySteps, hasPath, query } = navigator;
  const total = (model.intervals.effectiveEnd[0] as number) - (model.intervals.earliestStart[0] as number);
  const isHiding = hasKeySteps && hiddenCount > 0 && query.trim() === "";
  if (!isHiding && !hasPath) return null;
  return (
    <div
      role="status"
      className="flex min-h-7 shrink-0 flex-wrap items-center gap-x-3 border-t border-line bg-panel px-2 text-12 text-text-2"
    >
      {isHiding && (
        <span>
          {formatCount(hiddenCount)} hidden that only wrap others ·{" "}
          <button type="button" className="text-accent hover:underline" onClick={() => setKeySteps(false)}>
            show
          </button>
        </span>
      )}
      {hasPath && (
        <span>
          critical {formatDuration(model.path.knownUs)} of {formatDuration(total)}
        </span>
      )}
    </div>
  );
}
