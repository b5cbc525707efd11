/** OpenTelemetry's GenAI conventions: `{role, parts: [{type, …}]}`, which Pydantic AI, the Microsoft Agent Framework and others send. */
import { at, isArray, type Json, type JsonObject } from "../../json/value";
import { toolCallOf, toolCallsOf } from "../calls";
import { roleOf, text, type Detector, type Message, type MediaKind } from "../message";
import { mediaOf, readOneOrSome, resultParts, restOf, spoken, textAt, valueOf } from "../reading";
import { contentOf, toolResult, type PartReader, type Read } from "../roleContent";

const KINDS = new Set<string>(["image", "audio", "video", "file"]);

const part: PartReader = (value) => {
  const type = textAt(value, "type") ?? "";
  const words = textAt(value, "content", "text");
  switch (type) {
    case "text":
      return words === null ? null : { parts: [text(words)] };
    case "reasoning":
    case "thinking":
      return thought(words);
    case "refusal":
      return { parts: [{ type: "refusal", text: words ?? "" }] };
    case "tool_call":
    case "server_tool_call":
      return called(value);
    case "tool_call_response":
    case "server_tool_call_response":
      return {
        results: [
          toolResult(
            textAt(value, "id"),
            resultParts(valueOf(value, "response", "result", "content")),
            textAt(value, "name"),
          ),
        ],
      };
    case "blob":
    case "uri":
    case "file":
      return attached(value);
    default:
      return null;
  }
};

const thought = (words: string | null): Read => ({
  parts: [{ type: "thinking", text: words ?? "", isRedacted: words === null }],
});

const called = (value: JsonObject): Read | null => {
  const call = toolCallOf(value);
  return call && { calls: [call] };
};

function attached(value: JsonObject): Read {
  const modality = textAt(value, "modality") ?? "";
  const kind = KINDS.has(modality) ? (modality as MediaKind) : undefined;
  return {
    parts: [
      mediaOf(
        textAt(value, "mime_type", "media_type"),
        textAt(value, "content", "data", "uri", "url", "file_id"),
        kind,
      ),
    ],
  };
}

function entry(value: JsonObject): Message[] | null {
  const role = roleOf(at(value, "role"));
  const parts = at(value, "parts");
  const read = role && isArray(parts) ? contentOf(parts, part) : null;
  const calls = toolCallsOf(at(value, "tool_calls"));
  if (!read || !role || !calls) return null;
  const toolCallId = textAt(value, "tool_call_id");
  const given = {
    name: textAt(value, "name"),
    toolCalls: [...(read.calls ?? []), ...calls],
    toolCallId,
    meta: restOf(value, "role", "parts", "name", "tool_calls", "tool_call_id"),
  };
  const own = spoken(role, read.parts ?? [], [], given);
  const results = read.results ?? [];
  // Results stand before what the same message says, unless it also made the calls that they answer.
  if (results.length === 0) return own;
  if (given.toolCalls.length > 0) return [...own, ...results];
  return spoken(role, read.parts ?? [], results, given);
}

function read(value: Json): Message[] | null {
  const messages = readOneOrSome(value, entry);
  return messages ? [...messages] : null;
}

export const otelGenAi: Detector = { name: "OpenTelemetry GenAI", read };
