/** Inputs and outputs as messages, whatever framework wrote them; or not at all: never half a conversation. */
import type { Json } from "../json/value";
import { anthropic } from "./detectors/anthropic";
import { bedrock } from "./detectors/bedrock";
import { gemini } from "./detectors/gemini";
import { langchain } from "./detectors/langchain";
import { llamaIndex } from "./detectors/llamaIndex";
import { openaiChat } from "./detectors/openaiChat";
import { openaiResponses } from "./detectors/openaiResponses";
import { openInference } from "./detectors/openInference";
import { otelGenAi } from "./detectors/otelGenAi";
import { asked, enveloped, lenient, plainText, prompted, wrapped } from "./detectors/plain";
import { pydanticAi } from "./detectors/pydanticAi";
import { semanticKernel } from "./detectors/semanticKernel";
import { vercel } from "./detectors/vercel";
import { message, type Detector, type Message } from "./message";

export interface Conversation {
  input: Message[];
  output: Message[];
}

/** What the messages inside a wrapper may be, in the order of trying: the first that reads the whole value wins. */
const INNER: readonly Detector[] = [
  langchain((value) => first(value, INNER)?.messages ?? null),
  pydanticAi,
  otelGenAi,
  openaiChat,
  openaiResponses,
  anthropic,
  vercel,
  bedrock,
  gemini,
  llamaIndex,
  semanticKernel,
  openInference,
  lenient,
];
const inner = (value: Json): Message[] | null => first(value, INNER)?.messages ?? null;

export const DETECTORS: readonly Detector[] = [
  ...INNER.slice(0, -1),
  enveloped(inner),
  wrapped(inner),
  asked(inner),
  prompted,
  lenient,
];

function first(value: Json, detectors: readonly Detector[]): { name: string; messages: Message[] } | null {
  for (const { name, read } of detectors) {
    const messages = read(value);
    if (messages && messages.length > 0) return { name, messages };
  }
  return null;
}

/** The detector that reads a value, null when none does. */
export const detectorOf = (value: Json): string | null => first(value, DETECTORS)?.name ?? null;

const sideOf = (value: Json, role: "user" | "assistant"): Message[] | null =>
  first(value, DETECTORS)?.messages ?? plainText(value, role);

/** Both sides as messages; null when what there is of the input is no conversation. */
export function conversation(input: Json | undefined, output: Json | undefined): Conversation | null {
  const asked = input ?? null;
  const answered = output ?? null;
  const said = answered === null ? [] : sideOf(answered, "assistant");
  if (asked === null) return said && said.length > 0 ? { input: [], output: said } : null;
  const read = sideOf(asked, "user");
  if (!read) return null;
  if (said) return { input: read, output: said };
  // A structured answer to a conversation is shown whole, as JSON. To plain text it is what a function gave, not a chat.
  return typeof asked === "string"
    ? null
    : { input: read, output: [message("assistant", { parts: [{ type: "json", value: answered }] })] };
}

/** All messages, the input's before the output's. */
export function normalise(input: Json | undefined, output: Json | undefined): Message[] | null {
  const found = conversation(input, output);
  return found && [...found.input, ...found.output];
}
