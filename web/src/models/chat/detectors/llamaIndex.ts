/** LlamaIndex: messages of blocks, alone, in a response, in an agent's result. */
import { at, isArray, isObject, type Json, type JsonObject } from "../../json/value";
import { toolCallOf, toolCallsOf } from "../calls";
import { message, roleOf, text, type Detector, type Message } from "../message";
import { besides, mediaOf, objectAt, readSome, restOf, textAt } from "../reading";
import { contentOf, type PartReader } from "../roleContent";

const block: PartReader = (value) => {
  switch (textAt(value, "block_type")) {
    case "text":
      return { parts: [text(textAt(value, "text") ?? "")] };
    case "thinking":
      return {
        parts: [
          { type: "thinking", text: textAt(value, "content") ?? "", isRedacted: textAt(value, "content") === null },
        ],
      };
    case "tool_call": {
      const call = toolCallOf(value);
      return call && { calls: [call] };
    }
    case "image":
      return { parts: [mediaOf(textAt(value, "image_mimetype"), textAt(value, "image", "url", "path"), "image")] };
    case "audio":
      return { parts: [mediaOf(null, textAt(value, "audio", "url", "path"), "audio")] };
    case "document":
      return {
        parts: [
          {
            ...mediaOf(textAt(value, "document_mimetype"), textAt(value, "data", "url", "path"), "file"),
            name: textAt(value, "title"),
          },
        ],
      };
    default:
      return null;
  }
};

function entry(value: JsonObject): Message[] | null {
  const role = roleOf(at(value, "role"));
  const read = role && isArray(at(value, "blocks")) ? contentOf(at(value, "blocks") ?? null, block) : null;
  const extra = objectAt(value, "additional_kwargs") ?? {};
  const calls = toolCallsOf(at(extra, "tool_calls"));
  if (!read || !role || !calls) return null;
  const toolCalls = (read.calls ?? []).length > 0 ? (read.calls ?? []) : calls;
  return [
    message(role, {
      parts: read.parts ?? [],
      toolCalls,
      toolCallId: textAt(extra, "tool_call_id"),
      name: textAt(extra, "name"),
      meta: {
        ...restOf(value, "role", "blocks", "additional_kwargs"),
        ...restOf(extra, "tool_calls", "tool_call_id", "name"),
      },
    }),
  ];
}

/** What an agent or workflow answered: the message, and beside it what the framework keeps. */
function read(value: Json): Message[] | null {
  if (isArray(value)) return readSome(value, entry);
  if (!isObject(value)) return null;
  const result = objectAt(value, "result");
  if (result && Object.keys(restOf(value, "result")).length === 0) return read(result);
  const response = objectAt(value, "response", "message");
  const answered = response && entry(response);
  if (answered) return [...answered, ...besides(restOf(value, "response", "message", "tool_calls"))];
  const input = readSome(at(value, "input"), entry);
  if (input) return [...input, ...besides(restOf(value, "input"))];
  return entry(value);
}

export const llamaIndex: Detector = { name: "LlamaIndex", read };
