import fc from "fast-check";
import { expect, test } from "vitest";

import { href, segment, withBase } from "./href";
import { parseSearch } from "./search";

const id = fc.string({ unit: "binary", minLength: 1, maxLength: 40 });

test("any id survives the way into a path and back", () => {
  fc.assert(
    fc.property(id, id, (projectId, traceId) => {
      const { pathname, searchParams } = new URL(href.trace({ projectId, traceId }), "http://host");
      const [, , project = "", , trace = ""] = pathname.split("/");
      const isSpecial = trace === "-" && searchParams.has("id");
      fc.pre(![".", ".."].includes(projectId));
      expect(decodeURIComponent(project)).toBe(projectId);
      expect(isSpecial ? searchParams.get("id") : decodeURIComponent(trace)).toBe(traceId);
    }),
  );
});

test.each([".", "..", "setup", "new", ""])("the id %j is not taken for a page", (traceId) => {
  expect(href.trace({ projectId: "p", traceId })).toBe(`/project/p/traces/-?id=${traceId}`);
});

test("paths are as clients print them", () => {
  expect(href.trace({ projectId: "p", traceId: "a/b", observation: "o 1" })).toBe(
    "/project/p/traces/a%2Fb?observation=o+1",
  );
  expect(href.list({ projectId: "p", level: "traces", search: { q: "user:u latency:>2s" } })).toBe(
    "/project/p/traces?q=user:u+latency:%3E2s",
  );
  expect(href.signIn({ targetPath: "/x?y=1&z" })).toBe("/auth/sign-in?targetPath=/x%3Fy%3D1%26z");
  expect(withBase("/")).toBe("/");
  expect(segment("a b")).toBe("a%20b");
});

test("a selected observation goes through the query", () => {
  fc.assert(
    fc.property(id, (observation) => {
      const [, search = ""] = href.trace({ projectId: "p", traceId: "t", observation }).split("?");
      expect(parseSearch(search)["observation"]).toBe(observation);
    }),
  );
});
