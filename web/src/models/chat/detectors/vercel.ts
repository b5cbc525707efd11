/** Vercel's AI SDK: model messages with typed parts, messages of its UI, results, prompts. */
import { at, isArray, isObject, type Json, type JsonObject } from "../../json/value";
import { toolCallOf, toolCallsOf } from "../calls";
import { message, roleOf, text, type Detector, type Message, type Part } from "../message";
import { besides, has, listAt, mediaOf, readOneOrSome, resultParts, restOf, textAt, valueOf } from "../reading";
import { contentOf, roleContentMessage, toolResult, type PartReader, type Read } from "../roleContent";

/** The output of a tool is a value, or `{type, value}`. */
const outcome = (value: Json | undefined): Part[] => {
  const isTyped = isObject(value) && typeof at(value, "type") === "string" && has(value, "value");
  const inside = isTyped ? at(value, "value") : value;
  return (
    (isTyped && at(value, "type") === "content" && isArray(inside) && contentOf(inside, part)?.parts) ||
    resultParts(inside)
  );
};

const thought = (value: JsonObject): Read => ({
  parts: [
    {
      type: "thinking",
      text: textAt(value, "text", "reasoning") ?? "",
      isRedacted: at(value, "type") === "redacted-reasoning",
    },
  ],
});

const words = (value: JsonObject): Read | null => {
  const found = textAt(value, "text");
  return found === null ? null : { parts: [text(found)] };
};

const called = (value: JsonObject): Read | null => {
  const call = toolCallOf(value);
  return call && { calls: [call] };
};

const attached = (value: JsonObject, type: string): Part => ({
  ...mediaOf(
    textAt(value, "mediaType", "mimeType"),
    textAt(value, "image", "data", "url"),
    type === "image" ? "image" : undefined,
  ),
  name: textAt(value, "filename"),
});

const part: PartReader = (value) => {
  const type = textAt(value, "type") ?? "";
  switch (type) {
    case "text":
      return words(value);
    case "reasoning":
    case "redacted-reasoning":
      return thought(value);
    case "tool-call":
      return called(value);
    case "tool-result":
    case "tool-error":
      return {
        results: [
          toolResult(
            textAt(value, "toolCallId"),
            outcome(valueOf(value, "output", "result", "error")),
            textAt(value, "toolName"),
          ),
        ],
      };
    case "image":
    case "media":
    case "file":
      return { parts: [attached(value, type)] };
    case "step-start":
      return {};
    default:
      return invocation(value, type);
  }
};

/** A tool in a UI message: call and result in one. */
function invocation(value: JsonObject, type: string): Read | null {
  const inner =
    type === "tool-invocation"
      ? at(value, "toolInvocation")
      : type.startsWith("tool-")
        ? { ...value, toolName: type.slice(5) }
        : type === "dynamic-tool"
          ? value
          : null;
  if (!isObject(inner)) return null;
  const call = toolCallOf(inner);
  const result = valueOf(inner, "output", "result", "errorText");
  return (
    call && { calls: [call], results: result === undefined ? [] : [toolResult(call.id, outcome(result), call.name)] }
  );
}

/** `{role, parts}` of its UI: results stand behind the message, which holds the calls. */
function uiMessage(value: JsonObject): Message[] | null {
  const role = roleOf(at(value, "role"));
  const read = role && isArray(at(value, "parts")) ? contentOf(at(value, "parts") ?? null, part) : null;
  if (!read || !role) return null;
  const own = message(role, {
    parts: read.parts ?? [],
    toolCalls: read.calls ?? [],
    meta: restOf(value, "id", "role", "parts", "content", "createdAt", "toolInvocations"),
  });
  return [own, ...(read.results ?? [])];
}

/** `{text, reasoning, toolCalls, …}`: what a call came to. */
function result(value: JsonObject): Message[] | null {
  const calls = toolCallsOf(at(value, "toolCalls"));
  if (!has(value, "toolCalls") || !calls || has(value, "role")) return null;
  const parts: Part[] = [];
  const reasoning = textAt(value, "reasoning", "reasoningText");
  if (reasoning) parts.push({ type: "thinking", text: reasoning, isRedacted: false });
  const words = textAt(value, "text");
  if (words) parts.push(text(words));
  return [
    message("assistant", { parts, toolCalls: calls }),
    ...besides(restOf(value, "text", "reasoning", "reasoningText", "toolCalls", "finishReason", "usage")),
  ];
}

const entry = (value: JsonObject): Message[] | null =>
  listAt(value, "parts") ? uiMessage(value) : roleContentMessage(value, part);

function read(value: Json): Message[] | null {
  if (isObject(value)) {
    const found = result(value);
    if (found) return found;
  }
  const messages = readOneOrSome(value, entry);
  return messages ? [...messages] : null;
}

export const vercel: Detector = { name: "Vercel AI SDK", read };
