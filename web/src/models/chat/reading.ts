/** What the detectors share: reading lists whole or not at all, keys that are left over, arguments in strings. */
import { tryParse } from "../json/parse";
import { at, isArray, isObject, put, type Json, type JsonArray, type JsonObject } from "../json/value";
import { media, message, type MediaKind, type MediaPart, type Message, type Part, type Role } from "./message";

/** Each entry read by `read`; null as soon as one is not readable. */
export function readAll<T>(value: Json | undefined, read: (entry: JsonObject) => readonly T[] | null): T[] | null {
  if (!isArray(value)) return null;
  const found: T[] = [];
  for (const entry of value) {
    const one = isObject(entry) ? read(entry) : null;
    if (!one) return null;
    found.push(...one);
  }
  return found;
}

/** A list that is not empty, read whole. */
export const readSome = <T>(value: Json | undefined, read: (entry: JsonObject) => readonly T[] | null): T[] | null =>
  isArray(value) && value.length > 0 ? readAll(value, read) : null;

/** One object, or a list of them. */
export const readOneOrSome = <T>(value: Json, read: (entry: JsonObject) => readonly T[] | null): readonly T[] | null =>
  isObject(value) ? read(value) : readSome(value, read);

export const textAt = (value: JsonObject, ...keys: string[]): string | null => {
  for (const key of keys) {
    const found = at(value, key);
    if (typeof found === "string") return found;
  }
  return null;
};

export const objectAt = (value: JsonObject, ...keys: string[]): JsonObject | null => {
  for (const key of keys) {
    const found = at(value, key);
    if (isObject(found)) return found;
  }
  return null;
};

export const listAt = (value: JsonObject, ...keys: string[]): JsonArray | null => {
  for (const key of keys) {
    const found = at(value, key);
    if (isArray(found)) return found;
  }
  return null;
};

/** The first of these keys that is there and not null. */
export function valueOf(value: JsonObject, ...keys: string[]): Json | undefined {
  for (const key of keys) {
    const found = at(value, key);
    if (found !== undefined && found !== null) return found;
  }
  return undefined;
}

export const has = (value: JsonObject, key: string): boolean => at(value, key) !== undefined;

/** Everything but these keys, without what is null or an empty list or object. */
export function restOf(value: JsonObject, ...known: string[]): JsonObject {
  const rest: JsonObject = {};
  for (const [key, child] of Object.entries(value)) {
    const isEmpty =
      child === null || (isArray(child) && child.length === 0) || (isObject(child) && Object.keys(child).length === 0);
    if (!isEmpty && !known.includes(key)) put(rest, key, child);
  }
  return rest;
}

/** What is in a string when it is a JSON object or list, else the value itself. */
export function unpacked(value: Json | undefined): Json {
  if (typeof value === "string" && /^\s*[[{]/.test(value)) return tryParse(value) ?? value;
  return value ?? null;
}

/** A message that shows what stood beside a conversation; none when nothing did. */
export const besides = (rest: JsonObject): Message[] =>
  Object.keys(rest).length === 0 ? [] : [message("data", { parts: [{ type: "json", value: rest }] })];

const kindOf = (mimeType: string | null): MediaKind => {
  const family = mimeType?.split("/")[0] ?? "";
  return family === "image" || family === "audio" || family === "video" ? family : "file";
};

/** Media by its MIME type; base64 becomes a data URI, anything that is an address already stays. */
export function mediaOf(
  mimeType: string | null,
  data: string | null,
  kind: MediaKind = kindOf(mimeType),
  name: string | null = null,
): MediaPart {
  const isAddress = data === null || /^(?:data:|https?:|gs:|s3:|file:|@@@)/i.test(data);
  const source = isAddress ? data : `data:${mimeType ?? "application/octet-stream"};base64,${data}`;
  return media(kind, source, mimeType ?? /^data:([^;,]+)/.exec(data ?? "")?.[1] ?? null, name);
}

/** `{"result": …}` alone is the result: a wrapper for what is no object. */
function unwrapped(value: Json): Json {
  const keys = isObject(value) ? Object.keys(value) : [];
  return isObject(value) && keys.length === 1 && ["result", "output"].includes(keys[0] as string)
    ? (Object.values(value)[0] as Json)
    : value;
}

/** Parts of a result, whatever it is: text as text, the rest as JSON. */
export function resultParts(value: Json | undefined): Part[] {
  if (value === undefined || value === null) return [];
  const inside = unwrapped(unpacked(value));
  return [typeof inside === "string" ? { type: "text", text: inside } : { type: "json", value: inside }];
}

/** Messages of one role, with an empty one left out where tool results took all of its parts. */
export function spoken(role: Role, parts: Part[], results: Message[], given: Partial<Message>): Message[] {
  const own = message(role, { ...given, parts });
  const isEmpty = parts.length === 0 && own.toolCalls.length === 0 && results.length > 0;
  return isEmpty ? results : [...results, own];
}
