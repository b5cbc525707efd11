/**
 * What may be written next in a query, and the query once it is: fields, then operators, then values that exist.
 *
 * Knows the grammar only so far as a half-written query can be understood; the server alone says what is valid.
 */
import { splitTerms, writeField, writeValue } from "./terms";

export interface QueryField {
  name: string;
  kind: string;
  needsKey: boolean;
  mayHaveKey: boolean;
  lists: readonly string[];
  counted: readonly string[];
}

export interface Language {
  fields: readonly QueryField[];
  flags: readonly { name: string; lists: readonly string[] }[];
}

/** What stands at the cursor, and which part of the query a suggestion takes the place of. */
export interface Spot {
  kind: "field" | "key" | "flag" | "present" | "value";
  from: number;
  to: number;
  typed: string;
  /** Of a key or a value: its field, with the key where it has one. */
  field: string;
  /** A value among others in parentheses. */
  isListed: boolean;
}

export interface Suggestion {
  /** What is written in the place of the spot. */
  text: string;
  label: string;
  note?: string;
  count?: number;
  /** More is to be written: the suggestions go on. */
  isOpen: boolean;
}

const KEYED = /^(meta|score|usage|cost)\.(.*)$/s;
const BREAKS = /[\s()]/;

/** What the cursor, in UTF-16 units from 0, stands in. */
export function spotAt(query: string, cursor: number): Spot {
  const nothing: Spot = { kind: "field", from: cursor, to: cursor, typed: "", field: "", isListed: false };
  const term = splitTerms(query).find(({ start, text }) => start <= cursor && cursor <= start + text.length);
  if (term === undefined) return nothing;
  const end = term.start + term.text.length;
  const from = term.start + (term.text.startsWith("-") ? 1 : 0);
  if (cursor < from || query[from] === '"') return { ...nothing, kind: "value", to: cursor };
  const colon = colonOf(query, from, end);
  if (colon < 0 || cursor <= colon) {
    const to = colon < 0 ? end : colon + 1;
    const typed = query.slice(from, cursor);
    const keyed = KEYED.exec(typed);
    if (keyed === null) return { ...nothing, from, to, typed };
    return { ...nothing, kind: "key", from, to, field: keyed[1] ?? "", typed: (keyed[2] ?? "").replace(/^"/, "") };
  }
  const field = query.slice(from, colon);
  return { ...valueSpot(query, colon + 1, cursor, end), field, kind: kindOfValue(field) };
}

function kindOfValue(field: string): Spot["kind"] {
  return field === "is" ? "flag" : field === "has" ? "present" : "value";
}

/** Where the colon stands that ends the field's name; −1 when there is none yet. */
function colonOf(query: string, from: number, end: number): number {
  const match = /^[a-z]+(?:\.(?:"(?:[^"\\]|\\.)*"|[^\s:"()])*)?:/.exec(query.slice(from, end));
  return match === null ? -1 : from + match[0].length - 1;
}

