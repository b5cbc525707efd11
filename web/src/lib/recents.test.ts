// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";

import { forgetRecents, noteRecent, pathOfRecent, RECENT_MAX, recents } from "./recents";

beforeEach(() => localStorage.clear());

test("the newest is first, nothing is there twice, and a name that is known stays", () => {
  noteRecent({ kind: "trace", projectId: "p", id: "a", name: "one" });
  noteRecent({ kind: "session", projectId: "p", id: "a", name: null });
  noteRecent({ kind: "trace", projectId: "p", id: "a", name: null });
  expect(recents()).toEqual([
    { kind: "trace", projectId: "p", id: "a", name: "one" },
    { kind: "session", projectId: "p", id: "a", name: null },
  ]);
  expect(recents().map(pathOfRecent)).toEqual(["/project/p/traces/a", "/project/p/sessions/a"]);
  expect(pathOfRecent({ kind: "user", projectId: "p", id: "u", name: null })).toBe("/project/p/users/u");
});

test("only so many are kept, and what is no list is none", () => {
  for (let at = 0; at < 30; at += 1) noteRecent({ kind: "user", projectId: "p", id: String(at), name: null });
  expect(recents()).toHaveLength(RECENT_MAX);
  for (const stored of ["{", "{}", '[1, null, {"kind": "trace"}]']) {
    localStorage.setItem("panope.recent-objects", stored);
    expect(recents()).toEqual([]);
  }
});

test("whoever leaves leaves neither objects nor searches behind, and taste stays", () => {
  noteRecent({ kind: "user", projectId: "p", id: "u", name: null });
  localStorage.setItem("panope.recent.p", '["level:ERROR"]');
  localStorage.setItem("panope.preferences", "{}");
  forgetRecents();
  expect(recents()).toEqual([]);
  expect(Object.keys(localStorage)).toEqual(["panope.preferences"]);
});
