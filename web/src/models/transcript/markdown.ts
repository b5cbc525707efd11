/** A transcript as Markdown, to be copied. */
import type { Part } from "../chat/message";
import { printJson } from "../json/print";
import type { CalledTool, Entry } from "./transcript";

export function transcriptMarkdown(entries: readonly Entry[]): string {
  return `${entries
    .map(entryMarkdown)
    .filter((block) => block !== "")
    .join("\n\n")}\n`;
}

function entryMarkdown(entry: Entry): string {
  switch (entry.kind) {
    case "fold":
      return `*… ${String(entry.messages.length)} earlier ${entry.messages.length === 1 ? "message" : "messages"}*`;
    case "gap":
      return `*${(entry.us / 1e6).toFixed(1)} s later*`;
    case "handOff":
      return `---\n\n### ${entry.name}`;
    case "message": {
      const { role, name, parts } = entry.message;
      const heading = `**${role}${name === null ? "" : ` (${name})`}**`;
      return [heading, ...parts.map(partMarkdown), ...entry.called.map(calledMarkdown)].join("\n\n");
    }
  }
}

const fenced = (text: string, language = ""): string => {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((ticks) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
};

function partMarkdown(part: Part): string {
  switch (part.type) {
    case "text":
      return part.text;
    case "thinking":
      return `> *thinking:* ${(part.isRedacted ? "redacted" : part.text).replaceAll("\n", "\n> ")}`;
    case "refusal":
      return `*refusal:* ${part.text}`;
    case "json":
      return fenced(printJson(part.value, 2), "json");
    default:
      return `*${part.type}${part.name === null ? "" : ` ${part.name}`}*`;
  }
}

function calledMarkdown({ call, result }: CalledTool): string {
  const asked = `calls \`${call.name}\`\n\n${fenced(printJson(call.arguments, 2), "json")}`;
  return result === null ? asked : `${asked}\n\nresult\n\n${result.parts.map(partMarkdown).join("\n\n")}`;
}
