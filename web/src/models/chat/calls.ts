/** Tool calls in the spellings that occur. */
import { at, isObject, type Json, type JsonObject } from "../json/value";
import type { ToolCall } from "./message";
import { objectAt, readAll, textAt, unpacked, valueOf } from "./reading";

const NAMES = ["name", "toolName", "tool_name", "function_name", "functionName"] as const;
const IDS = ["id", "call_id", "callId", "toolCallId", "tool_call_id", "toolUseId", "tool_use_id", "tool_id"] as const;
const ARGUMENTS = ["arguments", "args", "input", "parameters", "tool_kwargs", "params"] as const;

/** A call, or null when there is no name to call. */
export function toolCallOf(value: JsonObject): ToolCall | null {
  const outer = objectAt(value, "tool_call") ?? value;
  const inner = objectAt(outer, "function", "custom", "functionCall", "function_call", "toolUse") ?? outer;
  const name = textAt(inner, ...NAMES) ?? textAt(outer, ...NAMES);
  if (name === null) return null;
  return {
    id: textAt(inner, ...IDS) ?? textAt(outer, ...IDS),
    name,
    arguments: unpacked(valueOf(inner, ...ARGUMENTS)),
  };
}

/** Every entry a call; null when one is not, [] when there are none. */
export function toolCallsOf(value: Json | undefined): ToolCall[] | null {
  if (value === undefined || value === null) return [];
  return readAll(value, (entry) => {
    const call = toolCallOf(entry);
    return call && [call];
  });
}

/** Is a bare object a call and nothing else: an OpenAI function call, or the AI SDK's? */
export const isBareCall = (value: Json): value is JsonObject =>
  isObject(value) &&
  at(value, "role") === undefined &&
  ((isObject(at(value, "function")) && typeof at(at(value, "function") as JsonObject, "name") === "string") ||
    (typeof at(value, "toolName") === "string" && ["args", "input"].some((key) => at(value, key) !== undefined)) ||
    (at(value, "type") === "tool_call" && typeof at(value, "name") === "string"));
