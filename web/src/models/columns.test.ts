import fc from "fast-check";
import { expect, test } from "vitest";

import {
  isVisible,
  MAX_WIDTH,
  MIN_WIDTH,
  moved,
  NO_TASTE,
  ordered,
  resized,
  toggled,
  visible,
  type ColumnShape,
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
