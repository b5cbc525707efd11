import fc from "fast-check";
import { expect, test } from "vitest";

import { formatTime, isoTime, momentOf, readZone, wallClock, wallOf, zoneName } from "./times";

const US = 1_780_000_000_123_456; // 2026-05-28T20:26:40.123Z
const ZONES = ["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia"];

test("moments are shown in a zone", () => {
  expect(formatTime(US, "UTC")).toBe("2026-05-28 20:26:40");
  expect(formatTime(US, "Europe/Berlin", { withMs: true })).toBe("2026-05-28 22:26:40.123");
  expect(formatTime(US, "No/Such")).toBe("2026-05-28 20:26:40");
  expect(wallClock(-1, "UTC")).toEqual({ date: "1969-12-31", time: "23:59:59", ms: 999 });
  expect(isoTime(US)).toBe("2026-05-28T20:26:40.123Z");
  expect(isoTime(Number.NaN)).toBe("");
});

test("a zone is named by its offset at the moment", () => {
  expect(ZONES.map((zone) => zoneName(US, zone))).toEqual(["UTC", "UTC+2", "UTC−2:30", "UTC+5:45", "UTC+13"]);
});

test("what a clock shows leads back to the moment, but for the hour that is shown twice", () => {
  const seconds = fc.integer({ min: 0, max: 4_000_000_000 });
  fc.assert(
    fc.property(seconds, fc.constantFrom(...ZONES), (second, zone) => {
      const us = second * 1_000_000;
      const back = momentOf(wallOf(us, zone), zone);
      expect(formatTime(back, zone)).toBe(formatTime(us, zone));
      expect(Math.abs(back - us)).toBeLessThanOrEqual(7_200_000_000); // Newfoundland put its clock back by two
    }),
  );
});

test("zones are read by their names", () => {
  expect([readZone("utc"), readZone("Europe/Berlin"), readZone("No/Such"), readZone(""), readZone(undefined)]).toEqual([
    "UTC",
    "Europe/Berlin",
    null,
    null,
    null,
  ]);
});
