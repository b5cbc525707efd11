import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anySkeleton, skeletonOf } from "./arbitrary";
import {
  barOf,
  clampView,
  isWhole,
  labelPlace,
  MIN_SPAN_US,
  momentAt,
  panView,
  shareOf,
  stepOf,
  tickLabel,
  ticksOf,
  zoomView,
  type Span,
} from "./axis";
import { filterRows, termsOf } from "./filter";
import { intervalsOf } from "./intervals";
import { isDefault, keySteps } from "./keySteps";
import type { Skeleton } from "./skeleton";
import { buildTree, childrenOf, type TraceTree } from "./tree";
import { collapsedToCalls, placeOf, visibleRows, withAncestors } from "./visible";

const built = (skeleton: Skeleton) => {
  const tree = buildTree(skeleton);
  return { tree, skeleton, intervals: intervalsOf(tree, skeleton, 100) };
};
const idsOf = ({ tree, skeleton }: { tree: TraceTree; skeleton: Skeleton }, rows: Iterable<number>) =>
  [...rows].map((row) => skeleton.id[tree.source[row] as number] ?? "trace");

describe("key steps", () => {
  it("keep what the rules keep, and nothing else", () => {
    fc.assert(
      fc.property(anySkeleton, (skeleton) => {
        const { tree, intervals } = built(skeleton);
        const { isKept, hiddenCount } = keySteps(tree, skeleton, intervals);
        expect(hiddenCount).toBe([...isKept].filter((kept) => kept === 0).length);
        const total = (intervals.end[0] as number) - (intervals.start[0] as number);
        const keptBelow = (row: number): number[] =>
          childrenOf(tree, row).flatMap((child) => (isKept[child] ? [child] : keptBelow(child)));
        for (let row = 0; row < tree.count; row += 1) {
          const place = tree.source[row] as number;
          const names = new Set(keptBelow(row).map((child) => skeleton.name[tree.source[child] as number] ?? ""));
          const isBranch =
            names.size >= 2 && (intervals.end[row] as number) - (intervals.start[row] as number) >= total * 0.05;
          const tells =
            place < 0 ||
            tree.parent[row] === 0 ||
            ["GENERATION", "TOOL"].includes(skeleton.type[place] as string) ||
            skeleton.level[place] !== "DEFAULT" ||
            skeleton.scoreCount[place] !== 0;
          expect(isKept[row]).toBe(tells || isBranch ? 1 : 0);
        }
      }),
      { numRuns: 400 },
    );
  });

  it("keep what branches from a twentieth of the time on", () => {
    const branching = (end: number) => {
      const trace = built(
        skeletonOf(
          { id: "r", end: 100 },
          { id: "b", parentId: "r", end },
          { id: "t1", parentId: "b", type: "TOOL" },
          { id: "t2", parentId: "b", type: "TOOL" },
        ),
      );
      return keySteps(trace.tree, trace.skeleton, trace.intervals).isKept[2];
    };
    expect([branching(4), branching(5)]).toEqual([0, 1]);
  });

  it("keep what is selected, and are the default once they hide enough", () => {
    const trace = built(
      skeletonOf(
        { id: "r", end: 100 },
        { id: "w", parentId: "r", end: 100 },
        { id: "v", parentId: "w", end: 100 },
        { id: "g", parentId: "v", type: "GENERATION", end: 50 },
        { id: "n", parentId: "w", commentCount: 1 },
      ),
    );
    expect(
      idsOf(
        trace,
        [...keySteps(trace.tree, trace.skeleton, trace.intervals).isKept.keys()].filter(
          (row) => keySteps(trace.tree, trace.skeleton, trace.intervals).isKept[row],
        ),
      ),
    ).toEqual(["trace", "r", "w", "n", "g"]);
    expect(keySteps(trace.tree, trace.skeleton, trace.intervals, (row) => row === 3).isKept[3]).toBe(1);
    const wrapped = built(
      skeletonOf(
        { id: "r", end: 9 },
        { id: "a", parentId: "r" },
        { id: "b", parentId: "a" },
        { id: "c", parentId: "b" },
      ),
    );
    expect(isDefault(keySteps(wrapped.tree, wrapped.skeleton, wrapped.intervals))).toBe(true);
    expect(isDefault(keySteps(trace.tree, trace.skeleton, trace.intervals))).toBe(false);
  });
});

