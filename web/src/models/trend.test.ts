import { expect, test } from "vitest";

import { periodBefore, trendOf } from "./trend";

test.each([
  [3, 2, { fraction: 0.5, isUp: true }],
  [1, 2, { fraction: -0.5, isUp: false }],
  [1, 0, { fraction: null, isUp: true }],
  [2, 2, null],
  [null, 2, null],
  [2, null, null],
])("from %s against %s", (now, before, trend) => expect(trendOf(now, before)).toEqual(trend));

test("the period before is as long and ends where the other begins", () => {
  expect(periodBefore(100, 150, 999)).toEqual({ fromUs: 50, untilUs: 100 });
  expect(periodBefore(100, undefined, 140)).toEqual({ fromUs: 60, untilUs: 100 });
  expect(periodBefore(undefined, 150, 140)).toBeNull();
  expect(periodBefore(100, 100, 140)).toBeNull();
});
