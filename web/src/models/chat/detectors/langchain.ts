/** Messages as LangChain and LangGraph dump them: by `type`, as constructors, as generations, as updates of a state. */
import { at, isArray, isObject, type Json, type JsonObject } from "../../json/value";
import { toolCallsOf } from "../calls";
import { message, text, type Detector, type Message, type Part, type Role } from "../message";
import { besides, has, listAt, objectAt, readAll, readSome, resultParts, restOf, textAt } from "../reading";
import { contentOf, type PartReader } from "../roleContent";
import { anthropicPart } from "./anthropic";
import { openaiPart } from "./openaiChat";

const TYPES: Readonly<Record<string, Role>> = {
  human: "user",
  HumanMessage: "user",
  HumanMessageChunk: "user",
  ai: "assistant",
  AIMessage: "assistant",
  AIMessageChunk: "assistant",
  system: "system",
  SystemMessage: "system",
  SystemMessageChunk: "system",
  developer: "system",
  tool: "tool",
  ToolMessage: "tool",
  ToolMessageChunk: "tool",
  function: "tool",
  FunctionMessage: "tool",
  chat: "user",
  ChatMessage: "user",
  remove: "data",
  RemoveMessage: "data",
};
const KNOWN = [
  "type",
  "content",
  "name",
  "id",
  "tool_calls",
  "tool_call_id",
  "example",
  "invalid_tool_calls",
  "tool_call_chunks",
];

const part: PartReader = (value) => openaiPart(value) ?? anthropicPart(value);

/** The message in its wrappers, `{id: [… "HumanMessage"], kwargs}` and `{type, data}`, with its type. */
function opened(value: JsonObject): JsonObject {
  const path = listAt(value, "id");
  const kwargs = objectAt(value, "kwargs");
  if (path && kwargs) return { ...kwargs, type: path.at(-1) ?? null };
  const data = objectAt(value, "data");
  return data && has(data, "content") ? { ...data, type: at(value, "type") ?? null } : value;
}

/** `{type: "human", content, …}`. */
function dumped(wrapped: JsonObject): Message[] | null {
  const value = opened(wrapped);
  const type = textAt(value, "type") ?? "";
  const role = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
  const content = has(value, "content") ? contentOf(at(value, "content") ?? null, part) : null;
  const extra = objectAt(value, "additional_kwargs") ?? {};
  const told = listAt(value, "tool_calls") ?? [];
  const calls = toolCallsOf(told.length > 0 ? told : at(extra, "tool_calls"));
  if (role === undefined || !content || !calls) return null;
  const own = message(role, {
    name: textAt(value, "name"),
    parts: partsOf(role, content.parts ?? [], textAt(extra, "reasoning_content")),
    toolCalls: calls.length > 0 ? calls : (content.calls ?? []),
    toolCallId: textAt(value, "tool_call_id"),
    meta: {
      ...restOf(value, ...KNOWN, "additional_kwargs"),
      ...restOf(extra, "tool_calls", "reasoning_content", "refusal"),
    },
  });
  return [...(content.results ?? []), own];
}

function partsOf(role: Role, parts: Part[], reasoning: string | null): Part[] {
  const [only] = parts;
  if (role === "tool" && parts.length === 1 && only?.type === "text") return resultParts(only.text);
  return reasoning ? [{ type: "thinking", text: reasoning, isRedacted: false }, ...parts] : parts;
}

/** A generation of an LLM result: `{text, message}`. */
const generation = (value: JsonObject): Message[] | null => {
  const inner = objectAt(value, "message");
  if (inner) return dumped(inner);
  const words = textAt(value, "text");
  return words === null ? null : [message("assistant", { parts: [text(words)] })];
};

function generations(value: JsonObject): Message[] | null {
  const batches = listAt(value, "generations");
  if (!batches) return null;
  const flat = batches.flatMap((batch) => (isArray(batch) ? batch : [batch]));
  return flat.length > 0 ? readAll(flat, generation) : null;
}

/** Messages of any of the shapes that a state may hold. */
type Inner = (value: Json) => Message[] | null;

/** Commands of LangGraph: `[{graph, update: {messages}, resume, goto}]`. */
const command =
  (inner: Inner) =>
  (value: JsonObject): Message[] | null => {
    const update = objectAt(value, "update");
    if (!update || !has(value, "goto") || !isArray(at(update, "messages"))) return null;
    const messages = inner(at(update, "messages") as Json);
    return messages && [...messages, ...besides(restOf(update, "messages")), ...besides(restOf(value, "update"))];
  };

export const langchain = (inner: Inner): Detector => ({
  name: "LangChain",
  read: (value) => {
    if (isArray(value)) {
      const only = value.length === 1 ? value[0] : undefined;
      const batch = isArray(only) ? only : value; // prompts come as batches
      return readSome(batch, dumped) ?? readSome(value, command(inner));
    }
    if (!isObject(value)) return null;
    return generations(value) ?? dumped(value) ?? command(inner)(value);
  },
});