describe("visible rows", () => {
  it("are the kept ones that no kept and collapsed ancestor hides", () => {
    fc.assert(
      fc.property(anySkeleton, fc.array(fc.nat(20)), fc.array(fc.nat(20)), (skeleton, closed, hidden) => {
        const { tree } = built(skeleton);
        const isKept = new Uint8Array(tree.count).fill(1);
        for (const row of hidden) if (row > 0 && row < tree.count) isKept[row] = 0;
        const collapsed = new Set(closed);
        const shown = visibleRows(tree, { collapsed, isKept });
        const ancestors = (row: number): number[] => {
          const above = tree.parent[row] as number;
          return above < 0 ? [] : [above, ...ancestors(above)];
        };
        const expected = [...Array(tree.count).keys()].filter(
          (row) => isKept[row] && !ancestors(row).some((above) => isKept[above] && collapsed.has(above)),
        );
        expect([...shown.rows]).toEqual(expected);
        expect([...shown.depths]).toEqual(
          expected.map((row) => ancestors(row).filter((above) => isKept[above]).length),
        );
        shown.rows.forEach((row, index) => {
          const below = [...Array(tree.count).keys()].filter(
            (other) => isKept[other] && ancestors(other).find((above) => isKept[above]) === row,
          );
          expect(shown.childCounts[index]).toBe(below.length);
          expect(shown.positions[index]).toBeLessThanOrEqual(shown.siblings[index] as number);
          for (const [position, child] of below.entries()) {
            const place = placeOf(shown.rows, child);
            if (shown.rows[place] === child)
              expect([shown.positions[place], shown.siblings[place]]).toEqual([position + 1, below.length]);
          }
        });
      }),
    );
  });

  it("without narrowing are all", () => {
    const { tree } = built(skeletonOf({ id: "a" }, { id: "b", parentId: "a" }));
    const shown = visibleRows(tree, { collapsed: new Set() });
    expect([...shown.rows]).toEqual([0, 1, 2]);
    expect(placeOf(shown.rows, 9)).toBe(3);
  });

  it("keep what surrounds a match", () => {
    const trace = built(
      skeletonOf(
        { id: "a" },
        { id: "b", parentId: "a" },
        { id: "c", parentId: "b" },
        { id: "d", parentId: "a", start: 1 },
      ),
    );
    const kept = withAncestors(trace.tree, [3, 3, 2]);
    expect([...kept]).toEqual([1, 1, 1, 1, 0]);
  });

  it("collapse to model calls", () => {
    const trace = built(
      skeletonOf(
        { id: "a" },
        { id: "g", parentId: "a", type: "GENERATION" },
        { id: "x", parentId: "g" },
        { id: "s", parentId: "a", start: 1 },
        { id: "y", parentId: "s" },
      ),
    );
    const isCall = (row: number) => trace.skeleton.type[trace.tree.source[row] as number] === "GENERATION";
    expect(idsOf(trace, collapsedToCalls(trace.tree, isCall)).toSorted()).toEqual(["g", "s"]);
  });
});

const span = fc
  .tuple(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 0, max: 1e9 }))
  .map(([from, length]): Span => ({ from, to: from + length }));

describe("the time axis", () => {
  it("a view stays inside the trace however it is moved, and keeps the moment under the pointer", () => {
    fc.assert(
      fc.property(
        span,
        span,
        fc.double({ min: 0.01, max: 50, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: -1e9, max: 1e9 }),
        (whole, asked, factor, share, by) => {
          const end = Math.max(whole.to, whole.from + MIN_SPAN_US);
          const view = clampView(asked, whole);
          for (const moved of [view, panView(view, whole, by), zoomView(view, whole, factor, momentAt(view, share))]) {
            expect(moved.from).toBeGreaterThanOrEqual(whole.from - 1e-3);
            expect(moved.to).toBeLessThanOrEqual(end + 1e-3);
            expect(moved.to - moved.from).toBeGreaterThanOrEqual(MIN_SPAN_US - 1e-6);
          }
          const closer = zoomView(view, whole, 0.5, momentAt(view, share));
          if (view.to - view.from > 1e3) expect(shareOf(closer, momentAt(view, share))).toBeCloseTo(share, 4);
          expect(isWhole(zoomView(view, whole, 1e12, view.from), { from: whole.from + 1e-3, to: end - 1e-3 })).toBe(
            true,
          );
        },
      ),
    );
  });

  it("ticks are round, in view, and not too many", () => {
    fc.assert(
      fc.property(span, fc.integer({ min: 1, max: 20 }), ({ from, to }, most) => {
        const ticks = ticksOf({ from, to: to + 10 }, most);
        expect(ticks.length).toBeLessThanOrEqual(most);
        expect(ticks.every((tick) => tick >= from && tick <= to + 10)).toBe(true);
      }),
    );
    expect(ticksOf({ from: 0, to: 4_020_000 }, 5)).toEqual([0, 1e6, 2e6, 3e6, 4e6]);
    expect([0.3, 3, 7, 100, 101].map(stepOf)).toEqual([1, 5, 10, 100, 200]);
    expect([50e6, 51e6, 61e6, 400e6, 3601e6, 80_000e6, 90_000e6, 200_000e6].map(stepOf)).toEqual([
      50e6, 60e6, 120e6, 600e6, 7200e6, 86_400e6, 172_800e6, 432_000e6,
    ]);
  });

  it.each([
    [1_500_000, 500_000, "1.5 s"],
    [2_000_000, 1_000_000, "2 s"],
    [200_000, 100_000, "0.2 s"],
    [20_000, 20_000, "20 ms"],
    [500, 100, "0.5 ms"],
    [15, 5, "15 µs"],
    [180e6, 60e6, "3 min"],
    [0, 1e6, "0 s"],
    [300e6, 60e6, "5 min"],
    [7200e6, 3600e6, "2 h"],
    [172_800e6, 86_400e6, "2 d"],
  ])("labels %s at steps of %s", (moment, step, label) => {
    expect(tickLabel(moment, step)).toBe(label);
  });

  it("bars are cut at the edges of the view", () => {
    expect(barOf({ from: 0, to: 100 }, 25, 50)).toEqual({
      left: 0.25,
      width: 0.25,
      isCutLeft: false,
      isCutRight: false,
    });
    expect(barOf({ from: 0, to: 100 }, -50, 150)).toEqual({ left: 0, width: 1, isCutLeft: true, isCutRight: true });
    expect(barOf({ from: 0, to: 100 }, 101, 150)).toBeNull();
    expect(barOf({ from: 0, to: 100 }, -9, -1)).toBeNull();
  });

  it("labels find room", () => {
    expect(labelPlace(0, 100, 40, 200)).toBe("inside");
    expect(labelPlace(10, 5, 40, 200)).toBe("right");
    expect(labelPlace(180, 15, 40, 200)).toBe("left");
    expect(labelPlace(10, 185, 190, 200)).toBe("right");
  });
});

