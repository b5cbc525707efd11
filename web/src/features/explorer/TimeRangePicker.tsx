import { ChevronLeft, ChevronRight, Clock, ZoomOut } from "lucide-react";
import { type FormEvent, type ReactNode, useId, useMemo, useState } from "react";

import { useShortcuts } from "@/app/useShortcuts";
import { usePreferences } from "@/lib/preferences";
import type { Shortcut } from "@/lib/shortcuts";
import { formatTime, momentOf, wallOf, zoneName } from "@/lib/times";
import {
  boundsOf,
  type DateRange,
  labelOf,
  parseMoment,
  printRange,
  shift,
  TOKENS,
  USUAL_RANGE,
  zoomOut,
} from "@/models/dateRange";
import { Button, IconButton } from "@/ui/Button";
import { classes } from "@/ui/classes";
import { Popover } from "@/ui/Popover";
import { ZoneSelect } from "@/ui/ZoneSelect";

export interface TimeRangePickerProps {
  /** null: each part of the page has its own. */
  range: DateRange | null;
  nowUs: number;
  onChoose: (range: DateRange) => void;
  /** Back to no range for all. */
  onReset?: () => void;
}

/** Which time a page looks at: a range that ends now, or one that is fixed. */
export function TimeRangePicker({ range, nowUs, onChoose, onReset }: TimeRangePickerProps) {
  const [isOpen, setOpen] = useState(false);
  const { zone } = usePreferences();
  const keys = useMemo<Shortcut[]>(() => [{ keys: "t", label: "Choose the time range", run: () => setOpen(true) }], []);
  useShortcuts("page", keys);
  const choose = (chosen: DateRange) => {
    setOpen(false);
    onChoose(chosen);
  };
  const label =
    range === null
      ? "Each chart’s own time"
      : range.kind === "relative"
        ? labelOf(range.token)
        : `${formatTime(range.fromUs, zone)} – ${formatTime(range.untilUs, zone)}`;
  return (
    <Popover
      label="Time range"
      align="end"
      isOpen={isOpen}
      onOpenChange={setOpen}
      className="p-2"
      trigger={
        <Button data-testid="time-range" data-value={range === null ? "" : printRange(range)} className="max-w-96">
          <Clock className="size-3.5 shrink-0 text-text-3" strokeWidth={1.75} aria-hidden />
          <span className="tabular hidden truncate sm:inline">{label}</span>
          <span className="hidden text-12 text-text-3 xl:inline" data-testid="zone-name">
            {zoneName(nowUs, zone)}
          </span>
        </Button>
      }
    >
      <div className="flex max-w-[calc(100vw-32px)] flex-wrap gap-3">
        <ul className="grid w-56 grid-cols-2 gap-0.5 self-start">
          {onReset !== undefined && (
            <li className="col-span-2">
              <RangeButton
                isChosen={range === null}
                onClick={() => {
                  setOpen(false);
                  onReset();
                }}
              >
                Each chart’s own time
              </RangeButton>
            </li>
          )}
          {TOKENS.map((token) => {
            const isChosen = range?.kind === "relative" && range.token === token;
            return (
              <li key={token}>
                <RangeButton isChosen={isChosen} onClick={() => choose({ kind: "relative", token })}>
                  {labelOf(token)}
                </RangeButton>
              </li>
            );
          })}
        </ul>
        <FixedRange
          key={`${printRange(range ?? USUAL_RANGE)} ${zone}`}
          range={range ?? USUAL_RANGE}
          nowUs={nowUs}
          onChoose={choose}
        />
      </div>
    </Popover>
  );
}

function RangeButton({ isChosen, onClick, children }: { isChosen: boolean; onClick: () => void; children: ReactNode }) {
  return (
    <button
      type="button"
      aria-pressed={isChosen}
      onClick={onClick}
      className={classes("h-7 w-full rounded-sm px-2 text-left hover:bg-hover", isChosen && "bg-selected font-medium")}
    >
      {children}
    </button>
  );
}

interface FixedRangeProps {
  range: DateRange;
  nowUs: number;
  onChoose: (range: DateRange) => void;
}

function FixedRange({ range, nowUs, onChoose }: FixedRangeProps) {
  const { zone } = usePreferences();
  const { fromUs, untilUs = nowUs } = boundsOf(range, nowUs);
  const [from, setFrom] = useState(fromUs === undefined ? "" : formatTime(fromUs, zone));
  const [until, setUntil] = useState(range.kind === "relative" ? "now" : formatTime(untilUs, zone));
  const [error, setError] = useState<string | null>(null);
  const read = (text: string) => parseMoment(text, nowUs, (wall) => momentOf(wall, zone), wallOf(nowUs, zone));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const [begin, end] = [read(from), read(until)];
    if (begin === null || end === null) setError("Write -3h, yesterday, 2026-06-01 14:00, or a time in seconds");
    else if (begin >= end) setError("The beginning has to lie before the end");
    else onChoose({ kind: "absolute", fromUs: begin, untilUs: end });
  };
  return (
    <form onSubmit={submit} className="flex w-52 flex-col gap-2 border-line sm:border-l sm:pl-3">
      <TimeField label={`From (${zoneName(nowUs, zone)})`} value={from} onChange={setFrom} />
      <TimeField label="Until" value={until} onChange={setUntil} />
      {error !== null && (
        <p role="alert" className="text-12 text-danger">
          {error}
        </p>
      )}
      <Button type="submit" kind="primary">
        Apply
      </Button>
      <ZoneSelect />
      <div className="flex justify-between">
        <IconButton
          label="The time before"
          icon={<ChevronLeft className="size-4" strokeWidth={1.75} />}
          onClick={() => onChoose(shift(range, -1, nowUs))}
        />
        <Button kind="quiet" onClick={() => onChoose(zoomOut(range, nowUs))}>
          <ZoomOut className="size-4" strokeWidth={1.75} aria-hidden /> Zoom out
        </Button>
        <IconButton
          label="The time after"
          icon={<ChevronRight className="size-4" strokeWidth={1.75} />}
          onClick={() => onChoose(shift(range, 1, nowUs))}
        />
      </div>
    </form>
  );
}

function TimeField({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  const id = useId();
  return (
    <div className="flex flex-col gap-0.5">
      <label htmlFor={id} className="text-12 text-text-2">
        {label}
      </label>
      <input
        id={id}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        autoComplete="off"
        className="tabular h-7 w-full rounded-sm border border-line-strong bg-bg px-2"
      />
    </div>
  );
}
