/** Bedrock's Converse, and Strands, which uses its messages. */
import { at, isObject, type Json, type JsonObject } from "../../json/value";
import { toolCallOf } from "../calls";
import { text, type Detector, type MediaKind, type Message, type Part } from "../message";
import { has, listAt, mediaOf, objectAt, readOneOrSome, resultParts, restOf, textAt, unpacked } from "../reading";
import { contentOf, roleContentMessage, toolResult, type PartReader, type Read } from "../roleContent";

const MEDIA: readonly (readonly [string, MediaKind, string])[] = [
  ["image", "image", "image/"],
  ["video", "video", "video/"],
  ["audio", "audio", "audio/"],
  ["document", "file", "application/"],
];

const block: PartReader = (value) => {
  if (has(value, "type")) return null;
  const words = textAt(value, "text");
  if (words !== null) return { parts: [text(words)] };
  const use = objectAt(value, "toolUse");
  const call = use && toolCallOf(use);
  if (call) return { calls: [call] };
  const answer = objectAt(value, "toolResult");
  if (answer) return { results: [result(answer)] };
  const reasoning = objectAt(value, "reasoningContent");
  if (reasoning) return { parts: [thought(reasoning)] };
  return has(value, "cachePoint") ? {} : attached(value);
};

const thought = (reasoning: JsonObject): Part => ({
  type: "thinking",
  text: textAt(objectAt(reasoning, "reasoningText") ?? {}, "text") ?? "",
  isRedacted: has(reasoning, "redactedContent"),
});

function attached(value: JsonObject): Read | null {
  for (const [key, kind, family] of MEDIA) {
    const found = objectAt(value, key);
    if (!found) continue;
    const source = objectAt(found, "source") ?? {};
    const mimeType = family + (textAt(found, "format") ?? "octet-stream");
    const place = textAt(source, "bytes") ?? textAt(objectAt(source, "s3Location") ?? {}, "uri");
    return { parts: [mediaOf(mimeType, place, kind, textAt(found, "name"))] };
  }
  return null;
}

function result(answer: JsonObject): Message {
  const parts = listAt(answer, "content")?.flatMap((one) => {
    const inner = isObject(one) ? one : {};
    return has(inner, "json") ? resultParts(at(inner, "json")) : (contentOf([inner], block)?.parts ?? resultParts(one));
  });
  return toolResult(
    textAt(answer, "toolUseId"),
    parts ?? [],
    null,
    textAt(answer, "status") === "error" ? { status: "error" } : {},
  );
}

function entry(value: JsonObject): Message[] | null {
  const read = roleContentMessage(restOf(value, "tool.result"), block);
  const results = at(value, "tool.result"); // a cycle of Strands carries what its tools answered
  if (!read || results === undefined) return read;
  const told = contentOf(unpacked(results), block);
  return told && [...read, ...(told.results ?? [])];
}

function read(value: Json): Message[] | null {
  const answer = isObject(value) ? objectAt(objectAt(value, "output") ?? {}, "message") : null;
  if (answer) return entry(answer);
  const messages = readOneOrSome(value, entry);
  return messages ? [...messages] : null;
}

export const bedrock: Detector = { name: "Bedrock Converse", read };
