import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JsonSyntaxError, parseHead, parseJson, parseSteps, tryParse } from "./parse";
import { printJson } from "./print";
import { ExactNumber, at, isContainer, type Json } from "./value";

const json = fc.jsonValue({ maxDepth: 4 });

describe("lossless JSON", () => {
  it("reads what JSON.parse reads", () => {
    fc.assert(
      fc.property(json, fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(JSON.parse(printJson(parseJson(text)))).toStrictEqual(JSON.parse(text));
      }),
    );
  });

  it("prints the same text as JSON.stringify", () => {
    fc.assert(
      fc.property(json, fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(printJson(parseJson(text), indent)).toBe(text);
      }),
    );
  });

  it.each(["9007199254740993", "1.0", "-0", "1e400", "0.10", "123456789012345678901234567890", "1E5"])(
    "keeps %s as it is",
    (source) => {
      const value = parseJson(source);
      expect(value).toBeInstanceOf(ExactNumber);
      expect(String(value)).toBe(source);
      expect(printJson([value])).toBe(`[${source}]`);
    },
  );

  it("keeps every integer, however large", () => {
    fc.assert(fc.property(fc.bigInt(), (n) => printJson(parseJson(String(n))) === String(n)));
  });

  it("refuses what is no JSON", () => {
    const bad = [
      "",
      " ",
      "{",
      "[1,]",
      '{"a" 1}',
      "{a:1}",
      '{"a":1,}',
      "01",
      "1.",
      "+1",
      ".5",
      "nul",
      "nulL",
      "x",
      '"\t"',
      '"\\x"',
      '"\\u00g0"',
      "1 2",
      "[1}",
      "'a'",
      "1.2.3",
      "-",
      '"abc',
      '"ab\\',
      '"\\u12',
      "[1 2]",
      '{"a"',
      '{"a":',
    ];
    for (const text of bad) expect(() => parseJson(text)).toThrow(JsonSyntaxError);
  });

  it("refuses exactly what JSON.parse refuses", () => {
    const piece = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"',
      "a",
      "1",
      "-",
      ".",
      "e",
      "true",
      "null",
      " ",
      "\\",
      "u0041",
      "0",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
        const text = pieces.join("");
        let isRefused = false;
        try {
          JSON.parse(text);
        } catch {
          isRefused = true;
        }
        expect(tryParse(text) === undefined).toBe(isRefused);
      }),
      { numRuns: 3000 },
    );
  });

  it("lets other mistakes through tryParse", () => {
    expect(() => tryParse(null as unknown as string)).toThrow(TypeError);
  });

  it("treats __proto__ as data", () => {
    const value = parseJson('{"__proto__":{"admin":true},"toString":1}') as Record<string, Json>;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(at(value, "__proto__")).toEqual({ admin: true });
    expect(at({}, "toString")).toBeUndefined();
    expect(printJson(value)).toBe('{"__proto__":{"admin":true},"toString":1}');
  });

  it("takes nesting that would overflow a stack", () => {
    const depth = 200_000;
    const text = "[".repeat(depth) + "]".repeat(depth);
    expect(printJson(parseJson(text))).toBe(text);
  });

  it("knows containers", () => {
    expect([{}, [], null, "a", new ExactNumber("1.0")].map(isContainer)).toEqual([true, true, false, false, false]);
  });
});

describe("reading in steps", () => {
  it("comes to the same and pauses on the way", () => {
    const text = JSON.stringify(Array.from({ length: 9_000 }, (_, n) => ({ n })));
    const steps = parseSteps(text);
    let pauses = 0;
    let step = steps.next();
    for (; !step.done; step = steps.next()) pauses += 1;
    expect(pauses).toBeGreaterThan(2);
    expect(printJson(step.value.value)).toBe(text);
  });
});

describe("the head of a JSON text", () => {
  it("every head is partial and never an error, and grows", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.array(json), fc.dictionary(fc.string(), json)),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (value, share) => {
          const text = JSON.stringify(value);
          const head = parseHead(text.slice(0, Math.floor(share * (text.length - 1))));
          expect(head.isPartial).toBe(true);
          expect(printJson(head.value).length).toBeLessThanOrEqual(text.length + 2);
        },
      ),
    );
  });

  it("has everything that ended before the cut", () => {
    expect(parseHead('{"a":[1,2,34')).toEqual({ value: { a: [1, 2] }, isPartial: true });
    expect(parseHead('{"a":"hel')).toEqual({ value: { a: "hel" }, isPartial: true });
    expect(parseHead('{"a":1,"b')).toEqual({ value: { a: 1 }, isPartial: true });
    expect(parseHead("[1.5,tr")).toEqual({ value: [1.5], isPartial: true });
    expect(parseHead("[{}, ")).toEqual({ value: [{}], isPartial: true });
    expect(parseHead('{"a":{"b":[],"c":-')).toEqual({ value: { a: { b: [] } }, isPartial: true });
    expect(parseHead("7")).toEqual({ value: 7, isPartial: false });
    expect(() => parseHead("[1.2.3")).toThrow(JsonSyntaxError);
  });
});
