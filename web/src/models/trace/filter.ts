/** The filter inside one trace: words, and `field:value` terms in the same grammar as the lists' queries. */
import type { Intervals } from "./intervals";
import { toPico } from "./money";
import type { Skeleton } from "./skeleton";
import type { TraceTree } from "./tree";

export interface Subject {
  tree: TraceTree;
  skeleton: Skeleton;
  intervals: Intervals;
}
type Matcher = (place: number, row: number) => boolean;

const TEXT_FIELDS: Readonly<Record<string, keyof Skeleton>> = {
  id: "id",
  name: "name",
  type: "type",
  level: "level",
  model: "model",
  status: "statusMessage",
  prompt: "promptName",
};
const NUMBER_FIELDS = ["latency", "cost", "tokens", "input_tokens", "output_tokens", "ttft"] as const;
type NumberField = (typeof NUMBER_FIELDS)[number];
const DURATION_US: Readonly<Record<string, number>> = {
  us: 1,
  µs: 1,
  ms: 1e3,
  s: 1e6,
  m: 60e6,
  min: 60e6,
  h: 3600e6,
  "": 1e6,
};
const SEARCHED: readonly (keyof Skeleton)[] = ["name", "id", "type", "model", "statusMessage", "promptName"];

/**
 * Rows that match every term, in order, and which plain words were sought, for highlighting. `inTexts` holds the ids of
 * observations whose input or output has the words: those need them nowhere else.
 */
export function filterRows(
  subject: Subject,
  query: string,
  inTexts: ReadonlySet<string> = new Set(),
): { rows: number[]; words: string[] } {
  const terms = termsOf(query);
  const isWord = ({ field, isNegated }: Term): boolean => field === null && !isNegated;
  const others = terms.filter((term) => !isWord(term)).map((term) => matcherOf(subject, term));
  const sought = terms.filter(isWord).map((term) => matcherOf(subject, term));
  const rows: number[] = [];
  for (let row = 1; row < subject.tree.count && terms.length > 0; row += 1) {
    const place = subject.tree.source[row] as number;
    if (place < 0 || !others.every((matches) => matches(place, row))) continue;
    if (inTexts.has(subject.skeleton.id[place] as string) || sought.every((matches) => matches(place, row)))
      rows.push(row);
  }
  return { rows, words: terms.filter(isWord).map(({ value }) => value) };
}

interface Term {
  field: string | null;
  value: string;
  isNegated: boolean;
}

/** Splits at spaces outside quotes; `-` before a term turns it round. A field that nobody knows is plain text. */
export function termsOf(query: string): Term[] {
  const terms: Term[] = [];
  for (const [whole] of query.matchAll(/-?(?:[\w.]+:)?(?:[<>]=?|!)?(?:"(?:[^"\\]|\\.)*"?|[^\s"]+)/g)) {
    const isNegated = whole.startsWith("-") && whole.length > 1;
    const text = isNegated ? whole.slice(1) : whole;
    const colon = text.indexOf(":");
    const field = colon > 0 ? text.slice(0, colon).toLowerCase() : null;
    const isKnown = field !== null && (field in TEXT_FIELDS || (NUMBER_FIELDS as readonly string[]).includes(field));
    const value = isKnown ? text.slice(colon + 1) : text;
    if (value !== "") terms.push({ field: isKnown ? field : null, value: unquoted(value), isNegated });
  }
  return terms;
}

const unquoted = (value: string): string =>
  value.replace(/"((?:[^"\\]|\\.)*)"?/, (_, inner: string) => inner.replace(/\\(.)/g, "$1"));

function matcherOf(subject: Subject, { field, value, isNegated }: Term): Matcher {
  const matches =
    field === null
      ? wordMatcher(subject, value)
      : field in TEXT_FIELDS
        ? textMatcher(subject, field, value)
        : numberMatcher(subject, field as NumberField, value);
  return isNegated ? (place, row) => !matches(place, row) : matches;
}

function wordMatcher({ skeleton }: Subject, value: string): Matcher {
  const sought = value.toLowerCase();
  return (place) => SEARCHED.some((column) => holds(skeleton[column][place], sought));
}

const holds = (cell: unknown, sought: string): boolean =>
  typeof cell === "string" && cell.toLowerCase().includes(sought);

/** Comma means or, `*` any run of characters; without a star the name or model may hold more, type and level may not. */
function textMatcher({ skeleton }: Subject, field: string, value: string): Matcher {
  const column = skeleton[TEXT_FIELDS[field] as keyof Skeleton];
  const isExact = field === "type" || field === "level" || field === "id";
  const patterns = value.split(",").map((option) => {
    const body = option
      .split("*")
      .map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
      .join(".*");
    return new RegExp(isExact || option.includes("*") ? `^${body}$` : body, "is");
  });
  return (place) => {
    const cell = column[place];
    return typeof cell === "string" && patterns.some((pattern) => pattern.test(cell));
  };
}

function numberMatcher(subject: Subject, field: NumberField, value: string): Matcher {
  const match = /^(<=?|>=?)?(-?\d+(?:\.\d+)?)([a-zµ]*)$/i.exec(value.replace("$", ""));
  const bound = match
    ? Number(match[2]) *
      (field === "latency" || field === "ttft" ? (DURATION_US[(match[3] as string).toLowerCase()] ?? NaN) : 1)
    : NaN;
  const operator = match?.[1];
  return (place, row) => {
    const found = numberAt(subject, field, place, row);
    if (found === null || Number.isNaN(bound)) return false;
    if (operator === "<") return found < bound;
    if (operator === "<=") return found <= bound;
    if (operator === ">") return found > bound;
    return operator === ">=" ? found >= bound : found === bound;
  };
}

function numberAt({ skeleton, intervals }: Subject, field: NumberField, place: number, row: number): number | null {
  switch (field) {
    case "latency":
      return (intervals.end[row] as number) - (intervals.start[row] as number);
    case "cost": {
      const pico = toPico(skeleton.cost[place]);
      return pico === null ? null : Number(pico) / 1e12;
    }
    case "tokens":
      return skeleton.totalTokens[place] ?? null;
    case "input_tokens":
      return skeleton.inputTokens[place] ?? null;
    case "output_tokens":
      return skeleton.outputTokens[place] ?? null;
    case "ttft":
      return skeleton.timeToFirstTokenUs[place] ?? null;
  }
}
