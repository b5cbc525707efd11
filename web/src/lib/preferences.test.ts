// @vitest-environment happy-dom
import { afterEach, expect, test } from "vitest";

import { preferences, setPreferences, setZoneOfLink } from "./preferences";

const KEY = "panope.preferences";
const stored = () => JSON.parse(localStorage.getItem(KEY) ?? "{}") as { zone?: string };

/** What another tab of the browser chose. */
function chooseElsewhere(zone: string): void {
  localStorage.setItem(KEY, JSON.stringify({ ...stored(), zone }));
  window.dispatchEvent(new StorageEvent("storage", { key: KEY }));
}

afterEach(() => {
  setZoneOfLink(null);
  setPreferences({ zone: "browser" });
});

test("a zone that another tab chose is not taken back by the next change here", () => {
  chooseElsewhere("UTC");
  expect(preferences().zone).toBe("UTC");
  setPreferences({ sidebarCollapsed: true });
  expect([preferences().zone, stored().zone]).toEqual(["UTC", "UTC"]);
});

test("the zone of a link stays while another tab chooses, and is never stored", () => {
  setZoneOfLink("Asia/Tokyo");
  chooseElsewhere("UTC");
  expect(preferences().zone).toBe("Asia/Tokyo");
  setPreferences({ sidebarCollapsed: false });
  expect(stored().zone).toBe("UTC");
  setZoneOfLink(null);
  expect(preferences().zone).toBe("UTC");
});
