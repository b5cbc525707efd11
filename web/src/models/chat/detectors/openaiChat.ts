/** OpenAI's chat completions: lists of messages, requests, responses, single choices, bare function calls. */
import { at, isArray, isObject, type Json, type JsonObject } from "../../json/value";
import { isBareCall, toolCallsOf } from "../calls";
import { media, message, text, type Detector, type Message } from "../message";
import { listAt, mediaOf, objectAt, readOneOrSome, readSome, restOf, textAt } from "../reading";
import { roleContentMessage, type PartReader, type Read } from "../roleContent";

export const openaiPart: PartReader = (part) => {
  const type = at(part, "type");
  const words = textAt(part, "text");
  if (type === "text" && words !== null) return { parts: [text(words)] };
  if (type === "refusal") return { parts: [{ type: "refusal", text: textAt(part, "refusal") ?? "" }] };
  if (type === "image_url" || type === "input_image") {
    const source = textAt(objectAt(part, "image_url") ?? part, "url", "image_url");
    return { parts: [mediaOf(null, source, "image")] };
  }
  if (type === "video_url")
    return { parts: [mediaOf(null, textAt(objectAt(part, "video_url") ?? part, "url"), "video")] };
  return attached(part);
};

function attached(part: JsonObject): Read | null {
  const type = at(part, "type");
  const audio = type === "input_audio" ? objectAt(part, "input_audio") : null;
  if (audio) return { parts: [mediaOf(`audio/${textAt(audio, "format") ?? "wav"}`, textAt(audio, "data"), "audio")] };
  const file = type === "file" ? objectAt(part, "file") : null;
  return (
    file && {
      parts: [{ ...mediaOf(null, textAt(file, "file_data"), "file"), name: textAt(file, "filename", "file_id") }],
    }
  );
}

const readMessage = (value: JsonObject): Message[] | null => {
  const read = roleContentMessage(value, openaiPart);
  const audio = read && objectAt(value, "audio");
  if (!read || !audio || !textAt(audio, "data", "transcript")) return read;
  const transcript = textAt(audio, "transcript");
  const added = [
    ...(transcript ? [text(transcript)] : []),
    media("audio", textAt(audio, "data") && `data:audio/wav;base64,${textAt(audio, "data") ?? ""}`, "audio/wav"),
  ];
  return read.map((one) =>
    message(one.role, Object.assign(one, { parts: [...one.parts, ...added], meta: restOf(one.meta, "audio") })),
  );
};

/** `{message, finish_reason, index}`; the message's role may be missing. */
function readChoice(choice: JsonObject): Message[] | null {
  const inner = objectAt(choice, "message");
  if (
    !inner ||
    restHasWords(
      restOf(choice, "message", "finish_reason", "index", "logprobs", "content_filter_results", "native_finish_reason"),
    )
  )
    return null;
  const read = readMessage(at(inner, "role") === undefined ? { ...inner, role: "assistant" } : inner);
  const reason = textAt(choice, "finish_reason");
  if (reason) for (const one of read ?? []) one.meta["finish_reason"] = reason;
  return read;
}

const restHasWords = (rest: JsonObject): boolean => Object.values(rest).some((value) => typeof value === "object");

function read(value: Json): Message[] | null {
  if (isBareCall(value)) return callsOnly([value]);
  if (isArray(value) && value.length > 0 && value.every(isBareCall)) return callsOnly(value);
  if (isObject(value)) {
    const choices = listAt(value, "choices");
    if (choices) return readSome(choices, readChoice);
    if (objectAt(value, "message")) return readChoice(value);
  }
  const messages = readOneOrSome(value, readMessage);
  return messages ? [...messages] : null;
}

function callsOnly(value: Json[]): Message[] | null {
  const toolCalls = toolCallsOf(value);
  return toolCalls && [message("assistant", { toolCalls })];
}

export const openaiChat: Detector = { name: "OpenAI chat", read };