describe("the filter in a trace", () => {
  const trace = built(
    skeletonOf(
      {
        id: "o1",
        name: "plan",
        type: "GENERATION",
        model: "gpt-4o",
        start: 0,
        end: 1_100_000,
        cost: "0.01",
        tokens: 50,
        ttft: 300_000,
      },
      {
        id: "o2",
        name: 'search "web"',
        type: "TOOL",
        start: 5,
        end: 300_005,
        level: "ERROR",
        status: "Time out",
        parentId: "nobody",
      },
      {
        id: "o3",
        name: "answer",
        type: "GENERATION",
        model: "claude",
        start: 9,
        end: 2_000_009,
        tokens: 7,
        cost: "0.02",
      },
    ),
  );
  const found = (query: string) => idsOf(trace, filterRows(trace, query).rows);

  it.each([
    ["plan", ["o1"]],
    ["TIME", ["o2"]],
    ["type:generation", ["o1", "o3"]],
    ["type:GENERATION latency:>1.5s", ["o3"]],
    ["-type:TOOL", ["o1", "o3"]],
    ['name:"search \\"web\\""', ["o2"]],
    ["model:gpt*", ["o1"]],
    ["model:gpt,claude", ["o1", "o3"]],
    ["model:4o", ["o1"]],
    ["type:GEN", []],
    ["level:ERROR", ["o2"]],
    ["cost:>=0.02", ["o3"]],
    ["cost:<$0.02", ["o1"]],
    ["tokens:14", ["o3"]],
    ["ttft:<=300ms", ["o1"]],
    ["input_tokens:<10", ["o3"]],
    ["output_tokens:50", ["o1"]],
    ["latency:>fast", []],
    ["latency:>3parsecs", []],
    ["status:out", ["o2"]],
    ["id:o1,o3", ["o1", "o3"]],
    ["nonsense:x", []],
    ["", []],
    ["-", ["o1"]],
    ["model:(", []],
  ] as const)("%s", (query, ids) => {
    expect(found(query)).toEqual(ids);
  });

  it("says which words to highlight", () => {
    expect(filterRows(trace, 'plan -old type:GENERATION "two words"').words).toEqual(["plan", "two words"]);
    expect(termsOf("a:b name:").map((term) => term.value)).toEqual(["a:b"]);
  });

  it("takes what the server found in texts, as far as the other terms agree", () => {
    const inTexts = new Set(["o2", "o3"]);
    expect(idsOf(trace, filterRows(trace, "revenue", inTexts).rows)).toEqual(["o2", "o3"]);
    expect(idsOf(trace, filterRows(trace, "plan type:GENERATION", inTexts).rows)).toEqual(["o1", "o3"]);
  });

  it("never fails, whatever is typed", () => {
    fc.assert(fc.property(fc.string(), (query) => Array.isArray(filterRows(trace, query).rows)));
  });
});
