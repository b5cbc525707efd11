import { expect, test } from "vitest";

import type { Language } from "./complete";
import { queryFor } from "./levels";

const FIELD = { kind: "exact", needsKey: false, mayHaveKey: false, counted: [] } as const;
const LANGUAGE: Language = {
  fields: [
    { ...FIELD, name: "user", lists: ["traces", "sessions"] },
    { ...FIELD, name: "traces", lists: ["sessions"] },
    { ...FIELD, name: "meta", lists: ["traces", "observations"] },
  ],
  flags: [{ name: "public", lists: ["traces"] }],
};

test.each([
  ["user:ada traces:>5", "traces", "user:ada", ["traces:>5"]],
  ["user:ada traces:>5", "sessions", "user:ada traces:>5", []],
  ["words meta.region:eu", "sessions", "words", ["meta.region:eu"]],
  ["is:public user:ada", "sessions", "user:ada", ["is:public"]],
  ["is:unheard user:ada", "sessions", "is:unheard user:ada", []],
  ["has:meta is:public", "observations", "has:meta", ["is:public"]],
  ["-has:meta", "sessions", "", ["-has:meta"]],
  ["has:nobodyknows unknown:1", "sessions", "has:nobodyknows unknown:1", []],
  ["user:ada OR traces:>5", "traces", "", ["user:ada", "OR", "traces:>5"]],
  ["", "traces", "", []],
])("%s as a query of %s", (query, list, kept, dropped) => {
  expect(queryFor(query, LANGUAGE, list)).toEqual({ query: kept, dropped });
});
