import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anySkeleton, skeletonOf } from "./arbitrary";
import { criticalPath } from "./criticalPath";
import { intervalsOf, shiftSkewed, skewedRows } from "./intervals";
import { fromPico, toPico } from "./money";
import { sumsOf } from "./sums";
import { buildTree, childrenOf, rowsById } from "./tree";
import type { Skeleton } from "./skeleton";

const NOW = 100;
const built = (skeleton: Skeleton, now = NOW) => {
  const tree = buildTree(skeleton);
  const intervals = intervalsOf(tree, skeleton, now);
  return { tree, intervals, sums: sumsOf(tree, skeleton, intervals), path: criticalPath(tree, intervals) };
};

describe("money", () => {
  it("goes to integers and back without rounding", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), (pico) => toPico(fromPico(pico)) === pico),
    );
  });
  it.each([
    ["0.1", 100_000_000_000n],
    ["-2", -2_000_000_000_000n],
    ["1.5e-7", 150_000n],
    ["0.0000000000019", 1n],
    ["2E3", 2_000_000_000_000_000n],
    ["", null],
    ["abc", null],
    ["1.", null],
    [null, null],
    [undefined, null],
  ])("%s", (text, pico) => {
    expect(toPico(text)).toBe(pico);
  });
  it("adds tenths as people do", () => {
    expect(fromPico((toPico("0.1") as bigint) + (toPico("0.2") as bigint))).toBe("0.3");
  });
});

describe("sums", () => {
  it("the trace has what its observations have, to the last digit", () => {
    fc.assert(
      fc.property(anySkeleton, (skeleton) => {
        const { tree, sums } = built(skeleton);
        const places = [...tree.source].filter((place) => place >= 0);
        const costs = places.map((place) => toPico(skeleton.cost[place])).filter((cost) => cost !== null);
        expect(sums.cost[0]).toBe(costs.length > 0 ? costs.reduce((a, b) => a + b, 0n) : null);
        for (const [column, total] of [
          [skeleton.inputTokens, sums.inputTokens],
          [skeleton.outputTokens, sums.outputTokens],
          [skeleton.totalTokens, sums.totalTokens],
        ] as const)
          expect(total[0]).toBe(places.reduce((sum, place) => sum + (column[place] ?? 0), 0));
        expect(sums.unpriced[0]).toBe(places.filter((place) => skeleton.isUnpriced[place]).length);
        expect(sums.errors[0]).toBe(places.filter((place) => skeleton.level[place] === "ERROR").length);
        expect(sums.warnings[0]).toBe(places.filter((place) => skeleton.level[place] === "WARNING").length);
      }),
    );
  });

  it("own time is what no child covers, moment by moment", () => {
    fc.assert(
      fc.property(anySkeleton, (skeleton) => {
        const { tree, intervals, sums } = built(skeleton);
        for (let row = 0; row < tree.count; row += 1) {
          const children = childrenOf(tree, row);
          let own = 0;
          for (let at = intervals.start[row] as number; at < (intervals.end[row] as number); at += 1)
            if (
              !children.some(
                (child) => (intervals.start[child] as number) <= at && at < (intervals.end[child] as number),
              )
            )
              own += 1;
          expect(sums.selfUs[row]).toBe(own);
        }
      }),
    );
  });

  it("says when something outlives its parent, and how long all of it took", () => {
    const skeleton = skeletonOf(
      { id: "a", start: 0, end: 10_000 },
      { id: "b", parentId: "a", start: 5_000, end: 12_000 },
      { id: "c", start: 0, end: 200_000 },
      { id: "d", parentId: "c", start: 0, end: 201_500 },
    );
    const { tree, sums } = built(skeleton);
    const rows = rowsById(tree, skeleton);
    expect(["a", "b", "c"].map((id) => sums.isOutlived[rows.get(id)!])).toEqual([1, 0, 0]);
    expect(sums.wallUs[rows.get("a")!]).toBe(12_000);
  });
});