/** The scalar around the cursor: whole, or one of several in parentheses. */
function valueSpot(query: string, start: number, cursor: number, end: number): Omit<Spot, "kind" | "field"> {
  const isListed = query[start] === "(";
  let from = isListed ? start + 1 : start;
  let at = from;
  while (at < cursor) {
    if (query[at] === '"') {
      const close = endOfQuoted(query, at, end);
      if (close >= cursor) break;
      at = close;
    } else {
      at += 1;
      if (isListed && BREAKS.test(query[at - 1] ?? "")) from = at;
    }
  }
  let to = cursor;
  if (query[from] === '"') to = Math.max(cursor, endOfQuoted(query, from, end));
  else while (to < end && !BREAKS.test(query[to] ?? "")) to += 1;
  const typed = query
    .slice(from, cursor)
    .replace(/^"/, "")
    .replace(/\\(["\\])/g, "$1");
  return { from, to, typed, isListed };
}

/** Behind the quote that closes the one here, or at the end. */
function endOfQuoted(query: string, open: number, end: number): number {
  for (let at = open + 1; at < end; at += 1) {
    if (query[at] === "\\") at += 1;
    else if (query[at] === '"') return at + 1;
  }
  return end;
}

const SPECIAL = [
  { name: "has", note: "has a value" },
  { name: "is", note: "is so" },
] as const;

/** Fields, flags and operators that begin as what is typed; values come from the server. */
export function suggested(spot: Spot, language: Language, list: string): Suggestion[] {
  const { kind, typed } = spot;
  const fits = (name: string) => name.startsWith(typed.toLowerCase());
  const fields = language.fields.filter(({ lists }) => lists.includes(list));
  if (kind === "flag") {
    const flags = language.flags.filter(({ name, lists }) => lists.includes(list) && fits(name));
    return flags.map(({ name }) => ({ text: name, label: name, isOpen: false }));
  }
  if (kind === "present")
    return fields
      .filter(({ name, needsKey }) => fits(name) && !needsKey)
      .map(({ name, kind: note }) => ({ text: name, label: name, note: noteOf(note), isOpen: false }));
  if (kind !== "field")
    return kind === "value" && typed === "" && !spot.isListed ? operators(fieldOf(spot, fields)) : [];
  const named = fields.filter(({ name }) => fits(name)).map((field) => suggestField(field));
  const special = SPECIAL.filter(({ name }) => fits(name)).map(({ name, note }) => suggestField({ name, note }));
  return [...named, ...special];
}

function suggestField(field: { name: string; kind?: string; needsKey?: boolean; note?: string }): Suggestion {
  const { name, kind = "", needsKey = false, note = noteOf(kind) } = field;
  return { text: `${name}${needsKey ? "." : ":"}`, label: name, note, isOpen: true };
}

/** The field of a value; undefined when the list has no such field. */
export function fieldOf(spot: Spot, fields: readonly QueryField[]): QueryField | undefined {
  const name = KEYED.exec(spot.field)?.[1] ?? spot.field;
  return fields.find((field) => field.name === name);
}

const NUMBERS = new Set(["number", "count", "duration", "money", "score", "value"]);
const OF_NUMBERS = [
  [">", "more than"],
  ["<", "less than"],
] as const;

function operators(field: QueryField | undefined): Suggestion[] {
  if (field === undefined) return [];
  const all =
    field.kind === "text"
      ? ([["=", "exactly"]] as const)
      : field.kind === "moment"
        ? ([
            [">=", "from this time on"],
            ["<", "before this time"],
          ] as const)
        : NUMBERS.has(field.kind)
          ? OF_NUMBERS
          : [];
  return all.map(([text, note]) => ({ text, label: text, note, isOpen: true }));
}

const NOTES: Readonly<Record<string, string>> = {
  exact: "text",
  upper: "text",
  text: "text, * for anything",
  list: "several texts",
  map: "by key",
  score: "by name",
  number: "number",
  count: "number",
  duration: "time, as 2s or 800ms",
  money: "USD",
  moment: "time, as 2026-06-01 or -1h",
  value: "number, true or false",
};

function noteOf(kind: string): string {
  return NOTES[kind] ?? "";
}

/** The field whose values or keys the server is asked for; null when it has none to tell. */
export function askedFor(spot: Spot, language: Language, list: string): string | null {
  if (spot.kind !== "value" && spot.kind !== "key") return null;
  if (spot.kind === "key") return spot.field === "meta" || spot.field === "score" ? spot.field : null;
  if (/^[<>=*]/.test(spot.typed)) return null;
  const field = fieldOf(spot, language.fields);
  if (field === undefined || !field.counted.includes(list)) return null;
  return NUMBERS.has(field.kind) && field.kind !== "score" ? null : spot.field;
}

/** Values or keys that exist and hold what is typed, those that begin with it first. */
export function suggestedValues(spot: Spot, values: readonly { value: string; count: number }[]): Suggestion[] {
  const typed = spot.typed.toLowerCase();
  const fitting = values.filter(({ value }) => value !== "" && value.toLowerCase().includes(typed));
  const starts = (value: string) => (value.toLowerCase().startsWith(typed) ? 0 : 1);
  return fitting
    .toSorted((left, right) => starts(left.value) - starts(right.value))
    .map(({ value, count }) => {
      const text = spot.kind === "key" ? `${writeField(spot.field, value)}:` : writeValue(value);
      return { text, label: value, count, isOpen: spot.kind === "key" };
    });
}

/** The query with a suggestion in its place, and where the cursor stands then. */
export function accepted(query: string, spot: Spot, { text, isOpen }: Suggestion): { query: string; cursor: number } {
  const before = query.slice(0, spot.from);
  const after = query.slice(spot.to);
  const space = isOpen || spot.isListed || /^\s/.test(after) ? "" : " ";
  const cursor = before.length + text.length + (isOpen || spot.isListed ? 0 : 1);
  return { query: `${before}${text}${space}${after}`, cursor };
}
