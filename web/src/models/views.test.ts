import fc from "fast-check";
import { expect, test } from "vitest";

import { patchSearch, type Search } from "@/lib/search";

import { asksForNothing, BACK_TO_VIEW, differs, effective, overView, type SavedState, stateOf } from "./views";

const STATE: SavedState = { q: "level:ERROR", dateRange: "7d", env: ["prod", "dev"], orderBy: null };

test("what the URL says counts, the rest is the view's", () => {
  expect(effective({ dateRange: "1h", peek: "t" }, STATE)).toEqual({
    q: "level:ERROR",
    dateRange: "1h",
    env: ["prod", "dev"],
    peek: "t",
  });
  expect(effective({ q: "" }, STATE)["q"]).toBe("");
  expect(effective({ q: "a" }, null)).toEqual({ q: "a" });
});

test("what a view says can be taken away, and going back to it leaves the URL clean", () => {
  expect(overView({ q: undefined, env: [], peek: undefined }, STATE)).toEqual({ q: "", env: "", peek: undefined });
  expect(overView({ q: "level:ERROR", env: ["prod", "dev"], orderBy: undefined }, STATE)).toEqual({
    q: undefined,
    env: undefined,
    orderBy: undefined,
  });
  expect(overView({ q: "" }, null)).toEqual({ q: "" });
});

test("a view is changed when a key says something else", () => {
  expect(differs({}, STATE)).toBe(false);
  expect(differs({ q: "level:ERROR", env: ["prod", "dev"], peek: "t" }, STATE)).toBe(false);
  expect(differs({ orderBy: "cost-DESC" }, STATE)).toBe(true);
  expect(differs({ env: "" }, STATE)).toBe(true);
});

test("a default view is for addresses without a wish", () => {
  expect(asksForNothing({})).toBe(true);
  expect(asksForNothing({ tz: "utc" })).toBe(true);
  expect(["q", "env", "viewId", "peek", "filter"].some((key) => asksForNothing({ [key]: "" }))).toBe(false);
});

const text = fc.constantFrom("", "a", "b");
const states = fc.record({ q: text, dateRange: text, env: fc.array(fc.constantFrom("a", "b")), orderBy: text });
const nothing = { q: "", dateRange: null, env: [], orderBy: null };

test("whatever is asked for over a view is what counts then", () => {
  fc.assert(
    fc.property(states, states, (state, asked) => {
      const url: Search = patchSearch({ viewId: "v" }, overView(asked, state));
      const shown = stateOf(effective(url, state));
      expect(shown).toEqual({ ...asked, dateRange: shown.dateRange, orderBy: shown.orderBy });
      expect([shown.dateRange ?? "", shown.orderBy ?? ""]).toEqual([asked.dateRange, asked.orderBy]);
      const back = patchSearch(url, BACK_TO_VIEW);
      expect(differs(back, state)).toBe(false);
    }),
  );
});

test("what is on screen is what is saved", () => {
  expect(stateOf({})).toEqual(nothing);
  expect(stateOf({ q: " a ", env: ["x", ""], dateRange: "1d", orderBy: "cost-ASC" })).toEqual({
    q: "a",
    env: ["x"],
    dateRange: "1d",
    orderBy: "cost-ASC",
  });
});
