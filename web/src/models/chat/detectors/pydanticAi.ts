/** Pydantic AI's own message history: requests and responses of parts. */
import { at, isArray, type Json, type JsonObject } from "../../json/value";
import { toolCallOf } from "../calls";
import { message, text, type Detector, type Message, type Part } from "../message";
import { mediaOf, readAll, readSome, resultParts, textAt, valueOf } from "../reading";
import { contentOf, toolResult, type PartReader } from "../roleContent";

const content: PartReader = (value) => {
  const kind = textAt(value, "kind") ?? "";
  const matched = /^(image|audio|video|document)-url$/.exec(kind);
  if (matched)
    return {
      parts: [mediaOf(null, textAt(value, "url"), matched[1] === "document" ? "file" : (matched[1] as "image"))],
    };
  return kind === "binary" ? { parts: [mediaOf(textAt(value, "media_type"), textAt(value, "data"))] } : null;
};

function requested(value: JsonObject): Message[] | null {
  const words = (role: "system" | "user"): Message[] | null => {
    const read = contentOf(at(value, "content") ?? null, content);
    return read && [message(role, { parts: read.parts ?? [] })];
  };
  switch (textAt(value, "part_kind")) {
    case "system-prompt":
      return words("system");
    case "user-prompt":
      return words("user");
    case "tool-return":
    case "retry-prompt":
      return [
        toolResult(
          textAt(value, "tool_call_id"),
          resultParts(valueOf(value, "content")),
          textAt(value, "tool_name"),
          at(value, "part_kind") === "retry-prompt" ? { retry: true } : {},
        ),
      ];
    default:
      return null;
  }
}

function response(parts: Json): Message[] | null {
  const said = message("assistant");
  for (const one of isArray(parts) ? (parts as JsonObject[]) : []) {
    const words = textAt(one, "content");
    const kind = textAt(one, "part_kind");
    const call = kind === "tool-call" ? toolCallOf(one) : null;
    const part: Part | null =
      kind === "text" && words !== null
        ? text(words)
        : kind === "thinking"
          ? { type: "thinking", text: words ?? "", isRedacted: words === null }
          : null;
    if (call) said.toolCalls.push(call);
    else if (part) said.parts.push(part);
    else return null;
  }
  return [said];
}

function entry(value: JsonObject): Message[] | null {
  const kind = textAt(value, "kind");
  const parts = at(value, "parts");
  if (!isArray(parts) || !parts.every((one) => typeof one === "object" && one !== null)) return null;
  if (kind === "response") return response(parts);
  if (kind !== "request") return null;
  const instructions = textAt(value, "instructions");
  const read = readAll(parts, requested);
  return read && [...(instructions ? [message("system", { parts: [text(instructions)] })] : []), ...read];
}

export const pydanticAi: Detector = { name: "Pydantic AI", read: (value) => readSome(value, entry) };
