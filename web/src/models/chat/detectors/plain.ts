/** What surrounds conversations, and what is hardly one: `{messages}`, `{prompt}`, `{input, instructions}`, plain text. */
import { at, isArray, isObject, type Json, type JsonObject } from "../../json/value";
import { message, roleOf, text, type Detector, type Message, type Part, type Role } from "../message";
import { besides, has, readOneOrSome, restOf, textAt } from "../reading";
import { contentOf, roleContentMessage, type PartReader } from "../roleContent";
import { openaiPart } from "./openaiChat";

type Inner = (value: Json) => Message[] | null;

/** Parameters of requests: shown in other places, so that a conversation need not repeat them. */
const PARAMETERS = [
  "model",
  "temperature",
  "top_p",
  "top_k",
  "max_tokens",
  "max_completion_tokens",
  "max_output_tokens",
  "stream",
  "stream_options",
  "stop",
  "stop_sequences",
  "seed",
  "n",
  "tools",
  "tool_choice",
  "toolChoice",
  "parallel_tool_calls",
  "frequency_penalty",
  "presence_penalty",
  "logit_bias",
  "logprobs",
  "top_logprobs",
  "user",
  "response_format",
  "reasoning_effort",
  "store",
  "metadata",
  "functions",
  "function_call",
  "service_tier",
  "timeout",
  "extra_body",
  "extra_headers",
  "thinking",
  "verbosity",
  "maxTokens",
  "topP",
  "betas",
  "include",
  "truncation",
  "text",
  "previous_response_id",
  "invocation_params",
  "options",
  "modelId",
  "inferenceConfig",
  "toolConfig",
  "additionalModelRequestFields",
  "guardrailConfig",
  "reasoning",
];

const textOf: PartReader = (part) => {
  const words = textAt(part, "text");
  return words === null ? openaiPart(part) : { parts: [text(words)] };
};

const systemOf = (value: Json | undefined): Message[] | null => {
  const read = contentOf(value ?? null, textOf);
  return read && (read.parts ? [message("system", { parts: read.parts })] : []);
};

const HISTORIES = ["messages", "chat_history", "history"];

/** `{messages, system, tools, …}`: whatever else it holds stands behind the conversation. */
export const wrapped = (inner: Inner): Detector => ({
  name: "messages",
  read: (value) => {
    if (!isObject(value)) return null;
    const key = HISTORIES.find((name) => isArray(at(value, name)));
    const said = key === undefined ? undefined : at(value, key);
    const messages = isArray(said) && said.length > 0 ? inner(said) : null;
    const system = systemOf(at(value, "system") ?? at(value, "instructions"));
    if (!messages || !system || key === undefined) return null;
    return [...system, ...messages, ...besides(restOf(value, key, "system", "instructions", ...PARAMETERS))];
  },
});

/** `{message}` of one turn in whatever shape, or `{messages, message}` with what came before it. */
export const enveloped = (inner: Inner): Detector => ({
  name: "message",
  read: (value) => {
    const said = isObject(value) ? at(value, "message") : undefined;
    if (!isObject(value) || !(isObject(said) || isArray(said))) return null;
    const key = HISTORIES.find((name) => isArray(at(value, name))) ?? "messages";
    const history = at(value, key) ?? [];
    if (!isArray(history)) return null;
    const earlier = history.length === 0 ? [] : inner(history);
    const last = inner(said) ?? inner([said]);
    const system = systemOf(at(value, "system") ?? at(value, "instructions"));
    const rest = besides(restOf(value, "message", key, "system", "instructions", ...PARAMETERS));
    // A message alone among other things may be a part of anything.
    if (!earlier || !last || !system || (history.length === 0 && rest.length > 0)) return null;
    return [...system, ...earlier, ...last, ...rest];
  },
});

/** What tells a request for an answer from one for embeddings, which also has a model and an input. */
const ANSWERING = [
  "instructions",
  "max_output_tokens",
  "previous_response_id",
  "reasoning",
  "tools",
  "temperature",
  "stream",
];

/** `{input, instructions}` of OpenAI's Responses. */
export const asked = (inner: Inner): Detector => ({
  name: "input and instructions",
  read: (value) => {
    if (
      !isObject(value) ||
      !has(value, "input") ||
      !(ANSWERING.some((key) => has(value, key)) || (has(value, "model") && isArray(at(value, "input"))))
    )
      return null;
    const said = at(value, "input") as Json;
    const messages =
      typeof said === "string"
        ? [message("user", { parts: [text(said)] })]
        : isArray(said) && said.length > 0
          ? inner(said)
          : null;
    const system = systemOf(at(value, "instructions"));
    return (
      messages && system && [...system, ...messages, ...besides(restOf(value, "input", "instructions", ...PARAMETERS))]
    );
  },
});

/** `{prompt, system, messages}`. */
export const prompted: Detector = {
  name: "prompt",
  read: (value) => {
    const prompt = isObject(value) ? textAt(value, "prompt") : null;
    if (!isObject(value) || prompt === null) return null;
    const system = systemOf(at(value, "system"));
    const rest = restOf(value, "prompt", "system", ...PARAMETERS);
    return system && [...system, message("user", { parts: [text(prompt)] }), ...besides(rest)];
  },
};

/** Messages of known roles whose parts nobody knows: those are shown as JSON, nothing is lost. */
const anything: PartReader = (value) => {
  const words = at(value, "type") === "text" ? textAt(value, "text") : null;
  const part: Part = words === null ? { type: "json", value } : text(words);
  return { parts: [part] };
};
export const lenient: Detector = {
  name: "roles",
  read: (value) => {
    const messages = readOneOrSome(value, (entry: JsonObject) =>
      roleOf(at(entry, "role")) && has(entry, "content") ? roleContentMessage(entry, anything) : null,
    );
    return messages ? [...messages] : null;
  },
};

/** Plain text by one or the other. */
export const plainText = (value: Json, role: Role): Message[] | null =>
  typeof value === "string" && value !== "" ? [message(role, { parts: [text(value)] })] : null;
