import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { shiftDecimal, showPrice } from "./decimals";
import {
  bodyOf,
  checkDraft,
  convertDraft,
  draftOf,
  emptyDraft,
  isEditable,
  patternFor,
  type ShownModel,
} from "./draft";

const MODEL: ShownModel = {
  modelName: "zeus-1",
  matchPattern: "^zeus",
  startDate: "2026-01-01T00:00:00.000Z",
  pricingTiers: [
    {
      name: "Long",
      isDefault: false,
      priority: 1,
      prices: { input: 5e-6 },
      conditions: [{ usageDetailPattern: "^input", operator: "gt", value: 200_000, caseSensitive: false }],
    },
    { name: "Standard", isDefault: true, priority: 0, prices: { input: 2.5e-6 }, conditions: [] },
  ],
};

describe("decimals", () => {
  test.each([
    ["2.5e-06", 6, "2.5"],
    ["0.15", -6, "0.00000015"],
    ["1", 3, "1000"],
    ["12.50", -3, "0.0125"],
    [".5", 0, "0.5"],
    ["0", 6, "0"],
  ])("%s moved by %i is %s", (text, places, moved) => expect(shiftDecimal(text, places)).toBe(moved));

  test.each(["", "abc", "-1", "1,5", "."])("%j is no price", (text) => expect(shiftDecimal(text, 0)).toBeNull());

  test("moving there and back changes nothing", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: -9, max: 9 }), (price, places) => {
        const there = shiftDecimal(String(price), places) ?? "";
        expect(shiftDecimal(there, -places)).toBe(String(price));
        expect(Number(there)).toBeCloseTo(price * 10 ** places, 6);
      }),
    );
  });

  test("a price is shown per as many units as one likes", () => {
    expect(showPrice(2.5e-6, 6)).toBe("2.5");
    expect(showPrice(Number.NaN, 6)).toBe("—");
  });
});

describe("drafts", () => {
  test("a model becomes a draft and the draft the same model", () => {
    for (const places of [0, 3, 6]) {
      const { pricingTiers, ...head } = bodyOf(draftOf(MODEL, places), places);
      expect(head).toEqual({ modelName: "zeus-1", matchPattern: "^zeus", startDate: "2026-01-01T00:00:00.000Z" });
      expect(pricingTiers.map(({ name, isDefault, priority }) => [name, isDefault, priority])).toEqual([
        ["Standard", true, 0],
        ["Long", false, 1],
      ]);
      expect(pricingTiers.map(({ prices }) => prices)).toEqual([{ input: 2.5e-6 }, { input: 5e-6 }]);
      expect(pricingTiers[1]?.conditions).toEqual(MODEL.pricingTiers[0]?.conditions);
    }
  });

  test("prices follow the unit, and what is no number stays", () => {
    const draft = { ...emptyDraft("a"), tiers: draftOf(MODEL, 6).tiers };
    expect(convertDraft(draft, -3).tiers[0]?.prices).toEqual([{ usage: "input", price: "0.0025" }]);
    expect(convertDraft(emptyDraft("a"), -3)).toEqual(emptyDraft("a"));
  });

  test("conditions on attributes, and those that mind the case, are not edited here", () => {
    const [tier] = MODEL.pricingTiers;
    const withCondition = (condition: unknown): ShownModel => ({
      ...MODEL,
      pricingTiers: [{ ...tier!, conditions: [condition] }],
    });
    expect(isEditable(MODEL)).toBe(true);
    for (const odd of [null, "x", { source: "metadata", operator: "in" }, { usageDetailPattern: "a", operator: "gt" }])
      expect(isEditable(withCondition(odd))).toBe(false);
    const strict = { usageDetailPattern: "a", operator: "gt", value: 1, caseSensitive: true };
    expect(isEditable(withCondition(strict))).toBe(false);
    expect(draftOf(withCondition(strict), 0).tiers[0]?.conditions).toEqual([]);
  });

  test("what is wrong has a place", () => {
    expect(checkDraft(emptyDraft())).toEqual({
      name: "Give it a name.",
      pattern: "Say which model names it prices.",
      "tiers.0.prices.0": "A number from 0.",
      "tiers.0.prices.1": "A number from 0.",
    });
    const bad = {
      ...emptyDraft("a"),
      startDate: "soon",
      tiers: [
        { name: " ", prices: [{ usage: "", price: "1" }], conditions: [] },
        { name: "b", prices: [], conditions: [] },
        { name: "c", prices: [], conditions: [{ pattern: "", operator: "gt", value: "1" }] },
      ],
    };
    expect(Object.keys(checkDraft(bad))).toEqual([
      "startDate",
      "tiers.0.name",
      "tiers.0.prices.0",
      "tiers.1.conditions",
      "tiers.2.conditions.0",
    ]);
    expect(checkDraft(draftOf(MODEL, 6))).toEqual({});
    expect(bodyOf({ ...draftOf(MODEL, 6), startDate: "" }, 6).startDate).toBeUndefined();
  });

  test("a pattern for a name is found in that name alone", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 20 }), (name) => {
        const pattern = patternFor(name).replace("(?i)", "");
        expect(new RegExp(pattern, "i").test(name)).toBe(true);
        expect(new RegExp(pattern, "i").test(`${name}x`)).toBe(false);
      }),
    );
  });
});
