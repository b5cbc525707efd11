/** Messages as lines for tests: everything that a message says, one line per part and call. */
import { printJson } from "../json/print";
import type { Message, Part } from "./message";

const part = (one: Part): string => {
  switch (one.type) {
    case "text":
      return one.text;
    case "thinking":
      return `(${one.isRedacted ? "redacted " : ""}thinking) ${one.text}`;
    case "refusal":
      return `(refusal) ${one.text}`;
    case "json":
      return `JSON ${printJson(one.value)}`;
    default:
      return `(${one.type} ${one.mimeType ?? "?"} ${one.name ?? ""}) ${one.source ?? "nothing"}`;
  }
};

export const told = (messages: readonly Message[]): string[] =>
  messages.flatMap(({ role, name, parts, toolCalls, toolCallId, meta }) => {
    const who = `${role}${name === null ? "" : ` ${name}`}${toolCallId === null ? "" : ` to ${toolCallId}`}: `;
    const said = [
      ...parts.map(part),
      ...toolCalls.map(
        (call) => `call ${call.name} ${printJson(call.arguments)}${call.id === null ? "" : ` as ${call.id}`}`,
      ),
    ];
    const beside = Object.keys(meta).length > 0 ? [`  ${printJson(meta)}`] : [];
    return [...(said.length > 0 ? said : ["nothing"]).map((line) => who + line), ...beside];
  });

/** Without what the other reader of the same fixtures does not read: names, ids, what stands beside. */
export const words = (messages: readonly Message[]): string[] =>
  told(messages.filter(({ role }) => role !== "data").map(bare)).filter((line) => !line.endsWith(": nothing"));

const bare = ({ role, parts, toolCalls }: Message): Message => ({
  role,
  parts,
  toolCalls: toolCalls.map((call) => ({ name: call.name, arguments: call.arguments, id: null })),
  name: null,
  toolCallId: null,
  meta: {},
});
