import fc from "fast-check";
import { expect, test } from "vitest";

import { allOf, oneOf, parseSearch, patchSearch, printSearch } from "./search";

const text = fc.string({ unit: "binary", maxLength: 20 });
const value = fc.oneof(text, fc.array(text, { minLength: 2, maxLength: 3 }));

test("what is printed is read back", () => {
  fc.assert(
    fc.property(fc.dictionary(text, value, { maxKeys: 5 }), (search) => {
      expect({ ...parseSearch(printSearch(search)) }).toEqual({ ...search });
    }),
  );
});

test("every text can be read", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (any) => void parseSearch(any)));
});

test("numbers and JSON stay text", () => {
  expect(parseSearch("?q=123&a=true&b=%22x%22")).toEqual({ q: "123", a: "true", b: '"x"' });
});

test("a patch changes, adds and takes away", () => {
  const search = parseSearch("q=a&env=x&env=y");
  expect(printSearch(patchSearch(search, { q: undefined, env: ["z"], peek: "1" }))).toBe("?env=z&peek=1");
  expect(printSearch(patchSearch(search, { env: [] }))).toBe("?q=a");
  expect(printSearch({})).toBe("");
});

test("one or all values of a key", () => {
  const search = parseSearch("env=x&env=y&q=a");
  expect([oneOf(search, "env"), oneOf(search, "q"), oneOf(search, "none")]).toEqual(["x", "a", undefined]);
  expect([allOf(search, "env"), allOf(search, "q"), allOf(search, "none")]).toEqual([["x", "y"], ["a"], []]);
});
