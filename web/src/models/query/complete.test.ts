import fc from "fast-check";
import { expect, test } from "vitest";

import { accepted, askedFor, type Language, spotAt, suggested, suggestedValues } from "./complete";
import { splitTerms } from "./terms";

const field = (name: string, kind: string, more: Partial<Language["fields"][number]> = {}) => ({
  name,
  kind,
  needsKey: false,
  mayHaveKey: false,
  lists: ["traces"],
  counted: ["traces"],
  ...more,
});

const LANGUAGE: Language = {
  fields: [
    field("user", "exact"),
    field("name", "text"),
    field("usage", "count", { needsKey: true, mayHaveKey: true }),
    field("latency", "duration"),
    field("start", "moment", { counted: [] }),
    field("meta", "map", { needsKey: true, mayHaveKey: true }),
    field("score", "score", { needsKey: true, mayHaveKey: true }),
    field("odd", "new"),
    field("value", "value", { lists: ["scores"], counted: ["scores"] }),
  ],
  flags: [
    { name: "running", lists: ["traces"] },
    { name: "root", lists: ["observations"] },
  ],
};

/** A query with `|` where the cursor is. */
function at(marked: string) {
  const cursor = marked.indexOf("|");
  const query = marked.replace("|", "");
  return { query, cursor, spot: spotAt(query, cursor) };
}
const labels = (marked: string) => suggested(at(marked).spot, LANGUAGE, "traces").map(({ label }) => label);

test.each([
  ["|", "field", "", ""],
  ["us|", "field", "us", ""],
  ["-us|er:a", "field", "us", ""],
  ["a |b", "field", "", ""],
  ["user:a| b", "value", "a", "user"],
  ["user:|", "value", "", "user"],
  ["user:(a OR b|)", "value", "b", "user"],
  ["user:(|", "value", "", "user"],
  ['user:("a b" OR "c \\"d|', "value", 'c "d', "user"],
  ['meta."a b":x|', "value", "x", 'meta."a b"'],
  ["meta.re|", "key", "re", "meta"],
  ['meta."re g|', "key", "re g", "meta"],
  ["is:ru|", "flag", "ru", "is"],
  ["has:us|", "present", "us", "has"],
])("%s", (marked, kind, typed, field) => {
  expect(at(marked).spot).toMatchObject({ kind, typed, field });
});

test("fields are those of the list that begin so", () => {
  expect(labels("us|")).toEqual(["user", "usage"]);
  expect(labels("|")).toEqual(["user", "name", "usage", "latency", "start", "meta", "score", "odd", "has", "is"]);
  expect(labels("v|")).toEqual([]);
  expect(labels("is:|")).toEqual(["running"]);
  expect(labels("has:|")).toEqual(["user", "name", "latency", "start", "odd"]);
  expect(labels("-|user:a")).toContain("user");
  expect(labels("|-user:a")).toEqual([]);
  expect(labels('"wor|ds"')).toEqual([]);
});

test("operators are those of the kind, before anything is typed", () => {
  expect(labels("name:|")).toEqual(["="]);
  expect(labels("latency:|")).toEqual([">", "<"]);
  expect(labels("start:|")).toEqual([">=", "<"]);
  expect(labels("user:|")).toEqual([]);
  expect(labels("latency:>|")).toEqual([]);
  expect(labels("score.a:|")).toEqual([">", "<"]);
  expect(labels("nothing:|")).toEqual([]);
});

test("values are asked for where they are counted", () => {
  const asked = (marked: string) => askedFor(at(marked).spot, LANGUAGE, "traces");
  expect(asked("user:a|")).toBe("user");
  expect(asked('meta."a b":|')).toBe('meta."a b"');
  expect(asked("meta.|")).toBe("meta");
  expect(asked("score.tone:|")).toBe("score.tone");
  expect(["usage.|", "us|", "latency:|", "start:|", "name:=c|", "value:|", "is:|"].map(asked)).toEqual(
    Array.from({ length: 7 }, () => null),
  );
});

test("a suggestion takes the place of what is typed", () => {
  const take = (marked: string, label: string) => {
    const { query, spot } = at(marked);
    const values = suggestedValues(spot, [
      { value: "b c", count: 1 },
      { value: "bcd", count: 2 },
      { value: "", count: 9 },
    ]);
    const found = [...suggested(spot, LANGUAGE, "traces"), ...values].find((one) => one.label === label);
    if (found === undefined) throw new Error(label);
    const { query: next, cursor } = accepted(query, spot, found);
    return `${next.slice(0, cursor)}|${next.slice(cursor)}`;
  };
  expect(take("us|", "user")).toBe("user:|");
  expect(take("-us|er:a", "user")).toBe("-user:|a");
  expect(take("me|", "meta")).toBe("meta.|");
  expect(take("meta.b|", "b c")).toBe('meta."b c":|');
  expect(take("user:c|", "bcd")).toBe("user:bcd |");
  expect(take('user:"b|', "b c")).toBe('user:"b c" |');
  expect(take("user:b| x", "bcd")).toBe("user:bcd | x".replace(" | ", " |"));
  expect(take("user:(a OR b|) x", "bcd")).toBe("user:(a OR bcd|) x");
  expect(take("latency:|", ">")).toBe("latency:>|");
  expect(take("is:r|", "running")).toBe("is:running |");
});

test("what begins with the text comes before what holds it", () => {
  const found = suggestedValues(at("user:b|").spot, [
    { value: "ab", count: 9 },
    { value: "B", count: 1 },
  ]);
  expect(found.map(({ label }) => label)).toEqual(["B", "ab"]);
});

test("a value of any letters becomes one whole term", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (value) => {
      fc.pre(value.trim() !== "");
      const { query, spot } = at("name:x user:|");
      const [found] = suggestedValues(spot, [{ value, count: 1 }]);
      const next = accepted(query, spot, found!);
      expect(splitTerms(next.query)).toHaveLength(2);
      expect(next.cursor).toBe(next.query.length);
    }),
  );
});

test("no cursor in any text is too odd", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.nat(), (query, number) => {
      const cursor = number % (query.length + 1);
      const spot = spotAt(query, cursor);
      expect(spot.from).toBeLessThanOrEqual(cursor);
      expect(spot.to).toBeGreaterThanOrEqual(cursor);
      suggested(spot, LANGUAGE, "traces");
    }),
  );
});
