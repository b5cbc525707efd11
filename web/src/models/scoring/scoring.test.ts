import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { counted, type Judged, moved, withoutScore, withScore } from "./scores";
import { choicesOf, rangeText, readNumber, readValue, typedValue } from "./values";

describe("values of scores", () => {
  it("are chosen where there is a choice", () => {
    expect(choicesOf({ dataType: "BOOLEAN" }).map(({ label }) => label)).toEqual(["True", "False"]);
    const named = [
      { label: "no", value: 0 },
      { label: "yes", value: 1 },
    ];
    expect(choicesOf({ dataType: "BOOLEAN", categories: named })).toEqual([
      { label: "yes", value: 1 },
      { label: "no", value: 0 },
    ]);
    expect(choicesOf({ dataType: "CATEGORICAL", categories: [{ label: "good", value: 3 }] })).toEqual([
      { label: "good", value: "good" },
    ]);
    expect(choicesOf({ dataType: "CATEGORICAL" })).toEqual([]);
    expect(choicesOf({ dataType: "NUMERIC" })).toEqual([]);
  });

  it("are read as they are typed", () => {
    expect(readValue({ dataType: "NUMERIC" }, " 0,5 ")).toEqual({ value: 0.5 });
    expect(readValue({ dataType: "TEXT" }, " well ")).toEqual({ value: "well" });
    expect(readValue({ dataType: "BOOLEAN" }, "1")).toEqual({ value: 1 });
  });

  it("are numbers in forms too, and what is none is named", () => {
    expect([readNumber("Smallest value", " 0,5 "), readNumber("Smallest value", "-3e2")]).toEqual([0.5, -300]);
    for (const typed of ["", "1,2,3", "many", "Infinity"])
      expect(() => readNumber("Smallest value", typed)).toThrow("Smallest value: a number, such as 0.75");
  });

  it.each([
    [{ dataType: "NUMERIC" }, "", "A score needs a value"],
    [{ dataType: "NUMERIC" }, "many", "A number, such as 0.75"],
    [{ dataType: "NUMERIC", minValue: 1 }, "0", "At least 1"],
    [{ dataType: "NUMERIC", maxValue: 5 }, "6", "At most 5"],
    [{ dataType: "BOOLEAN" }, "2", "0 or 1"],
    [{ dataType: "TEXT" }, "x".repeat(501), "At most 500 characters"],
  ])("are refused with a reason: %j %s", (rule, typed, problem) => {
    expect(readValue(rule, typed)).toEqual({ problem });
  });

  it("read back what they are typed as", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const rule = { dataType: "NUMERIC" };
        expect(readValue(rule, typedValue({ ...rule, value, stringValue: null }))).toEqual({ value: value + 0 });
      }),
    );
    expect(typedValue({ dataType: "CATEGORICAL", value: 0, stringValue: null })).toBe("");
    expect(typedValue({ dataType: "TEXT", value: 0, stringValue: "a" })).toBe("a");
  });

  it("tell their range", () => {
    expect(rangeText({ dataType: "NUMERIC" })).toBeNull();
    expect(rangeText({ dataType: "NUMERIC", maxValue: 5 })).toBe("up to 5");
    expect(rangeText({ dataType: "NUMERIC", minValue: 1 })).toBe("from 1");
    expect(rangeText({ dataType: "NUMERIC", minValue: 1, maxValue: 5 })).toBe("1 to 5");
  });
});

describe("scores of a trace", () => {
  const scores: Judged[] = [{ id: "a" }, { id: "b" }];

  it("keep their places when one changes", () => {
    expect(withScore(scores, { id: "a", observationId: "o" })).toEqual([{ id: "a", observationId: "o" }, { id: "b" }]);
    expect(withScore(scores, { id: "c" }).map(({ id }) => id)).toEqual(["a", "b", "c"]);
    expect(withoutScore(scores, "a")).toEqual([{ id: "b" }]);
  });

  it("are counted where they belong, and never below none", () => {
    expect(counted(["x", "y"], [0, 1], "y", moved(1))).toEqual([0, 2]);
    expect(counted(["x", "y"], [0, 1], "x", moved(-1))).toEqual([0, 1]);
    expect(counted(["x"], [0], "z", moved(1))).toEqual([0]);
    expect(counted(["x"], [7], "x", () => 2)).toEqual([2]);
  });
});
