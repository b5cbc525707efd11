/** Prices are decimal texts: moving the point is exact, where multiplying by a million is not. */

const DECIMAL = /^(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/** `2.5e-06`, moved by 6 places, is `2.5`; null for what is no number from 0. */
export function shiftDecimal(text: string, places: number): string | null {
  const match = DECIMAL.exec(text.trim());
  const [, whole = "", fraction = "", exponent = "0"] = match ?? [];
  if (match === null || whole + fraction === "") return null;
  const at = whole.length + Number(exponent) + places;
  const digits = whole + fraction;
  const padded = at <= 0 ? "0".repeat(1 - at) + digits : digits.padEnd(at, "0");
  const point = Math.max(at, 1);
  const left = padded.slice(0, point).replace(/^0+(?=\d)/, "");
  const right = padded.slice(point).replace(/0+$/, "");
  return right === "" ? left : `${left}.${right}`;
}

/** Prices are read per so many units: the power of ten of them. */
export const PRICE_UNITS = [
  { places: 0, label: "1 token" },
  { places: 3, label: "1K" },
  { places: 6, label: "1M" },
] as const;

/** A price per unit as it is shown per 10^places units. */
export function showPrice(perUnit: number, places: number): string {
  return shiftDecimal(String(perUnit), places) ?? "—";
}
