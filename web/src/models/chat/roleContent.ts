/** The family of `{role, content}` messages; what a part may be is each framework's own. */
import { at, isArray, type Json, type JsonObject } from "../json/value";
import { toolCallOf, toolCallsOf } from "./calls";
import { message, roleOf, text, type Message, type Part, type ToolCall } from "./message";
import { objectAt, resultParts, restOf, spoken, textAt } from "./reading";

/** What one entry of a content list is: parts, calls, and results of calls, which become messages of their own. */
export interface Read {
  parts?: Part[];
  calls?: ToolCall[];
  results?: Message[];
}
export type PartReader = (part: JsonObject) => Read | null;

const KNOWN = [
  "role",
  "content",
  "name",
  "tool_calls",
  "toolCalls",
  "tool_call_id",
  "toolCallId",
  "function_call",
  "refusal",
  "reasoning_content",
  "reasoning",
  "type",
  "id",
];
/** One of these makes a message: an object that has only a role is none. */
const WORDS = ["content", "tool_calls", "toolCalls", "function_call", "refusal"];

/** Reads `{role, content, tool_calls, …}`; null when the role is none or a part is unknown to `readPart`. */
export function roleContentMessage(value: JsonObject, readPart: PartReader): Message[] | null {
  const role = roleOf(at(value, "role"));
  const content = contentOf(at(value, "content") ?? null, readPart);
  const calls = callsOf(value);
  if (!role || !calls || !content || !WORDS.some((key) => at(value, key) !== undefined)) return null;
  const said = [...thoughtsOf(value), ...(content.parts ?? []), ...refusalOf(value)];
  const parts = role === "tool" && said.length === 1 ? toolParts(said) : said;
  return spoken(role, parts, content.results ?? [], {
    name: textAt(value, "name"),
    toolCalls: [...(content.calls ?? []), ...calls],
    toolCallId: textAt(value, "tool_call_id", "toolCallId"),
    meta: restOf(value, ...KNOWN),
  });
}

function callsOf(value: JsonObject): ToolCall[] | null {
  const calls = toolCallsOf(at(value, "tool_calls") ?? at(value, "toolCalls"));
  const legacy = objectAt(value, "function_call");
  const call = legacy && toolCallOf(legacy);
  return calls && call ? [...calls, call] : calls;
}

function thoughtsOf(value: JsonObject): Part[] {
  const thinking = textAt(value, "reasoning_content", "reasoning");
  return thinking ? [{ type: "thinking", text: thinking, isRedacted: false }] : [];
}

function refusalOf(value: JsonObject): Part[] {
  const refusal = textAt(value, "refusal");
  return refusal ? [{ type: "refusal", text: refusal }] : [];
}

/** What a tool answered: JSON in its text is shown as JSON. */
const toolParts = (parts: Part[]): Part[] =>
  parts.flatMap((part) => (part.type === "text" ? resultParts(part.text) : [part]));

/** Text, or a list of parts and strings; null when something in it is unknown. */
export function contentOf(content: Json, readPart: PartReader): Read | null {
  if (content === null || content === "") return {};
  if (typeof content === "string") return { parts: [text(content)] };
  const entries = isArray(content) ? content : [content];
  const all: Required<Read> = { parts: [], calls: [], results: [] };
  for (const entry of entries) {
    const read =
      typeof entry === "string"
        ? { parts: [text(entry)] }
        : typeof entry === "object" && entry !== null
          ? readPart(entry as JsonObject)
          : null;
    if (!read) return null;
    all.parts.push(...(read.parts ?? []));
    all.calls.push(...(read.calls ?? []));
    all.results.push(...(read.results ?? []));
  }
  return all;
}

/** The message of a tool that answered a call. */
export const toolResult = (
  callId: string | null,
  parts: Part[],
  name: string | null = null,
  meta: JsonObject = {},
): Message => message("tool", { toolCallId: callId, parts, name, meta });
