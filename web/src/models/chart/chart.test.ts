import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { momentOf, wallClock } from "@/lib/times";

import { changeOf } from "./change";
import { HUES, makeColouring } from "./colours";
import { exactTerm, rowsBehind } from "./drill";
import {
  type ChartRows,
  gapSeries,
  highest,
  isIsolated,
  lowest,
  metricSeries,
  OTHER_ID,
  seriesId,
  stacked,
  sumSeries,
} from "./series";
import { spanOf, stepAt, unfinishedStep } from "./steps";
import { labelOf, summarise, unquoted } from "./summary";
import { timeTicks, valueTicks } from "./ticks";

const row = (name: string | null, startUs: number | null, ...values: (number | null)[]) => ({
  dimensions: [name],
  startUs,
  values,
});
const STEPS = [0, 10, 20, 30];

describe("series", () => {
  const found: ChartRows = { steps: STEPS, rows: [row("a", 0, 1), row("b", 10, 5), row("a", 20, 2), row(null, 0, 1)] };

  test("sums are 0 where nothing is, the largest is first", () => {
    expect(sumSeries(found, 0)).toEqual([
      { id: "of:b", name: "b", others: 0, values: [0, 5, 0], total: 5 },
      { id: "of:a", name: "a", others: 0, values: [1, 0, 2], total: 3 },
      { id: "none", name: null, others: 0, values: [1, 0, 0], total: 1 },
    ]);
  });

  test("other numbers leave a gap", () => {
    expect(gapSeries(found, 0)[0]?.values).toEqual([1, null, 2]);
    expect(gapSeries({ steps: STEPS, rows: [row("a", 0, null), row("a", null, 3), row("a", 7, 3)] }, 0)).toEqual([
      { id: "of:a", name: "a", others: 0, values: [null, null, null], total: 6 },
    ]);
  });

  test("what is beyond the largest is one series, and nothing is lost", () => {
    const names = fc.constantFrom("a", "b", "c", "d", "other", "none");
    const rows = fc.array(fc.record({ name: fc.option(names), step: fc.constantFrom(0, 10, 20), value: fc.nat(100) }));
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 4 }), (told, most) => {
        const sums = new Map<string, { name: string | null; step: number; value: number }>();
        for (const one of told) sums.set(`${one.name} ${one.step}`, one);
        const rowsOf = [...sums.values()].map(({ name, step, value }) => row(name, step, value));
        const series = sumSeries({ steps: STEPS, rows: rowsOf }, 0, most);
        const total = [...sums.values()].reduce((sum, { value }) => sum + value, 0);
        expect(series.length).toBeLessThanOrEqual(most + 1);
        expect(new Set(series.map(({ id }) => id)).size).toBe(series.length);
        expect(series.reduce((sum, one) => sum + one.total, 0)).toBe(total);
        expect(series.flatMap(({ values }) => values).reduce<number>((sum, value) => sum + (value ?? 0), 0)).toBe(
          total,
        );
      }),
    );
    const last = sumSeries(found, 0, 1).at(-1);
    expect([last?.id, last?.others, last?.values, last?.total]).toEqual([OTHER_ID, 2, [2, 0, 2], 4]);
  });

  test("metrics are series too", () => {
    const both = metricSeries({ steps: STEPS, rows: [row(null, 10, 1, 2)] }, ["input", "output"]);
    expect(both.map(({ name, values, total }) => [name, values, total])).toEqual([
      ["input", [0, 1, 0], 1],
      ["output", [0, 2, 0], 2],
    ]);
    expect(metricSeries({ steps: STEPS, rows: [] }, ["input"])[0]?.values).toEqual([0, 0, 0]);
  });

  test("layers stand on each other", () => {
    const layers = sumSeries({ steps: [0, 10], rows: [row("a", 0, 3), row("b", 0, 2)] }, 0);
    expect(stacked(layers)).toEqual([[[0, 3]], [[3, 5]]]);
    expect([highest(layers, true), highest(layers, false)]).toEqual([5, 3]);
    const gaps = gapSeries({ steps: STEPS, rows: [row("a", 10, -2)] }, 0);
    expect([highest(gaps, false), highest(gaps, true), lowest(gaps)]).toEqual([0, 0, -2]);
  });

  test("a point without neighbours is seen", () => {
    expect([0, 1, 2].map((at) => isIsolated([1, null, 3], at))).toEqual([true, false, true]);
    expect(isIsolated([1, 2], 0)).toBe(false);
    expect(seriesId(null)).not.toBe(seriesId("none"));
  });
});

