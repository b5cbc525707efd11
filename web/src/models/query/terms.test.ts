import fc from "fast-check";
import { expect, test } from "vitest";

import {
  choiceOf,
  joinTerms,
  readValues,
  splitTerms,
  withChoice,
  withComparison,
  withoutTerm,
  withTerm,
  writeField,
  writeTerm,
  writeValue,
} from "./terms";

const any = fc.string({ unit: "binary", maxLength: 30 });

test("terms are cut at spaces outside of quotes and parentheses", () => {
  const query = 'user:user-42 -env:(a OR "b c")  "refund policy" word meta."a b":*x* has:error';
  expect(splitTerms(query).map(({ text }) => text)).toEqual([
    "user:user-42",
    '-env:(a OR "b c")',
    '"refund policy"',
    "word",
    'meta."a b":*x*',
    "has:error",
  ]);
  expect(splitTerms(query)[1]).toEqual({
    text: '-env:(a OR "b c")',
    start: 13,
    isNegated: true,
    field: "env",
    value: '(a OR "b c")',
  });
  expect(splitTerms(query)[3]).toMatchObject({ field: null, value: "word" });
  expect(splitTerms(query)[4]).toMatchObject({ field: 'meta."a b"', value: "*x*" });
});

test("every text can be cut, and nothing but space is lost", () => {
  fc.assert(
    fc.property(any, (query) => {
      const terms = splitTerms(query);
      for (const { text, start } of terms) expect(query.slice(start, start + text.length)).toBe(text);
      const letters = terms.map(({ text }) => text).join("").length;
      const spaces = terms.reduce((at, { text, start }) => {
        expect(query.slice(at, start).trim()).toBe("");
        return start + text.length;
      }, 0);
      expect(query.slice(spaces).trim()).toBe("");
      expect(letters).toBeLessThanOrEqual(query.length);
    }),
  );
});

test("any value that is written is read back, alone or among others", () => {
  fc.assert(
    fc.property(
      fc.array(
        any.filter((value) => value !== ""),
        { minLength: 1, maxLength: 4 },
      ),
      (values) => {
        const term = splitTerms(writeTerm("env", values));
        expect(term).toHaveLength(1);
        expect(readValues(term[0]!.value)).toEqual(values);
      },
    ),
  );
});

test.each([">2s", "0.1..1", "a*", "*a", "=a", "(a AND b)", "(a OR)", "(a OR b", '"open'])(
  "%s names no whole values",
  (value) => {
    expect(readValues(value)).toBeNull();
  },
);

test("a choice of a field replaces the one before and leaves the rest", () => {
  const query = "env:a latency:>2s -env:b refund";
  expect(choiceOf(query, "env")).toEqual({ included: ["a"], excluded: ["b"] });
  const changed = withChoice(query, "env", { included: ["x", "y z"], excluded: [] });
  expect(changed).toBe('latency:>2s refund env:(x OR "y z")');
  expect(withChoice(changed, "env", { included: [], excluded: ["q"] })).toBe("latency:>2s refund -env:q");
  expect(withChoice("name:a* name:b", "name", { included: [], excluded: [] })).toBe("name:a*");
});

test("what is chosen is what is read, whatever else is there", () => {
  const values = fc.uniqueArray(
    any.filter((value) => value !== ""),
    { maxLength: 3 },
  );
  fc.assert(
    fc.property(values, values, (included, excluded) => {
      const query = withChoice("name:a* latency:>2s", "tag", { included, excluded });
      expect(choiceOf(query, "tag")).toEqual({ included, excluded });
      expect(choiceOf(query, "name")).toEqual({ included: [], excluded: [] });
    }),
  );
});

test("terms come and go", () => {
  expect(withTerm("a:b", "level:ERROR")).toBe("a:b level:ERROR");
  expect(withTerm("a:b  level:ERROR", "level:ERROR")).toBe("a:b level:ERROR");
  expect(withoutTerm("a:b level:ERROR", "a:b")).toBe("level:ERROR");
  expect(withComparison("cost:>1 cost:0.5 x", "cost", ">2")).toBe("cost:0.5 x cost:>2");
  expect(withComparison("cost:>1 x", "cost", null)).toBe("x");
  expect(joinTerms([])).toBe("");
});

test("keys and values are quoted where they must be", () => {
  expect(writeField("meta", "region")).toBe("meta.region");
  expect(writeField("meta", "a b")).toBe('meta."a b"');
  expect(writeField("env")).toBe("env");
  expect(["a", "a b", "OR", "", "a..b", '"', ">1", "v1."].map(writeValue)).toEqual([
    "a",
    '"a b"',
    '"OR"',
    '""',
    '"a..b"',
    '"\\""',
    '">1"',
    '"v1."',
  ]);
});
