/** Anthropic's messages: content blocks, single responses. */
import { at, isObject, type Json, type JsonObject } from "../../json/value";
import { toolCallOf } from "../calls";
import { text, type Detector, type MediaKind, type Message } from "../message";
import { mediaOf, objectAt, readOneOrSome, resultParts, textAt } from "../reading";
import { contentOf, roleContentMessage, toolResult, type PartReader } from "../roleContent";

const MEDIA: Readonly<Record<string, MediaKind>> = { image: "image", document: "file" };

export const anthropicPart: PartReader = (value) => {
  const type = textAt(value, "type") ?? "";
  const words = textAt(value, "text");
  if (type === "text" && words !== null) return { parts: [text(words)] };
  if (type === "thinking")
    return { parts: [{ type: "thinking", text: textAt(value, "thinking") ?? "", isRedacted: false }] };
  if (type === "redacted_thinking") return { parts: [{ type: "thinking", text: "", isRedacted: true }] };
  if (["tool_use", "server_tool_use", "mcp_tool_use"].includes(type)) {
    const call = toolCallOf(value);
    return call && { calls: [call] };
  }
  if (type.endsWith("tool_result")) return { results: [result(value)] };
  const source = objectAt(value, "source");
  const kind = MEDIA[type];
  if (kind === undefined || source === null) return null;
  const mimeType = textAt(source, "media_type");
  return {
    parts: [
      {
        ...mediaOf(mimeType, textAt(source, "data", "url"), kind),
        name: textAt(value, "title") ?? textAt(source, "file_id"),
      },
    ],
  };
};

function result(value: JsonObject): Message {
  const content = at(value, "content");
  const blocks = typeof content === "string" || content === undefined ? null : contentOf(content, anthropicPart);
  const isWhole = blocks !== null && (blocks.calls ?? []).length === 0 && (blocks.results ?? []).length === 0;
  return toolResult(
    textAt(value, "tool_use_id"),
    isWhole ? (blocks.parts ?? []) : resultParts(content),
    null,
    at(value, "is_error") === true ? { is_error: true } : {},
  );
}

function read(value: Json): Message[] | null {
  const isBlock = isObject(value) && at(value, "role") === undefined;
  if (isBlock) return null;
  const messages = readOneOrSome(value, (entry) => roleContentMessage(entry, anthropicPart));
  return messages ? [...messages] : null;
}

export const anthropic: Detector = { name: "Anthropic messages", read };
