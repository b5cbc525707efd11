/** Moments in a person's time zone. All moments are microseconds since the epoch. */

/** "browser", "utc" or an IANA name. */
export type Zone = string;

const cached = new Map<Zone, Intl.DateTimeFormat>();

function formatFor(zone: Zone): Intl.DateTimeFormat {
  const known = cached.get(zone);
  if (known !== undefined) return known;
  const options: Intl.DateTimeFormatOptions = {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    ...(zone === "browser" ? {} : { timeZone: zone }),
  };
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-GB", options);
  } catch {
    format = new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" }); // no such zone
  }
  cached.set(zone, format);
  return format;
}

/** The zone that a text names; null when there is none. */
export function readZone(text: string | undefined): Zone | null {
  if (text === undefined || text === "") return null;
  try {
    return new Intl.DateTimeFormat("en-GB", { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

/** The IANA name of a zone, for the server. */
export function ianaOf(zone: Zone): string {
  return formatFor(zone).resolvedOptions().timeZone;
}

export interface WallClock {
  date: string;
  time: string;
  ms: number;
}

/** What a clock on the wall shows: `2026-06-01`, `14:03:22` and the milliseconds. */
export function wallClock(us: number, zone: Zone): WallClock {
  const ms = Math.floor(us / 1000);
  const parts: Record<string, string> = {};
  for (const { type, value } of formatFor(zone).formatToParts(ms)) parts[type] = value;
  return {
    date: `${parts["year"]?.padStart(4, "0")}-${parts["month"]}-${parts["day"]}`,
    time: `${parts["hour"]}:${parts["minute"]}:${parts["second"]}`,
    ms: ((ms % 1000) + 1000) % 1000,
  };
}

/** `2026-06-01 14:03:22`, or with `.042` behind. */
export function formatTime(us: number, zone: Zone, { withMs = false }: { withMs?: boolean } = {}): string {
  const { date, time, ms } = wallClock(us, zone);
  return `${date} ${time}${withMs ? `.${String(ms).padStart(3, "0")}` : ""}`;
}

/** ISO-8601 in UTC, to the millisecond: what is copied. */
export function isoTime(us: number): string {
  const date = new Date(Math.floor(us / 1000));
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}

/** `UTC+2`, `UTC−3:30`: the zone's offset at a moment. */
export function zoneName(us: number, zone: Zone): string {
  const { date, time } = wallClock(us, zone);
  const minutes = Math.round((Date.parse(`${date}T${time}Z`) - Math.floor(us / 1000)) / 60_000);
  if (minutes === 0) return "UTC";
  const size = Math.abs(minutes);
  const rest = size % 60 === 0 ? "" : `:${String(size % 60).padStart(2, "0")}`;
  return `UTC${minutes < 0 ? "−" : "+"}${Math.floor(size / 60)}${rest}`;
}

export interface Wall {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

/** What a clock on the wall shows, as numbers. */
export function wallOf(us: number, zone: Zone): Wall {
  const { date, time } = wallClock(us, zone);
  const [year = 0, month = 0, day = 0] = date.split("-").map(Number);
  const [hour = 0, minute = 0, second = 0] = time.split(":").map(Number);
  return { year, month, day, hour, minute, second };
}

/**
 * The moment at which a clock on the wall shows this. Where clocks are put forward and no clock shows it, the moment
 * that it would have been; where they are put back and it is shown twice, one of the two.
 */
export function momentOf(wall: Wall, zone: Zone): number {
  const asUtc = Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second) * 1000;
  const offset = (us: number) => {
    const shown = wallOf(us, zone);
    return Date.UTC(shown.year, shown.month - 1, shown.day, shown.hour, shown.minute, shown.second) * 1000 - us;
  };
  const guess = asUtc - offset(asUtc);
  return asUtc - offset(guess);
}
