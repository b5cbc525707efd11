/** Query strings as text: nothing is parsed as JSON, a key may repeat, and what people read stays readable. */

export type SearchValue = string | readonly string[];
export type Search = Readonly<Record<string, SearchValue>>;
/** `undefined` and empty lists take a key away. */
export type SearchPatch = Readonly<Record<string, SearchValue | undefined>>;

/** Read a query string, with or without its question mark. A key that repeats gives a list. Never throws. */
export function parseSearch(text: string): Search {
  const found: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
  for (const [key, value] of new URLSearchParams(text)) {
    const before = found[key];
    if (before === undefined) found[key] = value;
    else if (typeof before === "string") found[key] = [before, value];
    else before.push(value);
  }
  return found;
}

/** Write a query string: "" or "?key=value&…". */
export function printSearch(search: SearchPatch): string {
  const pairs: string[] = [];
  for (const [key, value] of Object.entries(search)) {
    if (value === undefined) continue;
    for (const one of typeof value === "string" ? [value] : value) pairs.push(`${encode(key)}=${encode(one)}`);
  }
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
}

/** The search with some keys changed; keys that stay keep their order. */
export function patchSearch(search: Search, patch: SearchPatch): Search {
  const changed: Record<string, SearchValue> = Object.create(null) as Record<string, SearchValue>;
  for (const [key, value] of Object.entries({ ...search, ...patch })) {
    if (value === undefined || (typeof value !== "string" && value.length === 0)) continue;
    changed[key] = value;
  }
  return changed;
}

/** The first value of a key. */
export function oneOf(search: Search, key: string): string | undefined {
  const value = search[key];
  return typeof value === "string" || value === undefined ? value : value[0];
}

/** Every value of a key. */
export function allOf(search: Search, key: string): readonly string[] {
  const value = search[key];
  return value === undefined ? [] : typeof value === "string" ? [value] : value;
}

const READABLE: Readonly<Record<string, string>> = {
  "%20": "+",
  "%2F": "/",
  "%3A": ":",
  "%2C": ",",
  "%24": "$",
  "%40": "@",
};

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(/%(?:20|2F|3A|2C|24|40)/g, (code) => READABLE[code] ?? code);
}
