/** Marks on axes: round numbers, and times that a clock shows as round. */
import { momentOf, wallClock, wallOf, type Zone } from "@/lib/times";
import { scaleLinear } from "d3-scale";

const MINUTE = 60_000_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MOST_TICKS = 200;

export interface Tick {
  at: number;
  label: string;
}

/** Minutes within the hour, hours within the day, days since some day: what is added to a clock from tick to tick. */
const PACES: readonly { width: number; minutes?: number; hours?: number; days?: number }[] = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => ({ width: minutes * MINUTE, minutes })),
  ...[1, 2, 3, 6, 12].map((hours) => ({ width: hours * HOUR, hours })),
  ...[1, 2, 7, 14, 28, 91, 182, 364, 1820].map((days) => ({ width: days * DAY, days })),
];

/** Times from one moment to another, no more than so many; `06-01 12:00` as short as tells them apart. */
export function timeTicks(fromUs: number, untilUs: number, zone: Zone, most: number): Tick[] {
  const span = untilUs - fromUs;
  const pace = PACES.find(({ width }) => span / width <= Math.max(1, most)) ?? PACES.at(-1);
  if (pace === undefined || span <= 0) return [];
  const wall = { ...wallOf(fromUs, zone), second: 0 };
  const { minutes = 0, hours = 0, days = 0 } = pace;
  if (minutes > 0) wall.minute -= wall.minute % minutes;
  else wall.minute = 0;
  if (hours > 0) wall.hour -= wall.hour % hours;
  else if (days > 0) wall.hour = 0;
  if (days > 0) wall.day -= dayNumber(wall.year, wall.month, wall.day) % days;
  const ticks: Tick[] = [];
  for (let step = 0; step < MOST_TICKS; step += 1) {
    const at = momentOf(
      { ...wall, minute: wall.minute + step * minutes, hour: wall.hour + step * hours, day: wall.day + step * days },
      zone,
    );
    if (at > untilUs) break;
    if (at >= fromUs && at > (ticks.at(-1)?.at ?? Number.NEGATIVE_INFINITY))
      ticks.push({ at, label: labelOf(at, zone, days > 0) });
  }
  return ticks;
}

function dayNumber(year: number, month: number, day: number): number {
  const number = Date.UTC(year, month - 1, day) / (DAY / 1000);
  return number + 3; // so that every seventh is a Monday
}

function labelOf(us: number, zone: Zone, isDay: boolean): string {
  const { date, time } = wallClock(us, zone);
  return isDay || time.startsWith("00:00") ? date.slice(5) : time.slice(0, 5);
}

/** Round numbers from the least value, or 0, to the largest or a little more: the first and last one end the axis. */
export function valueTicks(least: number, most: number, count: number, isWhole = false): number[] {
  const low = Math.min(0, least);
  const high = most > low ? Math.max(0, most) : low + 1;
  const ticks = scaleLinear().domain([low, high]).nice(count).ticks(count);
  const shown = isWhole ? ticks.filter(Number.isInteger) : ticks;
  return shown.length > 1 ? shown : [Math.floor(low), Math.ceil(high)];
}
