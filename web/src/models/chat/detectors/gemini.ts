/** Google's contents and parts, from Gemini and the Google ADK, in both of their spellings. */
import { at, isArray, isObject, type Json, type JsonObject } from "../../json/value";
import { toolCallOf } from "../calls";
import { message, roleOf, text, type Detector, type Message } from "../message";
import {
  besides,
  has,
  listAt,
  mediaOf,
  objectAt,
  readOneOrSome,
  readSome,
  resultParts,
  restOf,
  spoken,
  textAt,
  valueOf,
} from "../reading";
import { contentOf, toolResult, type PartReader } from "../roleContent";

const part: PartReader = (value) => {
  if (has(value, "type")) return null;
  const words = textAt(value, "text");
  if (words !== null)
    return {
      parts: [at(value, "thought") === true ? { type: "thinking", text: words, isRedacted: false } : text(words)],
    };
  const call = objectAt(value, "functionCall", "function_call");
  if (call) {
    const read = toolCallOf(call);
    return read && { calls: [read] };
  }
  const answer = objectAt(value, "functionResponse", "function_response");
  if (answer)
    return {
      results: [toolResult(textAt(answer, "id"), resultParts(valueOf(answer, "response")), textAt(answer, "name"))],
    };
  const blob = objectAt(value, "inlineData", "inline_data", "fileData", "file_data");
  if (blob)
    return { parts: [mediaOf(textAt(blob, "mimeType", "mime_type"), textAt(blob, "data", "fileUri", "file_uri"))] };
  const code = objectAt(value, "executableCode", "executable_code");
  if (code) return { calls: [{ id: null, name: "code_execution", arguments: code }] };
  const outcome = objectAt(value, "codeExecutionResult", "code_execution_result");
  return outcome && { results: [toolResult(null, resultParts(outcome), "code_execution")] };
};

function content(value: JsonObject, role = roleOf(at(value, "role"))): Message[] | null {
  const read = isArray(at(value, "parts")) ? contentOf(at(value, "parts") ?? null, part) : null;
  if (!read || (role === null && (has(value, "role") || listAt(value, "parts")?.length === 0))) return null;
  return spoken(role ?? "user", read.parts ?? [], read.results ?? [], {
    toolCalls: read.calls ?? [],
    meta: restOf(value, "role", "parts"),
  });
}

function instruction(value: Json | undefined): Message[] | null {
  if (value === undefined || value === null) return [];
  if (typeof value === "string") return [message("system", { parts: [text(value)] })];
  const parts = isObject(value) ? (listAt(value, "parts") ?? [value]) : value;
  const read = contentOf(parts, part);
  return read && [message("system", { parts: read.parts ?? [] })];
}

/** `{contents, systemInstruction, config, tools, …}`. */
function request(value: JsonObject): Message[] | null {
  const said = at(value, "contents");
  const messages =
    typeof said === "string"
      ? [message("user", { parts: [text(said)] })]
      : readOneOrSome(said as Json, (entry) => content(entry));
  const config = objectAt(value, "config", "generationConfig", "generation_config") ?? {};
  const system = instruction(
    valueOf(value, "systemInstruction", "system_instruction") ??
      valueOf(config, "system_instruction", "systemInstruction"),
  );
  if (!messages || !system) return null;
  const rest = restOf(
    value,
    "contents",
    "systemInstruction",
    "system_instruction",
    "config",
    "generationConfig",
    "generation_config",
    "tools",
    "toolConfig",
    "tool_config",
    "model",
    "safetySettings",
    "safety_settings",
  );
  return [...system, ...messages, ...besides(rest)];
}

function read(value: Json): Message[] | null {
  if (isArray(value)) return readSome(value, (entry) => content(entry));
  if (!isObject(value)) return null;
  if (has(value, "contents")) return request(value);
  const candidates = listAt(value, "candidates");
  if (candidates) return readSome(candidates, answered);
  return objectAt(value, "content") ? answered(value) : content(value);
}

/** A candidate, or an event of the ADK: `{content: {parts, role}, finish_reason, …}`. */
function answered(value: JsonObject): Message[] | null {
  const inner = objectAt(value, "content");
  return inner && content(inner, roleOf(at(inner, "role")) ?? "assistant");
}

export const gemini: Detector = { name: "Gemini contents", read };
