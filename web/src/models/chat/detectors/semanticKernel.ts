/** Semantic Kernel's chat messages, as its Python and .NET libraries write them. */
import { isArray, isObject, type Json, type JsonObject } from "../../json/value";
import { message, roleOf, text, type Detector, type Message, type Part } from "../message";
import { mediaOf, readOneOrSome, resultParts, restOf, textAt, unpacked, valueOf } from "../reading";
import { contentOf, toolResult, type PartReader } from "../roleContent";

/** `FunctionCallContent` and `function_call` are the same kind. */
const kindOf = (item: JsonObject): string =>
  (textAt(item, "content_type", "$type") ?? "")
    .replace(/Content$/, "")
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_")
    .toLowerCase();

const nameOf = (item: JsonObject): string => {
  const name = textAt(item, "name", "function_name", "FunctionName", "Name") ?? "";
  const plugin = textAt(item, "plugin_name", "PluginName");
  return plugin && !name.startsWith(`${plugin}-`) ? `${plugin}-${name}` : name;
};

const item: PartReader = (value) => {
  const words = textAt(value, "text", "Text");
  switch (kindOf(value)) {
    case "text":
    case "streaming_text":
      return { parts: [text(words ?? "")] };
    case "reasoning":
      return { parts: [{ type: "thinking", text: words ?? "", isRedacted: words === null }] };
    case "function_call":
      return {
        calls: [
          {
            id: textAt(value, "id", "Id"),
            name: nameOf(value),
            arguments: unpacked(valueOf(value, "arguments", "Arguments")),
          },
        ],
      };
    case "function_result":
      return {
        results: [
          toolResult(
            textAt(value, "call_id", "CallId", "id", "Id"),
            resultParts(valueOf(value, "result", "Result")),
            nameOf(value) || null,
          ),
        ],
      };
    case "image":
    case "audio":
    case "binary":
    case "file_reference": {
      const mimeType = textAt(value, "mime_type", "MimeType");
      const kind = kindOf(value) === "image" ? ("image" as const) : undefined;
      return {
        parts: [
          {
            ...mediaOf(mimeType, textAt(value, "data_uri", "DataUri", "uri", "Uri", "data", "Data"), kind),
            name: textAt(value, "file_id", "FileId"),
          },
        ],
      };
    }
    default:
      return null;
  }
};

function entry(value: JsonObject): Message[] | null {
  const told = valueOf(value, "role", "Role");
  const role = roleOf(isObject(told) ? textAt(told, "Label", "label") : told);
  const items = valueOf(value, "items", "Items");
  const read = role && isArray(items) ? contentOf(items, item) : null;
  if (!read || !role) return null;
  const results = read.results ?? [];
  const parts: Part[] = read.parts ?? [];
  const calls = read.calls ?? [];
  if (results.length > 0 && parts.length === 0 && calls.length === 0) return results;
  const meta = restOf(
    value,
    "role",
    "Role",
    "items",
    "Items",
    "content_type",
    "name",
    "AuthorName",
    "content",
    "Content",
    "encoding",
  );
  return [message(role, { name: textAt(value, "name", "AuthorName"), parts, toolCalls: calls, meta }), ...results];
}

function read(value: Json): Message[] | null {
  const messages = readOneOrSome(value, entry);
  return messages ? [...messages] : null;
}

export const semanticKernel: Detector = { name: "Semantic Kernel", read };