describe("steps", () => {
  test("every moment lies in one step", () => {
    const steps = fc
      .uniqueArray(fc.nat(1000), { minLength: 2, maxLength: 20 })
      .map((list) => list.toSorted((one, two) => one - two));
    fc.assert(
      fc.property(steps, fc.nat(1000), (list, us) => {
        const at = stepAt(list, us);
        if (us >= (list[0] ?? 0) && us < (list.at(-1) ?? 0)) {
          expect(list[at]).toBeLessThanOrEqual(us);
          expect(list[at + 1]).toBeGreaterThan(us);
        } else expect(at).toBe(us < (list[0] ?? 0) ? 0 : list.length - 2);
      }),
    );
    expect(stepAt([], 5)).toBe(0);
  });

  test("rows are asked for as far as they were counted", () => {
    const asked = { fromUs: 4, untilUs: 25 };
    expect(spanOf(STEPS, 0, 0, asked)).toEqual({ fromUs: 4, untilUs: 10 });
    expect(spanOf(STEPS, 1, 2, asked)).toEqual({ fromUs: 10, untilUs: 25 });
    expect(spanOf([], 0, 0, asked)).toEqual(asked);
  });

  test("the last step may go on", () => {
    expect(unfinishedStep(STEPS, 25)).toBe(2);
    expect(unfinishedStep(STEPS, 30)).toBeNull();
    expect(unfinishedStep([], 30)).toBeNull();
    expect(unfinishedStep(STEPS, 5)).toBeNull();
  });
});

describe("ticks", () => {
  const day = momentOf({ year: 2026, month: 10, day: 24, hour: 0, minute: 0, second: 0 }, "Europe/Berlin");

  test("days begin at midnight, also where the clock is changed", () => {
    const ticks = timeTicks(day, day + 4 * 86_400_000_000, "Europe/Berlin", 8);
    expect(ticks.map(({ label }) => label)).toContain("10-25");
    expect(ticks.every(({ at }) => ["00:00", "12:00"].includes(wallClock(at, "Europe/Berlin").time.slice(0, 5)))).toBe(
      true,
    );
  });

  test("no more than asked for, in order, within the time", () => {
    const spans = fc.integer({ min: 60, max: 10_000_000 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), spans, fc.integer({ min: 2, max: 20 }), (second, length, most) => {
        const [from, until] = [second * 1e6, (second + length) * 1e6];
        const ticks = timeTicks(from, until, "America/New_York", most).map(({ at }) => at);
        expect(ticks.length).toBeLessThanOrEqual(most + 2);
        expect(ticks).toEqual([...new Set(ticks)].toSorted((one, two) => one - two));
        expect(ticks.every((at) => at >= from && at <= until)).toBe(true);
      }),
      { numRuns: 50 },
    );
    expect(timeTicks(5, 5, "UTC", 5)).toEqual([]);
    expect(timeTicks(0, 3e15, "UTC", 5).length).toBeGreaterThan(1);
    expect(timeTicks(0, 9e17, "UTC", 5).length).toBeLessThanOrEqual(200);
  });

  test("values have round marks", () => {
    expect(valueTicks(0, 9.2, 4)).toEqual([0, 2, 4, 6, 8, 10]);
    expect(valueTicks(0, 1, 4, true)).toEqual([0, 1]);
    expect(valueTicks(0, 0, 4)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(valueTicks(-0.5, 1, 4)[0]).toBe(-0.5);
    expect(valueTicks(-3, -1, 2).at(-1)).toBe(0);
    expect(valueTicks(0, 0.4, 4, true)).toEqual([0, 1]);
  });
});

describe("words and links", () => {
  test("colours stay with their names", () => {
    const colourOf = makeColouring();
    const names = Array.from({ length: HUES.length }, (_, at) => `of:${at}`);
    expect(new Set(names.map(colourOf)).size).toBe(HUES.length);
    expect(names.map(colourOf)).toEqual(names.map(colourOf));
    expect(colourOf("of:one more")).toMatch(/^var\(--chart-\d\)$/);
    expect(colourOf("other")).toBe(colourOf("none"));
  });

  test("a number leads to its rows", () => {
    expect(exactTerm("name", "a b")).toBe('name:="a b"');
    expect(exactTerm("meta", null, "agent")).toBe("-has:meta.agent");
    expect(rowsBehind({ fromUs: 1000, untilUs: 5000 }, ["prod"], ["a:b", "c:d"], "cost-DESC")).toEqual({
      q: "a:b c:d",
      dateRange: "1-5",
      env: ["prod"],
      orderBy: "cost-DESC",
    });
    expect(rowsBehind({ fromUs: 1000, untilUs: 5000 }, [], [])["q"]).toBeUndefined();
  });

  test("a chart is told in a sentence", () => {
    const named = ["a", "b", "c", "d"].map((label) => ({ label, value: "$1" }));
    expect(summarise("Cost", named)).toBe("Cost: a $1, b $1, c $1 and 1 more.");
    expect(summarise("Cost", named.slice(0, 1))).toBe("Cost: a $1.");
    expect(summarise("Cost", [])).toBe("Cost: nothing in this time.");
    expect([
      labelOf({ name: null, others: 0 }),
      labelOf({ name: null, others: 3 }),
      labelOf({ name: "x", others: 0 }),
    ]).toEqual(["(none)", "other (3)", "x"]);
  });

  test("texts that are sent as JSON are read", () => {
    expect(['"a \\"b\\""', "a", '"', '"a" b', '{"a":1}'].map(unquoted)).toEqual([
      'a "b"',
      "a",
      '"',
      '"a" b',
      '{"a":1}',
    ]);
  });

  test("growth is a share of what was before", () => {
    expect(changeOf(3, 2)).toBe(0.5);
    expect([changeOf(3, 0), changeOf(null, 2), changeOf(3, null)]).toEqual([null, null, null]);
  });
});
