/** OpenAI's Responses: items of input and output, whole responses. */
import { at, isArray, isObject, type Json, type JsonObject } from "../../json/value";
import { toolCallOf } from "../calls";
import { message, roleOf, text, type Detector, type Message, type Part } from "../message";
import { mediaOf, readSome, resultParts, restOf, textAt, unpacked } from "../reading";
import { contentOf, toolResult, type PartReader } from "../roleContent";
import { openaiPart } from "./openaiChat";

const TEXTS = new Set(["input_text", "output_text", "text", "summary_text", "reasoning_text"]);
const CALLS = new Set(["function_call", "custom_tool_call", "mcp_call"]);
const OUTPUTS = new Set([
  "function_call_output",
  "custom_tool_call_output",
  "computer_call_output",
  "local_shell_call_output",
]);

const part: PartReader = (value) => {
  const type = String(at(value, "type"));
  const words = textAt(value, "text");
  if (TEXTS.has(type) && words !== null) return { parts: [text(words)] };
  if (type === "input_image")
    return { parts: [{ ...mediaOf(null, textAt(value, "image_url"), "image"), name: textAt(value, "file_id") }] };
  if (type === "input_file")
    return {
      parts: [
        {
          ...mediaOf(null, textAt(value, "file_data", "file_url"), "file"),
          name: textAt(value, "filename", "file_id"),
        },
      ],
    };
  return openaiPart(value);
};

function item(value: JsonObject): Message[] | null {
  const type = textAt(value, "type");
  const role = roleOf(at(value, "role"));
  if (type === "message" || (type === null && role && has(value))) return spokenItem(value, role);
  if (type === null) return null;
  if (type === "reasoning") return [message("assistant", { parts: thoughts(value) })];
  if (CALLS.has(type)) return called(value);
  if (OUTPUTS.has(type)) return [toolResult(textAt(value, "call_id"), outputParts(at(value, "output")))];
  // Tools that run at the provider: web_search_call, file_search_call, code_interpreter_call, …
  if (type.endsWith("_call"))
    return [
      message("assistant", {
        toolCalls: [
          { id: textAt(value, "id"), name: type.slice(0, -5), arguments: restOf(value, "id", "type", "status") },
        ],
      }),
    ];
  return null;
}

/** A message without a type; one with calls is of the chat completions. */
const has = (value: JsonObject): boolean => at(value, "content") !== undefined && at(value, "tool_calls") === undefined;

function spokenItem(value: JsonObject, role: Message["role"] | null): Message[] | null {
  const content = role && contentOf(at(value, "content") ?? null, part);
  return content && role
    ? [message(role, { parts: content.parts ?? [], meta: restOf(value, "type", "role", "content", "id", "status") })]
    : null;
}

function called(value: JsonObject): Message[] | null {
  const call = toolCallOf(value);
  if (!call) return null;
  const said = message("assistant", { toolCalls: [{ ...call, id: textAt(value, "call_id", "id") }] });
  const output = at(value, "output"); // an MCP call carries its result
  return output === undefined || output === null
    ? [said]
    : [said, toolResult(textAt(value, "call_id", "id"), outputParts(output))];
}

function outputParts(output: Json | undefined): Part[] {
  const inside = unpacked(output);
  return (isArray(inside) && contentOf(inside, part)?.parts) || resultParts(output);
}

function thoughts(value: JsonObject): Part[] {
  const said = [
    ...((contentOf(at(value, "summary") ?? null, part) ?? {}).parts ?? []),
    ...((contentOf(at(value, "content") ?? null, part) ?? {}).parts ?? []),
  ];
  const parts = said.flatMap((one): Part[] =>
    one.type === "text" ? [{ type: "thinking", text: one.text, isRedacted: false }] : [],
  );
  return parts.length > 0 ? parts : [{ type: "thinking", text: "", isRedacted: true }];
}

function read(value: Json): Message[] | null {
  if (isArray(value)) return readSome(value, item);
  if (!isObject(value)) return null;
  const isResponse =
    at(value, "object") === "response" || (isArray(at(value, "output")) && at(value, "status") !== undefined);
  if (isResponse) return readSome(at(value, "output"), item);
  return typeof at(value, "type") === "string" ? item(value) : null;
}

export const openaiResponses: Detector = { name: "OpenAI Responses", read };
