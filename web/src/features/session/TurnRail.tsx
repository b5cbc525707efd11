import { useVirtualizer } from "@tanstack/react-virtual";
import { OctagonAlert } from "lucide-react";
import { useEffect, useRef } from "react";

import type { Turn } from "@/api/sessions";
import { formatDuration } from "@/lib/formatters";
import { usePreferences } from "@/lib/preferences";
import { wallClock } from "@/lib/times";
import { classes } from "@/ui/classes";
import { CostText, DurationText } from "@/ui/values";

const ROW_PX = 44;
const PAUSE_PX = 20;
const DOTS = 5;

export interface TurnRailProps {
  turns: readonly Turn[];
  pauses: readonly (number | null)[];
  /** Place of the turn that is read. */
  current: number;
  onChoose: (at: number) => void;
}

/** The turns of a session at the left: when, how long, how much, how they were judged; long pauses between them. */
export function TurnRail({ turns, pauses, current, onChoose }: TurnRailProps) {
  const scroll = useRef<HTMLDivElement>(null);
  const { zone } = usePreferences();
  const virtual = useVirtualizer({
    count: turns.length,
    getScrollElement: () => scroll.current,
    estimateSize: (at) => ROW_PX + ((pauses[at] ?? null) === null ? 0 : PAUSE_PX),
    getItemKey: (at) => turns[at]?.id ?? at,
    overscan: 10,
    scrollPaddingStart: 2 * ROW_PX,
    scrollPaddingEnd: 2 * ROW_PX,
  });
  useEffect(() => {
    if (current >= 0) virtual.scrollToIndex(current, { align: "auto" });
  }, [current, virtual]);
  const firstDay = turns[0] === undefined ? "" : wallClock(turns[0].timestampUs, zone).date;
  return (
    <nav aria-label="Turns" className="hidden w-60 shrink-0 flex-col border-r border-line lg:flex">
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reachable by the keyboard */}
      <div ref={scroll} tabIndex={0} className="min-h-0 grow overflow-y-auto" data-testid="turn-rail">
        <ol style={{ height: virtual.getTotalSize() }} className="relative">
          {virtual.getVirtualItems().map(({ index, key, start }) => {
            const turn = turns[index];
            return (
              turn !== undefined && (
                <li key={key} className="absolute inset-x-0 top-0" style={{ transform: `translateY(${start}px)` }}>
                  <Pause us={pauses[index] ?? null} />
                  <RailTurn
                    turn={turn}
                    number={index + 1}
                    clock={clockOf(turn, firstDay, zone)}
                    isCurrent={index === current}
                    onChoose={() => onChoose(index)}
                  />
                </li>
              )
            );
          })}
        </ol>
      </div>
    </nav>
  );
}

function clockOf({ timestampUs }: Turn, firstDay: string, zone: Parameters<typeof wallClock>[1]): string {
  const { date, time } = wallClock(timestampUs, zone);
  return date === firstDay ? time.slice(0, 8) : `${date.slice(5)} ${time.slice(0, 5)}`;
}

function Pause({ us }: { us: number | null }) {
  if (us === null) return null;
  return (
    <div
      className="flex items-center gap-2 px-3 text-11 text-text-3"
      style={{ height: PAUSE_PX }}
      data-testid="rail-pause"
    >
      <span className="h-px grow bg-line" />
      {formatDuration(us)} idle
      <span className="h-px grow bg-line" />
    </div>
  );
}

interface RailTurnProps {
  turn: Turn;
  number: number;
  clock: string;
  isCurrent: boolean;
  onChoose: () => void;
}

function RailTurn({ turn, number, clock, isCurrent, onChoose }: RailTurnProps) {
  return (
    <button
      type="button"
      data-testid="rail-turn"
      data-id={turn.id}
      aria-current={isCurrent ? "true" : undefined}
      onClick={onChoose}
      style={{ height: ROW_PX }}
      className={classes(
        "flex w-full flex-col justify-center gap-0.5 border-l-2 px-2.5 text-left text-12",
        isCurrent ? "border-accent bg-selected" : "border-transparent hover:bg-hover",
      )}
    >
      <span className="flex w-full items-center gap-1.5">
        <span className="tabular text-text-3">{number}</span>
        <span className="tabular">{clock}</span>
        {turn.errorCount > 0 && (
          <OctagonAlert className="size-3.5 text-danger" strokeWidth={2} aria-label="with errors" role="img" />
        )}
        <span className="ml-auto text-text-2">
          <DurationText us={turn.latencyUs} isRunning={turn.isRunning && turn.latencyUs === null} />
        </span>
      </span>
      <span className="flex w-full items-center gap-1.5 text-text-3">
        <span className="truncate" dir="auto">
          {turn.inputPreview ?? turn.name ?? "no input"}
        </span>
        <ScoreDots turn={turn} />
        <span className="ml-auto">
          <CostText amount={turn.cost} unpriced={turn.unpricedCount} />
        </span>
      </span>
    </button>
  );
}

/** A dot for each score: green and red for what was judged true and false, grey for the rest. */
function ScoreDots({ turn: { scores } }: { turn: Turn }) {
  if (scores.length === 0) return null;
  const words = scores.map(({ name, stringValue, value }) => `${name}: ${stringValue ?? value}`).join("\n");
  return (
    <span className="inline-flex shrink-0 gap-0.5" role="img" aria-label={`${scores.length} scores`} title={words}>
      {scores.slice(0, DOTS).map(({ id, dataType, value }) => (
        <span
          key={id}
          className={classes(
            "size-1.5 rounded-full",
            dataType === "BOOLEAN" ? (value === 1 ? "bg-success" : "bg-danger") : "bg-text-3",
          )}
        />
      ))}
    </span>
  );
}
