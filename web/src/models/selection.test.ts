import fc from "fast-check";
import { expect, test } from "vitest";

import { allOrNone, everything, extended, extentOf, isSelected, NOTHING, toggled } from "./selection";

const LOADED = ["a", "b", "c", "d"];

test("a row is selected and taken out again", () => {
  const one = toggled(NOTHING, "b");
  expect([...one.ids]).toEqual(["b"]);
  expect(toggled(one, "b").ids.size).toBe(0);
  expect(toggled(everything(LOADED), "b").isAll).toBe(false);
});

test("a range goes from the row that was touched last, in either direction", () => {
  expect([...extended(toggled(NOTHING, "b"), "d", LOADED).ids]).toEqual(["b", "c", "d"]);
  expect([...extended(toggled(NOTHING, "c"), "a", LOADED).ids].toSorted()).toEqual(["a", "b", "c"]);
  expect([...extended(NOTHING, "c", LOADED).ids]).toEqual(["c"]);
  expect([...extended(toggled(NOTHING, "gone"), "c", LOADED).ids]).toEqual(["gone", "c"]);
});

test("the box of the header selects what is loaded, and then nothing", () => {
  const some = toggled(NOTHING, "a");
  expect(extentOf(NOTHING, LOADED)).toBe("none");
  expect(extentOf(some, LOADED)).toBe("some");
  const all = allOrNone(some, LOADED);
  expect(extentOf(all, LOADED)).toBe("all");
  expect(allOrNone(all, LOADED)).toBe(NOTHING);
  expect(allOrNone(everything(LOADED), LOADED)).toBe(NOTHING);
  expect(extentOf(everything([]), LOADED)).toBe("all");
  expect(isSelected(everything([]), "z")).toBe(true);
  expect(isSelected(some, "b")).toBe(false);
});

test("toggling twice changes nothing but the anchor", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...LOADED)), fc.constantFrom(...LOADED), (ids, id) => {
      const before = { ...NOTHING, ids: new Set(ids) };
      expect(new Set(toggled(toggled(before, id), id).ids)).toEqual(before.ids);
    }),
  );
});
