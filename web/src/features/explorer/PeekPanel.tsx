import { ChevronDown, ChevronUp, Maximize2, Minimize2, SquareArrowOutUpRight, X } from "lucide-react";
import { type KeyboardEvent, type PointerEvent, useMemo, useRef } from "react";

import { useShortcuts } from "@/app/useShortcuts";
import { TracePeek } from "@/features/trace/TracePeek";
import { formatCount } from "@/lib/formatters";
import { setPreferences, usePreferences } from "@/lib/preferences";
import type { Shortcut } from "@/lib/shortcuts";
import { IconButton } from "@/ui/Button";
import { classes } from "@/ui/classes";
import { Link } from "@/ui/Link";
import { Tooltip } from "@/ui/Tooltip";

export interface PeekPanelProps {
  projectId: string;
  traceId: string;
  /** Its page. */
  path: string;
  /** Place in the list, from 0; −1 when it is not among the loaded rows. */
  index: number;
  total: number | null;
  isWide: boolean;
  onWide: (isWide: boolean) => void;
  onStep: (by: -1 | 1) => void;
  onClose: () => void;
}

const MIN_SHARE = 0.25;
const MAX_SHARE = 0.8;
const STEP = 0.05;

/** The row that is open, beside the list, which stays usable. Below 1024 px it covers the page. */
export function PeekPanel(props: PeekPanelProps) {
  const { projectId, traceId, path, index, total, isWide, onWide, onStep, onClose } = props;
  const { peekShare } = usePreferences();
  const panel = useRef<HTMLElement>(null);
  const keys = useMemo<Shortcut[]>(() => [{ keys: "Escape", label: "Close the panel", run: onClose }], [onClose]);
  useShortcuts("panel", keys);
  return (
    <section
      ref={panel}
      aria-label="Trace"
      data-testid="peek"
      data-id={traceId}
      style={isWide ? undefined : { width: `${peekShare * 100}%` }}
      className={classes(
        "z-panel flex shrink-0 flex-col border-l border-line-strong bg-bg max-lg:absolute max-lg:inset-0 max-lg:w-full! max-lg:border-l-0",
        isWide ? "absolute inset-0 border-l-0" : "relative max-w-[1480px] lg:min-w-[480px]",
      )}
    >
      {!isWide && (
        <SplitHandle
          share={peekShare}
          onChange={(share) => panel.current?.style.setProperty("width", `${share * 100}%`)}
          onChanged={(share) => setPreferences({ peekShare: share })}
        />
      )}
      <header className="flex h-9 shrink-0 items-center gap-0.5 border-b border-line pr-1 pl-2">
        <IconButton
          label="Previous"
          keys="k"
          icon={<ChevronUp className="size-4" strokeWidth={1.75} />}
          onClick={() => onStep(-1)}
          disabled={index <= 0}
        />
        <IconButton
          label="Next"
          keys="j"
          icon={<ChevronDown className="size-4" strokeWidth={1.75} />}
          onClick={() => onStep(1)}
          disabled={total !== null && index >= total - 1}
        />
        <span className="tabular ml-1 text-12 text-text-3">
          {index >= 0 && `${formatCount(index + 1)}${total === null ? "" : ` of ${formatCount(total)}`}`}
        </span>
        <span className="grow" />
        <IconButton
          className="max-lg:hidden"
          label={isWide ? "Back beside the list" : "Full width"}
          icon={
            isWide ? (
              <Minimize2 className="size-4" strokeWidth={1.75} />
            ) : (
              <Maximize2 className="size-4" strokeWidth={1.75} />
            )
          }
          onClick={() => onWide(!isWide)}
        />
        <Tooltip label="Open its page" keys="o">
          <Link
            to={path}
            aria-label="Open its page"
            className="inline-flex size-7 items-center justify-center rounded-sm text-text-2 hover:bg-hover hover:text-text"
          >
            <SquareArrowOutUpRight className="size-4" strokeWidth={1.75} />
          </Link>
        </Tooltip>
        <IconButton label="Close" keys="Escape" icon={<X className="size-4" strokeWidth={1.75} />} onClick={onClose} />
      </header>
      <TracePeek projectId={projectId} traceId={traceId} />
    </section>
  );
}

function clamp(share: number): number {
  return Math.min(MAX_SHARE, Math.max(MIN_SHARE, share));
}

/** The panel's left edge. Only the style changes while it is dragged. */
function SplitHandle({
  share,
  onChange,
  onChanged,
}: {
  share: number;
  onChange: (share: number) => void;
  onChanged: (share: number) => void;
}) {
  const begin = (event: PointerEvent<HTMLDivElement>) => {
    event.preventDefault();
    const handle = event.currentTarget;
    const area = handle.parentElement?.parentElement?.getBoundingClientRect();
    if (area === undefined) return;
    handle.setPointerCapture(event.pointerId);
    const shareAt = (x: number) => clamp((area.right - x) / area.width);
    const move = (moving: globalThis.PointerEvent) => onChange(shareAt(moving.clientX));
    handle.addEventListener("pointermove", move);
    handle.addEventListener(
      "pointerup",
      (ended: globalThis.PointerEvent) => {
        handle.removeEventListener("pointermove", move);
        onChanged(shareAt(ended.clientX));
      },
      { once: true },
    );
  };
  const step = (event: KeyboardEvent<HTMLDivElement>) => {
    const by = event.key === "ArrowLeft" ? STEP : event.key === "ArrowRight" ? -STEP : 0;
    if (by === 0) return;
    event.preventDefault();
    onChanged(clamp(share + by));
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- a separator that moves is a control
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label="Width of the panel"
      aria-valuemin={MIN_SHARE * 100}
      aria-valuemax={MAX_SHARE * 100}
      aria-valuenow={Math.round(share * 100)}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- likewise
      tabIndex={0}
      onPointerDown={begin}
      onKeyDown={step}
      className="absolute inset-y-0 -left-1 z-1 w-2 cursor-col-resize touch-none max-lg:hidden"
    />
  );
}
