// @vitest-environment happy-dom
import { QueryClient } from "@tanstack/react-query";
import { createMemoryHistory } from "@tanstack/react-router";
import fc from "fast-check";
import { expect, test } from "vitest";

import { href } from "@/lib/href";

import { makeRouter } from "./router";

const router = makeRouter(new QueryClient());

function paramsOf(path: string): Record<string, string> {
  const history = createMemoryHistory({ initialEntries: [path] });
  router.update({ ...router.options, history });
  return router.matchRoutes(router.parseLocation(history.location)).at(-1)?.params ?? {};
}

const id = fc.string({ unit: "binary", minLength: 1, maxLength: 30 }).filter((text) => ![".", ".."].includes(text));

test("the router gives back the ids that a path was built of", () => {
  fc.assert(
    fc.property(id, id, (projectId, traceId) => {
      const found = paramsOf(href.trace({ projectId, traceId }));
      expect(found["projectId"]).toBe(projectId);
      fc.pre(found["traceId"] !== "-" || traceId === "-"); // such ids go another way
      expect(found["traceId"]).toBe(traceId);
    }),
  );
});

test.each(["a/b", "100%", "%2F", "#1", "?x=1", "a|b", "日本", "$traceId", "{-$x}", "a b", "\\", "+"])(
  "an id such as %s",
  (traceId) => {
    expect(paramsOf(href.trace({ projectId: "p", traceId }))).toMatchObject({ projectId: "p", traceId });
  },
);
