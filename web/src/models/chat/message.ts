/** What every framework's messages become. */
import type { Json, JsonObject } from "../json/value";

export type MediaKind = "image" | "audio" | "video" | "file";

export interface MediaPart {
  type: MediaKind;
  /** An address, a data URI, or a reference to stored media; null when only an id or nothing was sent. */
  source: string | null;
  mimeType: string | null;
  name: string | null;
}

export type Part =
  | { type: "text"; text: string }
  | { type: "thinking"; text: string; isRedacted: boolean }
  | { type: "refusal"; text: string }
  | { type: "json"; value: Json }
  | MediaPart;

export interface ToolCall {
  id: string | null;
  name: string;
  /** Parsed where they came as JSON in a string; text that is no JSON stays text. */
  arguments: Json;
}

/** `data`: what stood beside a conversation and belongs to nobody's words. */
export type Role = "system" | "user" | "assistant" | "tool" | "data";

export interface Message {
  role: Role;
  name: string | null;
  parts: Part[];
  toolCalls: ToolCall[];
  /** On a tool's message: the call that it answers. */
  toolCallId: string | null;
  /** Whatever else the framework says about the message. */
  meta: JsonObject;
}

/** One shape of conversation: the messages when the whole value has it, else null. Pure, and never by a framework's name alone. */
export interface Detector {
  name: string;
  read: (value: Json) => Message[] | null;
}

const ROLES: ReadonlyMap<string, Role> = new Map<string, Role>([
  ...(["system", "user", "assistant", "tool", "data"] as const).map((role) => [role, role] as const),
  ["developer", "system"],
  ["human", "user"],
  ["ai", "assistant"],
  ["model", "assistant"],
  ["chatbot", "assistant"],
  ["bot", "assistant"],
  ["function", "tool"],
  ["unknown", "assistant"],
]);

/** The role that a framework's word means, null for no role. Case does not count. */
export const roleOf = (word: unknown): Role | null =>
  typeof word === "string" ? (ROLES.get(word.toLowerCase()) ?? null) : null;

/** A message with what is usual for the rest. */
export const message = (role: Role, given: Partial<Message> = {}): Message => ({
  role,
  name: null,
  parts: [],
  toolCalls: [],
  toolCallId: null,
  meta: {},
  ...given,
});

export const text = (words: string): Part => ({ type: "text", text: words });
export const media = (
  type: MediaKind,
  source: string | null,
  mimeType: string | null = null,
  name: string | null = null,
): MediaPart => ({
  type,
  source,
  mimeType,
  name,
});
