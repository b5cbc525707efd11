/** Ranges of time as the URL has them: `1d`, `All`, or `{fromMs}-{toMs}`; and moments as people write them. */

const S = 1_000_000; // in microseconds, as everything here
const DAY = 86_400 * S;

export const TOKENS = ["5m", "30m", "1h", "3h", "6h", "1d", "3d", "7d", "14d", "30d", "90d", "1y", "All"] as const;
export type Token = (typeof TOKENS)[number];

export type DateRange = { kind: "relative"; token: Token } | { kind: "absolute"; fromUs: number; untilUs: number };
export interface Bounds {
  fromUs?: number;
  untilUs?: number;
}

export const USUAL_RANGE: DateRange = { kind: "relative", token: "1d" };

const UNITS: Readonly<Record<string, number>> = { s: S, m: 60 * S, h: 3600 * S, d: DAY, w: 7 * DAY, y: 365 * DAY };
const LABELS: Readonly<Record<string, string>> = { m: "min", h: "hour", d: "day", y: "year" };

/** Read what the URL says; null for what is no range. */
export function parseRange(text: string | undefined): DateRange | null {
  if (text === undefined) return null;
  const token = TOKENS.find((known) => known.toLowerCase() === text.toLowerCase());
  if (token !== undefined) return { kind: "relative", token };
  const match = /^(\d{1,16})-(\d{1,16})$/.exec(text);
  if (match === null) return null;
  const [fromUs, untilUs] = [Number(match[1]) * 1000, Number(match[2]) * 1000];
  return fromUs < untilUs && untilUs <= 8.64e18 ? { kind: "absolute", fromUs, untilUs } : null;
}

/** Write it as the URL has it. */
export function printRange(range: DateRange): string {
  if (range.kind === "relative") return range.token;
  return `${Math.floor(range.fromUs / 1000)}-${Math.ceil(range.untilUs / 1000)}`;
}

/** How long a token reaches back; null without end. */
export function lengthOf(token: Token): number | null {
  return token === "All" ? null : Number.parseInt(token, 10) * (UNITS[token.at(-1) ?? ""] ?? 0);
}

/** The moments that a range means now. A relative one has no end: what arrives belongs to it. */
export function boundsOf(range: DateRange, nowUs: number): Bounds {
  if (range.kind === "absolute") return { fromUs: range.fromUs, untilUs: range.untilUs };
  const length = lengthOf(range.token);
  return length === null ? {} : { fromUs: nowUs - length };
}

/** `Past 1 day`, `All time`. */
export function labelOf(token: Token): string {
  if (token === "All") return "All time";
  const count = Number.parseInt(token, 10);
  const unit = LABELS[token.at(-1) ?? ""] ?? "";
  return `Past ${count} ${unit}${count > 1 && unit !== "min" ? "s" : ""}`;
}

/** The range with the same end, or the same middle, and twice the length. */
export function zoomOut(range: DateRange, nowUs: number): DateRange {
  if (range.kind === "relative") {
    const at = TOKENS.indexOf(range.token);
    return { kind: "relative", token: TOKENS[Math.min(at + 1, TOKENS.length - 1)] ?? "All" };
  }
  const half = (range.untilUs - range.fromUs) / 2;
  const untilUs = Math.min(range.untilUs + half, Math.max(nowUs, range.untilUs));
  return { kind: "absolute", fromUs: Math.max(0, untilUs - 4 * half), untilUs };
}

/** The range before or after it, of the same length. */
export function shift(range: DateRange, direction: -1 | 1, nowUs: number): DateRange {
  const { fromUs, untilUs = nowUs } = boundsOf(range, nowUs);
  if (fromUs === undefined) return range;
  const by = direction * (untilUs - fromUs);
  return { kind: "absolute", fromUs: Math.max(0, fromUs + by), untilUs: untilUs + by };
}

/**
 * A moment as people write it: `-3h`, `now`, `today`, `yesterday`, `2026-06-01`, `2026-06-01 14:00`, ISO, or the epoch
 * in seconds or milliseconds. `toUs` turns a wall clock's reading into a moment. Null for everything else.
 */
export function parseMoment(text: string, nowUs: number, toUs: (wall: Wall) => number, today: Wall): number | null {
  const written = text.trim().toLowerCase();
  if (written === "now") return nowUs;
  if (written === "today") return toUs({ ...today, hour: 0, minute: 0, second: 0 });
  if (written === "yesterday") return toUs({ ...today, day: today.day - 1, hour: 0, minute: 0, second: 0 });
  const ago = /^-(\d{1,6})\s*([smhdwy])$/.exec(written);
  if (ago !== null) return nowUs - Number(ago[1]) * (UNITS[ago[2] ?? ""] ?? 0);
  if (/^\d{9,11}$/.test(written)) return Number(written) * S;
  if (/^\d{12,14}$/.test(written)) return Number(written) * 1000;
  if (/^\d{4}-\d\d-\d\dt[\d:.]+(z|[+-]\d\d:?\d\d)$/.test(written)) {
    const ms = Date.parse(text.trim());
    return Number.isNaN(ms) ? null : ms * 1000;
  }
  const wall = /^(\d{4})-(\d\d)-(\d\d)(?:[t ](\d{1,2}):(\d\d)(?::(\d\d))?)?$/.exec(written);
  return wall === null ? null : readWall(wall, toUs);
}

export interface Wall {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

function readWall(match: RegExpExecArray, toUs: (wall: Wall) => number): number | null {
  const [, year = "", month = "", day = "", hour = "0", minute = "0", second = "0"] = match;
  const wall = { year: +year, month: +month, day: +day, hour: +hour, minute: +minute, second: +second };
  const date = new Date(Date.UTC(wall.year, wall.month - 1, wall.day));
  const isDay = date.getUTCMonth() === wall.month - 1 && date.getUTCDate() === wall.day;
  return isDay && wall.hour < 24 && wall.minute < 60 && wall.second < 60 ? toUs(wall) : null;
}
