import fc from "fast-check";
import { expect, test } from "vitest";

import {
  type ColumnShape,
  isVisible,
  keyedId,
  keyedOf,
  MAX_WIDTH,
  MIN_WIDTH,
  moved,
  movedTo,
  NO_TASTE,
  ordered,
  resized,
  toggled,
  visible,
} from "./columns";

const COLUMNS: ColumnShape[] = [
  { id: "time", width: 140, isUsual: true, isPinned: true },
  { id: "name", width: 200, isUsual: true },
  { id: "cost", width: 80, isUsual: true },
  { id: "version", width: 80, isUsual: false },
];
const ids = (columns: ColumnShape[]) => columns.map(({ id }) => id);

test("without taste the usual columns stand in their order", () => {
  expect(ids(visible(COLUMNS, NO_TASTE))).toEqual(["time", "name", "cost"]);
});

test("columns are hidden and shown, the first one stays", () => {
  const hidden = toggled(COLUMNS[1]!, NO_TASTE);
  expect(ids(visible(COLUMNS, hidden))).toEqual(["time", "cost"]);
  expect(toggled(COLUMNS[1]!, hidden)).toEqual(NO_TASTE);
  expect(ids(visible(COLUMNS, toggled(COLUMNS[3]!, NO_TASTE)))).toEqual(["time", "name", "cost", "version"]);
  expect(toggled(COLUMNS[0]!, NO_TASTE)).toBe(NO_TASTE);
  expect(isVisible(COLUMNS[0]!, { ...NO_TASTE, hidden: ["time"] })).toBe(true);
});

test("moving keeps every column, and the pinned one first", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(...ids(COLUMNS), "gone"), fc.integer({ min: -5, max: 5 }))),
      (moves) => {
        const taste = moves.reduce((before, [id, by]) => moved(COLUMNS, before, id, by), NO_TASTE);
        expect(ids(ordered(COLUMNS, taste)).toSorted()).toEqual(ids(COLUMNS).toSorted());
        expect(ordered(COLUMNS, taste)[0]!.id).toBe("time");
      },
    ),
  );
  expect(ids(ordered(COLUMNS, moved(COLUMNS, NO_TASTE, "cost", -1)))).toEqual(["time", "cost", "name", "version"]);
});

test("a column that came after the order was stored stands at the end", () => {
  expect(ids(ordered(COLUMNS, { ...NO_TASTE, order: ["cost", "name"] }))).toEqual(["time", "cost", "name", "version"]);
});

test("widths stay within their limits", () => {
  expect(visible(COLUMNS, resized(NO_TASTE, "name", 1)).find(({ id }) => id === "name")!.width).toBe(MIN_WIDTH);
  expect(visible(COLUMNS, { ...NO_TASTE, widths: { name: 10 ** 6 } }).find(({ id }) => id === "name")!.width).toBe(
    MAX_WIDTH,
  );
});

test("columns of keys are those that are shown, metadata up to ten", () => {
  const shown = ["cost", "meta.a.b", "score.tone", ...Array.from({ length: 12 }, (_, at) => `meta.k${at}`)];
  const found = keyedOf({ ...NO_TASTE, shown });
  expect(found.slice(0, 2)).toEqual([
    { id: "meta.a.b", kind: "meta", key: "a.b" },
    { id: "score.tone", kind: "score", key: "tone" },
  ]);
  expect(found.filter(({ kind }) => kind === "meta")).toHaveLength(10);
  expect(keyedId("meta", "a.b")).toBe("meta.a.b");
});

test("a column goes where another one stands", () => {
  const columns = ["time", "a", "b", "c"].map((id) => ({ id, width: 9, isUsual: true, isPinned: id === "time" }));
  const orderOf = (id: string, target: string) =>
    ordered(columns, movedTo(columns, NO_TASTE, id, target))
      .map((column) => column.id)
      .join("");
  expect(orderOf("a", "c")).toBe("timebca");
  expect(orderOf("c", "a")).toBe("timecab");
  expect(orderOf("c", "time")).toBe("timecab");
  expect(orderOf("time", "c")).toBe("timeabc");
  expect(orderOf("a", "gone")).toBe("timeabc");
});
