/** Links that Langfuse wrote: `filter`, `search` and `searchType` become query text, once, when they are opened. */
import { writeField, writeTerm, writeValue } from "./terms";

export interface Converted {
  query: string;
  /** Clauses that mean nothing here; they are shown, not dropped silently. */
  ignored: string[];
}

/** Names of their columns, in lower case without spaces and underscores, and the field of ours. */
const FIELDS: Readonly<Record<string, string>> = {
  id: "id",
  traceid: "trace.id",
  name: "name",
  tracename: "trace.name",
  user: "user",
  userid: "user",
  session: "session",
  sessionid: "session",
  environment: "env",
  version: "version",
  release: "release",
  tags: "tag",
  tracetags: "tag",
  level: "level",
  statusmessage: "status",
  type: "type",
  model: "model",
  providedmodelname: "model",
  modelid: "model.id",
  prompt: "prompt",
  promptname: "prompt",
  promptversion: "prompt.version",
  toolnames: "tool.available",
  calledtoolnames: "tool.called",
  tooldefinitions: "tool.definitions",
  toolcalls: "tool.calls",
  commentcontent: "comment",
  commentcount: "comments",
  input: "input",
  output: "output",
  metadata: "meta",
  scores: "score",
  scoresavg: "score",
  scorecategories: "score",
  latency: "latency",
  timetofirsttoken: "ttft",
  totaltokens: "tokens",
  tokens: "tokens",
  inputtokens: "tokens.input",
  outputtokens: "tokens.output",
  tokenspersecond: "tokps",
  totalcost: "cost",
  cost: "cost",
  inputcost: "cost.input",
  outputcost: "cost.output",
  timestamp: "start",
  starttime: "start",
  endtime: "end",
  parentobservationid: "parent",
  errorcount: "errors",
  warningcount: "warnings",
  bookmarked: "is",
};

/** Convert what an old link carries. Never throws. */
export function fromLangfuse(
  filter: string | undefined,
  search: string | undefined,
  searchType: readonly string[],
): Converted {
  const terms: string[] = [];
  const ignored: string[] = [];
  for (const clause of (filter ?? "").split(",")) {
    if (clause === "") continue;
    const term = readClause(clause);
    if (term === null) ignored.push(decode(clause));
    else terms.push(term);
  }
  const words = (search ?? "").trim();
  if (words !== "") terms.push(...searchTerms(words, searchType));
  return { query: terms.join(" "), ignored };
}

function searchTerms(words: string, searchType: readonly string[]): string[] {
  const quoted = writeValue(words).startsWith('"') ? writeValue(words) : words;
  const only = searchType.length === 1 ? searchType[0] : undefined;
  if (only === "input" || only === "output") return [`${only}:${writeValue(words)}`];
  return [/[:*<>=]/.test(quoted) && !quoted.startsWith('"') ? `"${quoted}"` : quoted];
}

function readClause(clause: string): string | null {
  const [column = "", type = "", key = "", operator = "", ...rest] = clause.split(";");
  const name =
    FIELDS[
      decode(column)
        .toLowerCase()
        .replace(/[\s_()$]/g, "")
    ];
  if (name === undefined || rest.length === 0) return null;
  const field = key === "" ? name : writeField(name, decode(key));
  return writeClause(field, type, decode(operator), decode(rest.join(";")));
}

function writeClause(field: string, type: string, operator: string, value: string): string | null {
  if (type === "null")
    return operator === "is null" ? `-has:${field}` : operator === "is not null" ? `has:${field}` : null;
  if (type === "boolean" || type === "booleanObject") {
    const isTrue = (value === "true") === (operator !== "<>");
    return field === "is" ? `${isTrue ? "" : "-"}is:bookmarked` : `${field}:${isTrue}`;
  }
  if (type === "datetime" || type === "number" || type === "numberObject") return writeNumber(field, operator, value);
  if (["stringOptions", "arrayOptions", "categoryOptions"].includes(type)) return writeOptions(field, operator, value);
  return type === "string" || type === "stringObject" ? writeText(field, operator, value) : null;
}

function writeNumber(field: string, operator: string, value: string): string | null {
  if (!["=", ">", ">=", "<", "<="].includes(operator) || value === "") return null;
  return `${field}:${operator === "=" ? "" : operator}${writeValue(value)}`;
}

function writeOptions(field: string, operator: string, value: string): string | null {
  const values = splitOptions(value);
  if (values.length === 0) return null;
  if (operator === "any of") return writeTerm(field, values);
  if (operator === "none of") return writeTerm(field, values, true);
  if (operator !== "all of") return null;
  return values.length === 1 ? writeTerm(field, values) : `${field}:(${values.map(writeValue).join(" AND ")})`;
}

function writeText(field: string, operator: string, value: string): string | null {
  if (value === "") return null;
  const written = writeValue(value);
  switch (operator) {
    case "=":
      return `${field}:=${written}`;
    case "contains":
      return `${field}:*${written}*`;
    case "does not contain":
      return `-${field}:*${written}*`;
    case "starts with":
      return `${field}:${written}*`;
    case "ends with":
      return `${field}:*${written}`;
    default:
      return null;
  }
}

/** `a|b`, where `\|` and `\\` stand for themselves. */
function splitOptions(text: string): string[] {
  const values = [""];
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at] ?? "";
    if (letter === "\\" && at + 1 < text.length) {
      at += 1;
      values[values.length - 1] += text[at] ?? "";
    } else if (letter === "|") values.push("");
    else values[values.length - 1] += letter;
  }
  return values.filter((value) => value !== "");
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
