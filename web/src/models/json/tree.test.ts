import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseJson } from "./parse";
import { ancestorsOf, childPointer, parentPointer, readablePath, segmentsOf, valueAt } from "./pointer";
import { nextRange, softLines, TextOfRanges } from "./ranges";
import { embeddedJson, initialExpansion, jsonRows, searchJson, searchSteps, subtreePointers } from "./tree";
import type { Json } from "./value";

const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;
const all = (value: Json): Set<string> => new Set(subtreePointers(value, ""));

describe("pointers", () => {
  it("lead back to where they came from", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom("~", "/", "0", "1", "a") }))),
        (segments) => {
          const pointer = segments.reduce((parent, key) => childPointer(parent, key), "");
          expect(segmentsOf(pointer)).toEqual(segments);
          expect(ancestorsOf(pointer)).toHaveLength(segments.length);
          if (segments.length > 0) expect(segmentsOf(parentPointer(pointer))).toEqual(segments.slice(0, -1));
        },
      ),
    );
  });

  it("read as people write paths", () => {
    const value = parseJson('{"messages":[{"a b":{"c/d":1,"~":2}}]}');
    expect(readablePath(value, "/messages/0/a b/c~1d")).toBe('messages[0]["a b"]["c/d"]');
    expect(readablePath(value, "")).toBe("$");
    expect(readablePath(value, "/nothing/there")).toBe("nothing.there");
    expect(valueAt(value, "/messages/0/a b/~0")).toBe(2);
    for (const nowhere of ["/messages/01", "/messages/x", "/messages/0/a b/c~1d/deeper", "/toString"])
      expect(valueAt(value, nowhere)).toBeUndefined();
  });
});

describe("rows of a JSON tree", () => {
  it("every value once, each where its pointer says, when all is open", () => {
    fc.assert(
      fc.property(json, (value) => {
        const rows = jsonRows(value, all(value));
        expect(new Set(rows.map((row) => row.pointer)).size).toBe(rows.length);
        for (const row of rows) {
          expect(row.depth).toBe(segmentsOf(row.pointer).length);
          expect(row.position).toBeLessThanOrEqual(row.siblings);
          if (!rows.some((other) => other.isEmbedded)) expect(valueAt(value, row.pointer)).toStrictEqual(row.value);
        }
        const counted = rows.reduce((sum, row) => sum + row.childCount, 1);
        expect(rows.length).toBe(counted);
      }),
    );
  });

  it("a closed container hides what is inside", () => {
    const value = parseJson('{"a":{"b":1},"c":[2,3]}');
    expect(jsonRows(value, new Set(["", "/c"])).map((row) => row.pointer)).toEqual(["", "/a", "/c", "/c/0", "/c/1"]);
    expect(jsonRows(value, new Set()).map((row) => [row.childCount, row.isExpanded])).toEqual([[2, false]]);
  });

  it("opens JSON inside strings", () => {
    const value = parseJson('{"a":"{\\"b\\":[1]}","c":"{no","d":"[]"}');
    const rows = jsonRows(value, new Set(["", "/a", "/a/b", "/d"]));
    expect(rows.map((row) => row.pointer)).toEqual(["", "/a", "/a/b", "/a/b/0", "/c", "/d"]);
    expect(rows.map((row) => row.isEmbedded)).toEqual([false, true, false, false, false, true]);
    expect(embeddedJson("7")).toBeUndefined();
  });

  it("opens at first about as much as fits", () => {
    const wide = parseJson(JSON.stringify({ a: Array.from({ length: 6000 }, (_, i) => i), b: { c: { d: 1 } }, e: {} }));
    expect([...initialExpansion(wide)]).toEqual(["", "/b", "/b/c"]);
    expect([...initialExpansion("text")]).toEqual([]);
    expect(
      initialExpansion(parseJson(JSON.stringify({ rows: Array.from({ length: 500 }, () => ({ a: 1 })) }))).size,
    ).toBe(2);
    fc.assert(
      fc.property(
        json,
        (value) =>
          jsonRows(value, initialExpansion(value, 20)).length <=
          Math.max(20, 1 + jsonRows(value, new Set([""])).length),
      ),
    );
  });

  it("finds keys and scalars, never what only surrounds them", () => {
    const value = parseJson('{"City":"Paris","n":12.0,"inner":"{\\"city\\":true}","list":["paris",null]}');
    expect(searchJson(value, "city")).toEqual(["/City", "/inner/city"]);
    expect(searchJson(value, "PARIS")).toEqual(["/City", "/list/0"]);
    expect(searchJson(value, "12.0")).toEqual(["/n"]);
    expect(searchJson(value, "null")).toEqual(["/list/1"]);
    expect(searchJson(value, "i", 1)).toHaveLength(1);
    expect(searchJson(value, "")).toEqual([]);
    const steps = searchSteps(
      Array.from({ length: 2500 }, (_, n) => n),
      "2499",
    );
    expect([steps.next().done, steps.next().done, steps.next().value]).toEqual([false, false, ["/2499"]]);
  });
});

describe("large payloads by ranges", () => {
  it("join to the text, however they are cut", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (text, step) => {
        const bytes = new TextEncoder().encode(text);
        const whole = new TextOfRanges(bytes.length);
        for (let range = nextRange(0, bytes.length, step); range; range = nextRange(whole.loaded, whole.size, step)) {
          expect(whole.isWhole).toBe(false);
          whole.append(range.from, bytes.slice(range.from, range.to));
          expect(text.startsWith(whole.text)).toBe(true);
        }
        expect(whole.text).toBe(text);
        expect(whole.isWhole).toBe(true);
      }),
    );
  });

  it("refuse a gap", () => {
    expect(() => {
      new TextOfRanges(9).append(3, new Uint8Array(2));
    }).toThrow(RangeError);
  });

  it("lines cover the text and never part a character", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("a", "\n", "😀", "é") }),
        fc.integer({ min: 2, max: 7 }),
        (text, width) => {
          const lines = softLines(text, width);
          expect(lines.every(({ from, to }) => to - from <= width)).toBe(true);
          expect(lines.every(({ from, to }) => text.slice(from, to).isWellFormed())).toBe(true);
          expect(lines.map(({ from, to }) => text.slice(from, to)).join("")).toBe(text.replaceAll("\n", ""));
        },
      ),
    );
  });
});
