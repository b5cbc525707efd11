import fc from "fast-check";
import { expect, test } from "vitest";

import { mayBeId, readAddress } from "./address";
import { ranked } from "./rank";

const trace = { kind: "trace", projectId: "p", observationId: null };

test.each([
  ["https://cloud.langfuse.com/project/p/traces/a%2Fb", { ...trace, id: "a/b" }],
  ["/tools/panope/project/p/traces/t?observation=o&view=graph", { ...trace, id: "t", observationId: "o" }],
  ["http://x/project/p/traces?peek=t&dateRange=7d", { ...trace, id: "t" }],
  ["http://x/project/p/observations?peek=o&traceId=t", { ...trace, id: "t", observationId: "o" }],
  ["http://x/project/p/traces/-?id=setup", { ...trace, id: "setup" }],
  ["http://x/project/p/sessions/s%20%C3%BC", { ...trace, kind: "session", id: "s ü" }],
  ["http://x/project/p/users/u", { ...trace, kind: "user", id: "u" }],
  ["http://x/trace/t", { ...trace, projectId: null, id: "t" }],
  ["http://x/public/traces/t%ZZ", { ...trace, projectId: null, id: "t%ZZ" }],
  ["http://x/project/p/traces", null],
  ["http://x/project/p/traces/setup", null],
  ["http://x/project/p/observations?peek=o", null],
  ["http://x/project", null],
  ["refund policy", null],
  ["http://[", null],
])("%s", (text, expected) => {
  expect(readAddress(text)).toEqual(expected);
});

test("any id comes back from its address", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (id) => {
      fc.pre(id.isWellFormed() && ![".", "..", "-", "setup"].includes(id));
      expect(readAddress(`http://x/project/p/traces/${encodeURIComponent(id)}`)?.id).toBe(id);
    }),
  );
});

test("no text is too odd to be asked about", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void readAddress(text)));
});

test("an id is one word and no term", () => {
  expect(["abcd", "a:b:c:d1", "0123-456", "https://x/y"].map(mayBeId)).toEqual([true, false, true, false]);
  expect(["abc", "two words", "level:ERROR", "-user:u", "meta.a:b", "x".repeat(801)].some(mayBeId)).toBe(false);
});

test("entries are found by all words, the best first", () => {
  const entries = [
    { label: "Old traces" },
    { label: "Traces", more: "requests" },
    { label: "Retraced" },
    { label: "Users", more: "traces" },
  ];
  expect(ranked(entries, "trace").map(({ label }) => label)).toEqual(["Traces", "Old traces", "Retraced", "Users"]);
  expect(ranked(entries, "traces OLD").map(({ label }) => label)).toEqual(["Old traces"]);
  expect(ranked(entries, "")).toEqual(entries);
  expect(ranked(entries, "nothing")).toEqual([]);
});
