/** How values are written, in one place. All functions are total: whatever comes in, something readable goes out. */

const GAP = "\u202f"; // narrow no-break space: between groups of digits, and before a unit
const US_PER_MS = 1000;
const US_PER_S = 1_000_000;
const BYTE_UNITS = ["B", "kB", "MB", "GB", "TB"];

export const ABSENT = "—";

/** `12 345`: an integer with its digits in groups. */
export function formatCount(value: number): string {
  return group(String(Math.round(value)));
}

/** `≈ 1.2 M`: a count that is not exact. */
export function formatEstimate(value: number): string {
  if (value < 10_000) return `≈${GAP}${formatCount(value)}`;
  const [scaled, unit] = value < 999_500 ? [value / 1000, "k"] : [value / 1_000_000, "M"];
  return `≈${GAP}${scaled < 99.95 ? scaled.toFixed(1) : scaled.toFixed(0)}${GAP}${unit}`;
}

/** `0.4 ms`, `842 ms`, `1.24 s`, `2 m 05 s`, `1 h 12 m`, `3 d 04 h`; microseconds in. */
export function formatDuration(us: number): string {
  const sign = us < 0 ? "−" : "";
  return sign + formatSpan(Math.abs(us));
}

function formatSpan(us: number): string {
  if (us === 0) return `0${GAP}ms`;
  const ms = us / US_PER_MS;
  if (ms < 9.95) return `${ms < 0.05 ? ms.toFixed(3) : ms.toFixed(1)}${GAP}ms`;
  if (ms < 999.5) return `${ms.toFixed(0)}${GAP}ms`;
  const s = us / US_PER_S;
  if (s < 9.995) return `${s.toFixed(2)}${GAP}s`;
  if (s < 59.95) return `${s.toFixed(1)}${GAP}s`;
  const whole = Math.round(s);
  if (whole < 3600) return `${Math.floor(whole / 60)}${GAP}m ${two(whole % 60)}${GAP}s`;
  const minutes = Math.round(s / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)}${GAP}h ${two(minutes % 60)}${GAP}m`;
  const hours = Math.round(s / 3600);
  return `${Math.floor(hours / 24)}${GAP}d ${two(hours % 24)}${GAP}h`;
}

/** `12 s…`: how long something runs already. */
export function formatRunning(us: number): string {
  return `${formatDuration(Math.max(0, Math.round(us / US_PER_S) * US_PER_S))}…`;
}

/** `0 B`, `842 B`, `3.1 kB`, `1.2 GB`: units of 1 000. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.95 ? value.toFixed(0) : value.toFixed(1)}${GAP}${BYTE_UNITS[unit] ?? ""}`;
}

/** `1 234`, `12.4k`, `1.2M`. */
export function formatTokens(tokens: number): string {
  if (tokens < 10_000) return formatCount(tokens);
  if (tokens < 999_950) return `${(tokens / 1000).toFixed(1)}k`;
  if (tokens < 999_950_000) return `${(tokens / 1_000_000).toFixed(1)}M`;
  return `${(tokens / 1_000_000_000).toFixed(1)}B`;
}

/** `1 200 → 340`: tokens in and out; null is unknown. */
export function formatTokenPair(input: number | null, output: number | null): string {
  if (input === null && output === null) return ABSENT;
  return `${input === null ? ABSENT : formatTokens(input)} → ${output === null ? ABSENT : formatTokens(output)}`;
}

/**
 * `$0`, `$0.000123`, `$0.0421`, `$1.23`, `—` when unknown, `$1.23+` when some parts have no price.
 *
 * The amount is a decimal string in USD and is rounded as one: no binary fraction is involved.
 */
export function formatCost(amount: string | null, isPartial = false): string {
  const parsed = amount === null ? null : parseDecimal(amount);
  if (parsed === null) return ABSENT;
  return `${parsed.isNegative ? "−" : ""}$${costDigits(parsed)}${isPartial ? "+" : ""}`;
}

interface Decimal {
  isNegative: boolean;
  whole: string;
  fraction: string;
}

function parseDecimal(text: string): Decimal | null {
  const match = /^(-?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text.trim());
  if (match === null) return null;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  if (whole === "" && fraction === "") return null;
  const shift = Number(exponent);
  const padded = shift < 0 ? whole.padStart(whole.length - shift, "0") : whole;
  const tail = shift > 0 ? fraction.padEnd(shift, "0") : fraction;
  const point = shift < 0 ? padded.length + shift : padded.length;
  const digits = shift < 0 ? padded + tail : whole + tail;
  const at = shift > 0 ? whole.length + shift : point;
  return {
    isNegative: sign === "-",
    whole: digits.slice(0, at).replace(/^0+/, ""),
    fraction: digits.slice(at).replace(/0+$/, ""),
  };
}

function costDigits({ whole, fraction }: Decimal): string {
  if (whole === "" && fraction === "") return "0";
  if (whole !== "") return round(whole, fraction, 2);
  const zeros = /^0*/.exec(fraction)?.[0].length ?? 0;
  if (zeros < 2) return round("0", fraction, 4);
  return round("0", fraction, zeros + 3).replace(/0+$/, "");
}

/** The number with so many decimals, half rounded up. */
function round(whole: string, fraction: string, places: number): string {
  const kept = BigInt(whole + fraction.slice(0, places).padEnd(places, "0"));
  const rounded = (kept + ((fraction[places] ?? "0") >= "5" ? 1n : 0n)).toString().padStart(places + 1, "0");
  const point = rounded.length - places;
  return `${group(rounded.slice(0, point))}.${rounded.slice(point)}`;
}

/** `93.4 %`. */
export function formatPercent(fraction: number): string {
  return `${(fraction * 100).toFixed(1)}${GAP}%`;
}

/** A score's number with at most four significant digits. */
export function formatScore(value: number): string {
  if (!Number.isFinite(value)) return ABSENT;
  const rounded = Number(value.toPrecision(4));
  const isLong = Number.isInteger(rounded) && Math.abs(rounded) >= 10_000 && Math.abs(rounded) < 1e15;
  return (isLong ? formatCount(rounded) : rounded.toString()).replace("-", "−");
}

/** The first eight characters and the last four of a long id. */
export function formatId(id: string): string {
  const letters = [...id];
  return letters.length <= 14 ? id : `${letters.slice(0, 8).join("")}…${letters.slice(-4).join("")}`;
}

/** `3 min ago`, `in 2 h`; both in microseconds. */
export function formatRelative(us: number, nowUs: number): string {
  const seconds = Math.round((nowUs - us) / US_PER_S);
  const past = seconds >= 0;
  const size = Math.abs(seconds);
  if (size < 5) return "just now";
  const text =
    size < 60
      ? `${size} s`
      : size < 3600
        ? `${Math.floor(size / 60)} min`
        : size < 86_400
          ? `${Math.floor(size / 3600)} h`
          : `${Math.floor(size / 86_400)} d`;
  return past ? `${text} ago` : `in ${text}`;
}

/** One line of whatever text: white space and line ends become one space. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function group(digits: string): string {
  return digits.replace("-", "−").replace(/\B(?=(\d{3})+(?!\d))/g, GAP);
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
