/** What retrievers find: documents in the shapes that occur, in the order of their rank. */
import { at, isArray, isObject, type Json, type JsonObject } from "../json/value";
import { objectAt, restOf, textAt, unpacked, valueOf } from "./reading";

export interface FoundDocument {
  id: string | null;
  text: string;
  /** As the retriever gave it; null when it gave none. */
  score: number | null;
  source: string | null;
  metadata: JsonObject;
}

const WORDS = ["content", "page_content", "pageContent", "text", "document.content"];
const IDS = ["id", "id_", "document.id", "doc_id"];
const SCORES = ["score", "document.score", "relevance_score", "similarity"];
const METADATA = ["metadata", "document.metadata"];
const SOURCES = ["source", "url", "file_name", "file_path", "title"];

function documentOf(entry: Json): FoundDocument | null {
  const value = unpacked(entry);
  if (!isObject(value)) return null;
  const inner = objectAt(value, "node", "document") ?? value;
  const words = textAt(inner, ...WORDS) ?? textAt(objectAt(inner, "text_resource") ?? {}, "text");
  if (words === null) return null;
  const told = unpacked(valueOf(inner, ...METADATA));
  const metadata = isObject(told) ? told : {};
  const score = [valueOf(value, ...SCORES), valueOf(inner, ...SCORES)].find((one) => typeof one === "number");
  return {
    id: textAt(inner, ...IDS),
    text: words,
    score: typeof score === "number" ? score : null,
    source: textAt(metadata, ...SOURCES) ?? textAt(inner, ...SOURCES),
    metadata:
      Object.keys(metadata).length > 0 ? metadata : restOf(inner, ...WORDS, ...IDS, ...SCORES, ...METADATA, "type"),
  };
}

/** The documents of a list, or of `{documents: […]}`; null when it is something else. */
export function documentsOf(output: Json | undefined): FoundDocument[] | null {
  const list = isObject(output) ? (at(output, "documents") ?? at(output, "results") ?? at(output, "matches")) : output;
  if (!isArray(list) || list.length === 0) return null;
  const found = list.map(documentOf);
  return found.every((one) => one !== null) ? found : null;
}
