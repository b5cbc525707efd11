import fc from "fast-check";
import { expect, test } from "vitest";

import { fromLangfuse } from "./langfuse";

const clause = (column: string, type: string, key: string, operator: string, value: string) =>
  [column, type, key, operator, encodeURIComponent(value)].join(";");

test.each([
  [clause("environment", "stringOptions", "", "any of", "prod|dev"), "env:(prod OR dev)"],
  [clause("tags", "arrayOptions", "", "all of", "a|b"), "tag:(a AND b)"],
  [clause("tags", "arrayOptions", "", "all of", "a"), "tag:a"],
  [clause("Level", "stringOptions", "", "none of", "DEBUG"), "-level:DEBUG"],
  [clause("User ID", "string", "", "=", "user 42"), 'user:="user 42"'],
  [clause("name", "string", "", "contains", "check"), "name:*check*"],
  [clause("name", "string", "", "does not contain", "check"), "-name:*check*"],
  [clause("name", "string", "", "starts with", "check"), "name:check*"],
  [clause("name", "string", "", "ends with", "out"), "name:*out"],
  [clause("latency", "number", "", ">", "2"), "latency:>2"],
  [clause("totalCost", "number", "", "=", "0.1"), "cost:0.1"],
  [clause("timestamp", "datetime", "", ">=", "2026-06-01T00:00:00Z"), "start:>=2026-06-01T00:00:00Z"],
  [clause("metadata", "stringObject", "a b", "=", "x"), 'meta."a b":=x'],
  [clause("scores_avg", "numberObject", "accuracy", ">", "0.8"), "score.accuracy:>0.8"],
  [clause("score_categories", "categoryOptions", "tone", "any of", "good|ok"), "score.tone:(good OR ok)"],
  [clause("output", "null", "", "is null", ""), "-has:output"],
  [clause("output", "null", "", "is not null", ""), "has:output"],
  [clause("bookmarked", "boolean", "", "=", "true"), "is:bookmarked"],
  [clause("bookmarked", "boolean", "", "<>", "true"), "-is:bookmarked"],
  [clause("name", "stringOptions", "", "any of", "a\\|b|c\\\\d"), "name:(a|b OR c\\d)"],
])("%s", (filter, query) => expect(fromLangfuse(filter, undefined, [])).toEqual({ query, ignored: [] }));

test("clauses are joined, what nobody knows is named", () => {
  const filter = [clause("name", "string", "", "=", "a"), clause("mood", "string", "", "=", "b"), "broken"].join(",");
  expect(fromLangfuse(filter, undefined, [])).toEqual({ query: "name:=a", ignored: ["mood;string;;=;b", "broken"] });
  expect(fromLangfuse(clause("name", "string", "", "sounds like", "b"), undefined, []).ignored).toHaveLength(1);
  expect(fromLangfuse(clause("latency", "number", "", "~", "b"), undefined, []).ignored).toHaveLength(1);
  expect(fromLangfuse(clause("name", "strange", "", "=", "b"), undefined, []).ignored).toHaveLength(1);
  expect(fromLangfuse(clause("name", "stringOptions", "", "some of", "b"), undefined, []).ignored).toHaveLength(1);
  expect(fromLangfuse("%E0%A4%A;string;;=;b", undefined, []).ignored).toEqual(["%E0%A4%A;string;;=;b"]);
});

test("words are searched for where the link says", () => {
  expect(fromLangfuse(undefined, "refund policy", []).query).toBe('"refund policy"');
  expect(fromLangfuse(undefined, "refund", ["id", "content"]).query).toBe("refund");
  expect(fromLangfuse(undefined, "a:b", []).query).toBe('"a:b"');
  expect(fromLangfuse(undefined, "refund now", ["input"]).query).toBe('input:"refund now"');
  expect(fromLangfuse(undefined, "  ", []).query).toBe("");
});

test("no link breaks it", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary" }),
      fc.string({ unit: "binary" }),
      (filter, search) => void fromLangfuse(filter, search, []),
    ),
  );
});