describe("intervals", () => {
  it("a running one ends now, an end before the start at the start", () => {
    const { intervals } = built(skeletonOf({ id: "a", start: 5, end: null }, { id: "b", start: 50, end: 7 }));
    expect([...intervals.end]).toEqual([100, 100, 50]);
    expect([...intervals.isRunning]).toEqual([0, 1, 0]);
    expect([...built(skeletonOf()).intervals.end]).toEqual([NOW]);
  });

  it("clocks that disagree are found and can be shifted", () => {
    const skeleton = skeletonOf(
      { id: "a", start: 5_000_000, end: 9_000_000 },
      { id: "b", parentId: "a", start: 1_000_000, end: 2_000_000 },
      { id: "c", parentId: "b", start: 1_500_000, end: null },
      { id: "d", parentId: "a", start: 4_500_000, end: 5_000_000 },
    );
    const { tree, intervals } = built(skeleton);
    const skewed = skewedRows(tree, intervals);
    expect(skewed.map((row) => skeleton.id[tree.source[row] as number])).toEqual(["b"]);
    const shifted = shiftSkewed(tree, skeleton, skewed);
    expect(shifted.startTimeUs).toEqual([5_000_000, 5_000_000, 5_500_000, 4_500_000]);
    expect(shifted.endTimeUs).toEqual([9_000_000, 6_000_000, null, 5_000_000]);
    expect(skewedRows(buildTree(shifted), intervalsOf(buildTree(shifted), shifted, NOW))).toEqual([]);
  });
});

describe("the critical path", () => {
  it("covers the trace from its start to its end without gap or overlap", () => {
    fc.assert(
      fc.property(anySkeleton, (skeleton) => {
        const { tree, intervals, path } = built(skeleton);
        let cursor = intervals.effectiveEnd[0] as number;
        for (const { from, to, row } of path.segments) {
          expect(to).toBe(cursor);
          expect(from).toBeLessThan(to);
          expect(path.isOn[row]).toBe(1);
          cursor = from;
        }
        expect(cursor).toBe(intervals.earliestStart[0]);
        expect(path.knownUs).toBe(
          path.segments.reduce(
            (sum, { row, from, to }) => sum + ((tree.source[row] as number) >= 0 ? to - from : 0),
            0,
          ),
        );
        for (let row = 1; row < tree.count; row += 1)
          if (path.isOn[row]) expect(path.isOn[tree.parent[row] as number]).toBe(1);
      }),
      { numRuns: 500 },
    );
  });

  it("a segment lies where its row or something below it was at work, or what it waited for was", () => {
    fc.assert(
      fc.property(anySkeleton, (skeleton) => {
        const { intervals, path } = built(skeleton);
        for (const { row, from, to } of path.segments) {
          expect(to).toBeLessThanOrEqual(intervals.effectiveEnd[row] as number);
          expect(from).toBeGreaterThanOrEqual(intervals.earliestStart[row] as number);
        }
      }),
    );
  });

  it("goes through the child that ended last, then the one before it", () => {
    const skeleton = skeletonOf(
      { id: "root", start: 0, end: 100 },
      { id: "fast", parentId: "root", start: 10, end: 40 },
      { id: "slow", parentId: "root", start: 10, end: 60 },
      { id: "last", parentId: "root", start: 65, end: 95 },
      { id: "inner", parentId: "slow", start: 20, end: 60 },
    );
    const { tree, path } = built(skeleton);
    const told = path.segments.map(
      ({ row, from, to }) => `${skeleton.id[tree.source[row] as number] ?? "trace"} ${String(from)}-${String(to)}`,
    );
    expect(told).toEqual(["root 95-100", "last 65-95", "root 60-65", "inner 20-60", "slow 10-20", "root 0-10"]);
    expect(path.knownUs).toBe(100);
  });

  it("of two that end together the later start counts", () => {
    const skeleton = skeletonOf(
      { id: "r", start: 0, end: 10 },
      { id: "early", parentId: "r", start: 1, end: 9 },
      { id: "late", parentId: "r", start: 5, end: 9 },
    );
    const { tree, path } = built(skeleton);
    expect(path.segments.map(({ row }) => skeleton.id[tree.source[row] as number])).toEqual(["r", "late", "r"]);
  });
});
