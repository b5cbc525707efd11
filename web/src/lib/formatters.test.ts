import fc from "fast-check";
import { describe, expect, test } from "vitest";

import {
  formatBytes,
  formatCost,
  formatCount,
  formatDuration,
  formatEstimate,
  formatId,
  formatPercent,
  formatRelative,
  formatRunning,
  formatScore,
  formatTokenPair,
  formatTokens,
  oneLine,
} from "./formatters";

const plain = (text: string) => text.replaceAll("\u202f", " ");

test.each([
  [0, "0 B"],
  [842, "842 B"],
  [3_120, "3.1 kB"],
  [999_600, "1.0 MB"],
  [123_456_789, "123 MB"],
  [5e15, "5000 TB"],
])("%i bytes are %s", (bytes, text) => expect(plain(formatBytes(bytes))).toBe(text));

test.each([
  [0, "0 ms"],
  [1, "0.001 ms"],
  [400, "0.4 ms"],
  [842_000, "842 ms"],
  [999_499, "999 ms"],
  [999_500, "1.00 s"],
  [1_240_000, "1.24 s"],
  [12_340_000, "12.3 s"],
  [59_949_999, "59.9 s"],
  [59_950_000, "1 m 00 s"],
  [125_000_000, "2 m 05 s"],
  [3_599_600_000, "1 h 00 m"],
  [4_320_000_000, "1 h 12 m"],
  [86_399_000_000, "1 d 00 h"],
  [-1_240_000, "−1.24 s"],
])("a duration of %i µs is %s", (us, text) => expect(plain(formatDuration(us))).toBe(text));

test("a duration never says sixty of a unit", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e13 }), (us) => {
      expect(plain(formatDuration(us))).not.toMatch(/(^|\s)(60(\.\d+)? [sm]|1000 ms|24 h)/);
    }),
  );
});

test.each([
  ["0", "$0"],
  ["0.000", "$0"],
  ["0.000123456", "$0.000123"],
  ["0.0000010", "$0.000001"],
  ["0.00999", "$0.00999"],
  ["0.009996", "$0.01"],
  ["0.0421", "$0.0421"],
  ["0.99999", "$1.0000"],
  ["1.234", "$1.23"],
  ["1.235", "$1.24"],
  ["1234567.891", "$1 234 567.89"],
  ["-0.5", "−$0.5000"],
  ["1e-7", "$0.0000001"],
  ["1.5e3", "$1 500.00"],
  ["nonsense", "—"],
  ["", "—"],
])("a cost of %s is %s", (amount, text) => expect(plain(formatCost(amount))).toBe(text));

test("an unknown cost is no zero, a partial one says so", () => {
  expect(formatCost(null)).toBe("—");
  expect(formatCost("1.23", true)).toBe("$1.23+");
});

test("money is rounded as a decimal, not as a binary fraction", () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 10 ** 9 }), (cents) => {
      const amount = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")}`;
      expect(formatCost(`${amount}4999`).replaceAll("\u202f", "")).toBe(`$${amount}`);
    }),
  );
});

describe("tokens, counts and the rest", () => {
  test.each([
    [0, "0"],
    [1234, "1 234"],
    [9999, "9 999"],
    [12_400, "12.4k"],
    [999_949, "999.9k"],
    [999_950, "1.0M"],
    [1_200_000, "1.2M"],
    [999_949_999, "999.9M"],
    [141_214_800_000, "141.2B"],
  ])("%i tokens", (tokens, text) => expect(plain(formatTokens(tokens))).toBe(text));

  test("a pair of tokens tells what is unknown", () => {
    expect(plain(formatTokenPair(1200, 340))).toBe("1 200 → 340");
    expect(formatTokenPair(null, 340)).toBe("— → 340");
    expect(formatTokenPair(5, null)).toBe("5 → —");
    expect(formatTokenPair(null, null)).toBe("—");
  });

  test.each([
    [5, "≈ 5"],
    [123_456, "≈ 123 k"],
    [12_345, "≈ 12.3 k"],
    [1_240_000, "≈ 1.2 M"],
    [999_600, "≈ 1.0 M"],
  ])("an estimate of %i", (count, text) => expect(plain(formatEstimate(count))).toBe(text));

  test("a count has its digits in groups", () => {
    expect(plain(formatCount(12_345))).toBe("12 345");
    expect(plain(formatCount(-1234567))).toBe("−1 234 567");
  });

  test("percents, scores, ids", () => {
    expect(plain(formatPercent(0.9341))).toBe("93.4 %");
    expect(formatScore(0.123456)).toBe("0.1235");
    expect(formatScore(-2)).toBe("−2");
    expect(plain(formatScore(-1_234_567))).toBe("−1 235 000");
    expect(formatScore(1234)).toBe("1234");
    expect(formatScore(Number.NaN)).toBe("—");
    expect(formatId("short")).toBe("short");
    expect(formatId("0123456789abcdef")).toBe("01234567…cdef");
  });

  test("relative times", () => {
    const now = 10 ** 15;
    const ago = (seconds: number) => formatRelative(now - seconds * 1e6, now);
    expect([1, 30, 180, 7200, 200_000].map(ago)).toEqual(["just now", "30 s ago", "3 min ago", "2 h ago", "2 d ago"]);
    expect(ago(-60)).toBe("in 1 min");
  });

  test("what runs says whole seconds", () => expect(plain(formatRunning(12_345_678))).toBe("12.0 s…"));

  test("one line", () => expect(oneLine("  a\n\tb  ")).toBe("a b"));
});
