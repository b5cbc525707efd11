/** A session as Markdown, to be kept or sent. */
import { conversation } from "../chat/normalise";
import { printJson } from "../json/print";
import { tryParse } from "../json/parse";
import type { Json } from "../json/value";
import { transcriptMarkdown } from "../transcript/markdown";
import { transcript } from "../transcript/transcript";
import { exchange } from "./exchange";

export interface WrittenTurn {
  id: string;
  name: string | null;
  /** As people read it. */
  time: string;
  input: string | null;
  output: string | null;
}

export function sessionMarkdown(title: string, turns: readonly WrittenTurn[]): string {
  return [`# ${title}`, ...turns.map(turnMarkdown)].join("\n\n").concat("\n");
}

function turnMarkdown({ id, name, time, input, output }: WrittenTurn, at: number): string {
  return [`## ${at + 1}. ${name ?? "no name"}`, `*${time} · trace ${id}*`, spoken(input, output)].join("\n\n");
}

function spoken(input: string | null, output: string | null): string {
  const [asked, answered] = [valueOf(input), valueOf(output)];
  const chat = conversation(asked, answered);
  if (chat === null)
    return [block("Input", asked), block("Output", answered)].filter((text) => text !== "").join("\n\n");
  const told = exchange(chat);
  const call = { observationId: "", startUs: 0, endUs: 0, laneId: "", laneName: "" };
  const { entries } = transcript([{ ...call, input: told.asked, output: told.answered }]);
  return transcriptMarkdown(entries.filter(({ kind }) => kind === "message")).trimEnd();
}

const valueOf = (text: string | null): Json | undefined =>
  text === null || text === "" ? undefined : (tryParse(text) ?? text);

function block(title: string, value: Json | undefined): string {
  if (value === undefined) return "";
  return `**${title}**\n\n${typeof value === "string" ? value : `~~~json\n${printJson(value, 2)}\n~~~`}`;
}
