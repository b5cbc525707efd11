import fc from "fast-check";
import { expect, it } from "vitest";
import { anySkeleton, skeletonOf } from "./arbitrary";
import { buildModel, ownStretches } from "./model";

it("what no child covers adds up to the time of one's own", () => {
  fc.assert(
    fc.property(anySkeleton, (skeleton) => {
      const model = buildModel(skeleton, 100, false);
      for (let row = 0; row < model.tree.count; row += 1) {
        const length = (model.intervals.end[row] as number) - (model.intervals.start[row] as number);
        const own = ownStretches(model, row, 1000).reduce((sum, { from, to }) => sum + (to - from), 0);
        expect(own * length).toBeCloseTo(model.sums.selfUs[row] as number, 6);
      }
    }),
  );
});

it("keeps the longest stretches when there are many", () => {
  const children = Array.from({ length: 60 }, (_, n) => ({
    id: `c${String(n)}`,
    parentId: "r",
    start: n * 100 + (n % 2) * 50,
    end: n * 100 + 60,
  }));
  const model = buildModel(skeletonOf({ id: "r", start: 0, end: 6000 }, ...children), 0, false);
  const kept = ownStretches(model, 1, 10);
  expect(kept).toHaveLength(10);
  expect(kept.every(({ from }, index) => index === 0 || from >= kept[index - 1]!.to)).toBe(true);
});

it("draws what never ended up to the last moment that is known, and events as moments", () => {
  const skeleton = skeletonOf(
    { id: "a", start: 5, end: null },
    { id: "b", parentId: "a", start: 7, end: 90 },
    { id: "e", start: 8, end: null, type: "EVENT" },
  );
  expect([...buildModel(skeleton, null, false).intervals.end]).toEqual([90, 90, 90, 8]);
  expect([...buildModel(skeleton, 200, false).intervals.end]).toEqual([200, 200, 90, 8]);
  expect([...buildModel(skeletonOf(), null, false).intervals.end]).toEqual([0]);
});

it("shifts clocks only when asked", () => {
  const skeleton = skeletonOf(
    { id: "a", start: 5_000_000, end: 9_000_000 },
    { id: "b", parentId: "a", start: 1_000_000, end: 2_000_000 },
  );
  expect(buildModel(skeleton, 0, false).skeleton).toBe(skeleton);
  const shifted = buildModel(skeleton, 0, true);
  expect([shifted.skewedCount, shifted.skeleton.startTimeUs[1]]).toEqual([1, 5_000_000]);
  expect(buildModel(skeletonOf({ id: "a" }), 0, true).skewedCount).toBe(0);
});
