/** OpenInference: messages by dotted names, nested or flat. */
import { at, isArray, isObject, put, type Json, type JsonObject } from "../../json/value";
import { text, type Detector, type Message } from "../message";
import { has, mediaOf, objectAt, readSome, textAt } from "../reading";
import { roleContentMessage, type PartReader } from "../roleContent";

/** `{"message.role": …}` as `{message: {role: …}}`; numbered names become lists. */
export function nested(flat: JsonObject): JsonObject {
  const result: JsonObject = {};
  for (const [path, value] of Object.entries(flat)) {
    const keys = path.split(".");
    let into = result;
    for (const key of keys.slice(0, -1)) {
      const below = objectAt(into, key) ?? {};
      put(into, key, below);
      into = below;
    }
    put(
      into,
      keys.at(-1) as string,
      isObject(value)
        ? nested(value)
        : isArray(value)
          ? value.map((one) => (isObject(one) ? nested(one) : one))
          : value,
    );
  }
  return listed(result) as JsonObject;
}

/** Objects whose keys are 0, 1, 2 … as lists. */
function listed(value: Json): Json {
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, child]) => [key, listed(child)] as const);
  const isList = entries.length > 0 && entries.every(([key], index) => key === String(index));
  if (isList) return entries.map(([, child]) => child);
  const result: JsonObject = {};
  for (const [key, child] of entries) put(result, key, child);
  return result;
}

const part: PartReader = (value) => {
  const inner = objectAt(value, "message_content") ?? value;
  const image = objectAt(objectAt(inner, "image") ?? {}, "image");
  const url = textAt(image ?? {}, "url");
  if (url !== null) return { parts: [mediaOf(null, url, "image")] };
  const words = textAt(inner, "text");
  return words === null ? null : { parts: [text(words)] };
};

function entry(value: JsonObject): Message[] | null {
  const { message: told, ...others } = nested(value);
  const inner = isObject(told) ? told : null;
  if (!inner || !has(inner, "role") || Object.keys(others).length > 0) return null;
  const { contents, ...rest } = inner;
  return roleContentMessage(contents === undefined ? inner : { ...rest, content: contents }, part);
}

export const openInference: Detector = {
  name: "OpenInference",
  read: (value) =>
    isObject(value) && (has(value, "message.role") || isObject(at(value, "message")))
      ? entry(value)
      : readSome(value, entry),
};
