import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anySkeleton, skeletonOf } from "./arbitrary";
import { joinPages } from "./skeleton";
import { buildTree, childrenOf, IS_TRACE, Mark, missingIdOf, rowsById } from "./tree";

const shape = (skeleton: ReturnType<typeof skeletonOf>): string[] => {
  const tree = buildTree(skeleton);
  return Array.from({ length: tree.count }, (_, row) => {
    const place = tree.source[row] as number;
    const name =
      place >= 0
        ? (skeleton.id[place] as string)
        : place === IS_TRACE
          ? "trace"
          : `missing ${String(missingIdOf(tree, row))}`;
    const marks = tree.marks[row] as number;
    return `${"  ".repeat(tree.depth[row] as number)}${name}${marks & Mark.Cycle ? " (cycle)" : ""}${marks & Mark.Duplicate ? " (duplicate)" : ""}`;
  });
};

describe("the tree of a trace", () => {
  it("children follow their parent by start and id", () => {
    const made = skeletonOf(
      { id: "b", parentId: "r", start: 2 },
      { id: "a", parentId: "r", start: 2 },
      { id: "c", parentId: "r", start: 1 },
      { id: "d", parentId: "c", start: 9 },
      { id: "r" },
    );
    expect(shape(made)).toEqual(["trace", "  r", "    c", "      d", "    a", "    b"]);
  });

  it("orphans stand under the parent that is missing, where its first child would", () => {
    const made = skeletonOf(
      { id: "r1" },
      { id: "x", parentId: "gone", start: 1 },
      { id: "r2", start: 2 },
      { id: "y", parentId: "gone", start: 3 },
      { id: "z", parentId: "lost", start: 4 },
    );
    expect(shape(made)).toEqual([
      "trace",
      "  r1",
      "  missing gone",
      "    x",
      "    y",
      "  r2",
      "  missing lost",
      "    z",
    ]);
  });

  it("a cycle is cut at its earliest member, which says so", () => {
    const made = skeletonOf(
      { id: "a", parentId: "c", start: 2 },
      { id: "b", parentId: "a", start: 1 },
      { id: "c", parentId: "b", start: 3 },
      { id: "leaf", parentId: "c", start: 4 },
    );
    expect(shape(made)).toEqual(["trace", "  b (cycle)", "    c", "      a", "      leaf"]);
    expect(shape(skeletonOf({ id: "self", parentId: "self" }))).toEqual(["trace", "  self (cycle)"]);
  });

  it("of equal ids the last one counts and says so", () => {
    expect(shape(skeletonOf({ id: "a", start: 5 }, { id: "b", start: 1 }, { id: "a", start: 0 }))).toEqual([
      "trace",
      "  a (duplicate)",
      "  b",
    ]);
  });

  it("an empty trace is a trace", () => {
    expect(shape(skeletonOf())).toEqual(["trace"]);
  });

  it("a chain of 20 000 does not overflow", () => {
    const made = skeletonOf(
      ...Array.from({ length: 20_000 }, (_, n) => ({
        id: String(n),
        parentId: n > 0 ? String(n - 1) : null,
        start: n,
      })),
    );
    const tree = buildTree(made);
    expect(tree.depth[20_000]).toBe(20_000);
    expect(tree.end[0]).toBe(20_001);
  });

  it("shows every id once, whatever the parents say, and the same for any order of arrival", () => {
    fc.assert(
      fc.property(anySkeleton, fc.infiniteStream(fc.nat()), (skeleton, chance) => {
        const tree = buildTree(skeleton);
        expect([...rowsById(tree, skeleton).keys()].toSorted()).toEqual([...new Set(skeleton.id)].toSorted());
        expect(tree.count).toBe(1 + new Set(skeleton.id).size + tree.missing.length);
        const unique = new Set(skeleton.id).size === skeleton.id.length;
        if (!unique) return;
        const order = skeleton.id.map((_, place) => place).toSorted((a, b) => [...chance.take(1)][0]! % 2 || a - b);
        const shuffled = joinPages(
          order.map(
            (place) =>
              Object.fromEntries(
                Object.entries(skeleton).map(([column, cells]) => [column, [(cells as unknown[])[place]]]),
              ) as unknown as typeof skeleton,
          ),
        );
        if (order.length > 0) expect(shape(shuffled)).toEqual(shape(skeleton));
      }),
    );
  });

  it("has subtrees as runs of rows, parents before children, and true parents wherever no cycle was cut", () => {
    fc.assert(
      fc.property(anySkeleton, (skeleton) => {
        const tree = buildTree(skeleton);
        for (let row = 0; row < tree.count; row += 1) {
          const children = childrenOf(tree, row);
          expect(
            children.every(
              (child) => tree.parent[child] === row && tree.depth[child] === (tree.depth[row] as number) + 1,
            ),
          ).toBe(true);
          expect(tree.end[row]).toBe(
            children.reduce((end, child) => Math.max(end, tree.end[child] as number), row + 1),
          );
          const place = tree.source[row] as number;
          if (place < 0) continue;
          const above = tree.source[tree.parent[row] as number] as number;
          const told = skeleton.parentId[place] ?? null;
          if ((tree.marks[row] as number) & Mark.Cycle) expect(above).toBe(IS_TRACE);
          else if (above >= 0) expect(skeleton.id[above]).toBe(told);
          else expect(missingIdOf(tree, tree.parent[row] as number)).toBe(told);
        }
      }),
    );
  });
});
