import fc from "fast-check";
import { expect, test } from "vitest";

import {
  boundsOf,
  labelOf,
  lengthOf,
  parseMoment,
  parseRange,
  printRange,
  shift,
  TOKENS,
  zoomOut,
  type Wall,
} from "./dateRange";

const NOW = 1_780_000_000_000_000;
const H = 3_600_000_000;
const utc = ({ year, month, day, hour, minute, second }: Wall) =>
  Date.UTC(year, month - 1, day, hour, minute, second) * 1000;
const TODAY: Wall = { year: 2026, month: 5, day: 28, hour: 20, minute: 26, second: 40 };
const moment = (text: string) => parseMoment(text, NOW, utc, TODAY);

test("tokens and pairs of milliseconds are read and written", () => {
  for (const token of TOKENS) expect(printRange(parseRange(token)!)).toBe(token);
  expect(parseRange("ALL")).toEqual({ kind: "relative", token: "All" });
  expect(parseRange("1000-2000")).toEqual({ kind: "absolute", fromUs: 1_000_000, untilUs: 2_000_000 });
  for (const text of [undefined, "", "2d", "5-5", "9-1", "x-y", "1-99999999999999999"])
    expect(parseRange(text)).toBeNull();
});

test("a range survives the URL", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: 1, max: 4e10 }), (fromMs, lengthMs) => {
      const range = { kind: "absolute" as const, fromUs: fromMs * 1000, untilUs: (fromMs + lengthMs) * 1000 };
      expect(parseRange(printRange(range))).toEqual(range);
    }),
  );
});

test("a relative range reaches back from now and has no end", () => {
  expect(boundsOf({ kind: "relative", token: "1h" }, NOW)).toEqual({ fromUs: NOW - H });
  expect(boundsOf({ kind: "relative", token: "All" }, NOW)).toEqual({});
  expect(boundsOf({ kind: "absolute", fromUs: 1, untilUs: 2 }, NOW)).toEqual({ fromUs: 1, untilUs: 2 });
  expect(lengthOf("1y")).toBe(365 * 24 * H);
});

test("labels", () => {
  expect(["5m", "1h", "3h", "1d", "7d", "1y", "All"].map((token) => labelOf(token as "1h"))).toEqual([
    "Past 5 min",
    "Past 1 hour",
    "Past 3 hours",
    "Past 1 day",
    "Past 7 days",
    "Past 1 year",
    "All time",
  ]);
});

test("zooming out and shifting", () => {
  expect(zoomOut({ kind: "relative", token: "1d" }, NOW)).toEqual({ kind: "relative", token: "3d" });
  expect(zoomOut({ kind: "relative", token: "All" }, NOW)).toEqual({ kind: "relative", token: "All" });
  expect(zoomOut({ kind: "absolute", fromUs: 100, untilUs: 200 }, NOW)).toEqual({
    kind: "absolute",
    fromUs: 50,
    untilUs: 250,
  });
  expect(zoomOut({ kind: "absolute", fromUs: NOW - 100, untilUs: NOW }, NOW)).toEqual({
    kind: "absolute",
    fromUs: NOW - 200,
    untilUs: NOW,
  });
  expect(shift({ kind: "relative", token: "1h" }, -1, NOW)).toEqual({
    kind: "absolute",
    fromUs: NOW - 2 * H,
    untilUs: NOW - H,
  });
  expect(shift({ kind: "absolute", fromUs: 10, untilUs: 20 }, 1, NOW)).toEqual({
    kind: "absolute",
    fromUs: 20,
    untilUs: 30,
  });
  expect(shift({ kind: "relative", token: "All" }, 1, NOW)).toEqual({ kind: "relative", token: "All" });
});

test.each([
  ["now", NOW],
  ["-3h", NOW - 3 * H],
  ["-2 d", NOW - 48 * H],
  ["1780000000", NOW],
  ["1780000000000", NOW],
  ["2026-06-01", Date.UTC(2026, 5, 1) * 1000],
  ["2026-06-01 14:00", Date.UTC(2026, 5, 1, 14) * 1000],
  ["2026-06-01 14:00:05", Date.UTC(2026, 5, 1, 14, 0, 5) * 1000],
  ["2026-06-01T14:00:00Z", Date.UTC(2026, 5, 1, 14) * 1000],
  ["2026-06-01T14:00:00+02:00", Date.UTC(2026, 5, 1, 12) * 1000],
  ["today", Date.UTC(2026, 4, 28) * 1000],
  ["Yesterday", Date.UTC(2026, 4, 27) * 1000],
])("%s is a moment", (text, us) => expect(moment(text)).toBe(us));

test.each(["", "soon", "2026-02-30", "2026-06-01 25:00", "12", "-h", "2026-13-01T00:00:00Z"])("%s is none", (text) => {
  expect(moment(text)).toBeNull();
});
