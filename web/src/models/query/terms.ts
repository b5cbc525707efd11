/**
 * Query text cut into its terms, and terms added to it or taken away. The server alone says whether a text is valid;
 * this never throws, and it leaves alone what it does not understand.
 */

export interface Term {
  /** As it is written. */
  text: string;
  /** Where it begins in the query. */
  start: number;
  isNegated: boolean;
  /** `env`, `meta.region`, `has`; null for words that are searched for. */
  field: string | null;
  /** What follows the colon, as it is written; the words themselves where there is no field. */
  value: string;
}

const SPACE = /\s/;

/** The terms of a query, in their order. */
export function splitTerms(query: string): Term[] {
  const terms: Term[] = [];
  let at = 0;
  while (at < query.length) {
    if (SPACE.test(query[at] ?? "")) {
      at += 1;
      continue;
    }
    const end = endOfTerm(query, at);
    terms.push(readTerm(query.slice(at, end), at));
    at = end;
  }
  return terms;
}

/** Where the term that begins here ends: at a space outside of quotes and parentheses. */
function endOfTerm(query: string, start: number): number {
  let isQuoted = false;
  let depth = 0;
  let at = start;
  for (; at < query.length; at += 1) {
    const letter = query[at] ?? "";
    if (isQuoted) {
      if (letter === "\\") at += 1;
      else if (letter === '"') isQuoted = false;
    } else if (letter === '"') isQuoted = true;
    else if (letter === "(") depth += 1;
    else if (letter === ")") depth = Math.max(0, depth - 1);
    else if (depth === 0 && SPACE.test(letter)) break;
  }
  return Math.min(at, query.length);
}

function readTerm(text: string, start: number): Term {
  const isNegated = text.startsWith("-") && text.length > 1;
  const positive = isNegated ? text.slice(1) : text;
  const match = /^([a-z]+(?:\.(?:[^\s:"()]+|"(?:[^"\\]|\\.)*")+)?):(.*)$/s.exec(positive);
  return { text, start, isNegated, field: match?.[1] ?? null, value: match?.[2] ?? positive };
}

/** Terms as a query. */
export function joinTerms(terms: readonly { text: string }[]): string {
  return terms.map(({ text }) => text).join(" ");
}

const RESERVED = new Set(["OR", "AND", "NOT"]);
const SAFE = /^[^\s"()*<>=.](?:[^\s"()*]*[^\s"()*.])?$/;

/** A value as it stands in a query: quoted where it would be read as something else. */
export function writeValue(value: string): string {
  const isSafe = SAFE.test(value) && !value.includes("..") && !RESERVED.has(value);
  return isSafe ? value : `"${value.replace(/["\\]/g, "\\$&")}"`;
}

/** A field with its key, the key quoted where it has to be. */
export function writeField(field: string, key?: string): string {
  if (key === undefined) return field;
  return `${field}.${/^[^\s":()]+$/.test(key) ? key : `"${key.replace(/["\\]/g, "\\$&")}"`}`;
}

/** `env:prod`, `-env:(a OR b)`. */
export function writeTerm(field: string, values: readonly string[], isNegated = false): string {
  const written = values.map(writeValue);
  const [only = '""'] = written;
  return `${isNegated ? "-" : ""}${field}:${written.length > 1 ? `(${written.join(" OR ")})` : only}`;
}

/** The values of a term that names whole values; null for comparisons, ranges, patterns and lists of AND. */
export function readValues(value: string): string[] | null {
  const single = readScalar(value);
  if (single !== null) return [single];
  if (!value.startsWith("(") || !value.endsWith(")")) return null;
  const parts = value.slice(1, -1).match(/"(?:[^"\\]|\\.)*"|[^\s]+/gs) ?? [];
  const values: string[] = [];
  for (const [at, part] of parts.entries()) {
    if (at % 2 === 1) {
      if (part !== "OR") return null;
      continue;
    }
    const read = readScalar(part);
    if (read === null) return null;
    values.push(read);
  }
  return parts.length % 2 === 1 ? values : null;
}

function readScalar(text: string): string | null {
  const quoted = /^"((?:[^"\\]|\\.)*)"$/s.exec(text);
  if (quoted !== null) return (quoted[1] ?? "").replace(/\\(["\\])/g, "$1");
  return SAFE.test(text) && !text.includes("..") && !RESERVED.has(text) ? text : null;
}

export interface Choice {
  included: readonly string[];
  excluded: readonly string[];
}

/** What a query says about a field by whole values. */
export function choiceOf(query: string, field: string): Choice {
  const included: string[] = [];
  const excluded: string[] = [];
  for (const term of splitTerms(query)) {
    if (term.field !== field) continue;
    (term.isNegated ? excluded : included).push(...(readValues(term.value) ?? []));
  }
  return { included, excluded };
}

/** The query with another choice for a field; its comparisons and patterns stay, as does all the rest. */
export function withChoice(query: string, field: string, { included, excluded }: Choice): string {
  const others = splitTerms(query).filter((term) => term.field !== field || readValues(term.value) === null);
  const texts = others.map(({ text }) => text);
  if (included.length > 0) texts.push(writeTerm(field, included));
  if (excluded.length > 0) texts.push(writeTerm(field, excluded, true));
  return texts.join(" ");
}

/** The query with a term at its end, unless it is there already. */
export function withTerm(query: string, text: string): string {
  const terms = splitTerms(query);
  return terms.some((term) => term.text === text) ? joinTerms(terms) : joinTerms([...terms, { text }]);
}

/** The query without a term. */
export function withoutTerm(query: string, text: string): string {
  return joinTerms(splitTerms(query).filter((term) => term.text !== text));
}

/** The query with a comparison of a field in place of those that it had; null takes them away. */
export function withComparison(query: string, field: string, value: string | null): string {
  const others = splitTerms(query).filter((term) => term.field !== field || readValues(term.value) !== null);
  return joinTerms(value === null ? others : [...others, { text: `${field}:${value}` }]);
}
