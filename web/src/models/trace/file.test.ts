import { expect, test } from "vitest";

import { parseJson } from "@/models/json/parse";
import type { JsonObject } from "@/models/json/value";

import { fileNameOf, traceFile } from "./file";

test("numbers stay as they were sent, in the trace and in its observations", () => {
  const trace = parseJson('{"id":"a","metadata":{"version":1.0,"order":1234567890123456789}}') as JsonObject;
  const file = traceFile(trace, '{"id":"b","metadata":{"n":1.50}}\n{"id":"c"}\n');
  expect(file).toContain('"version": 1.0,');
  expect(file).toContain('"order": 1234567890123456789');
  expect(file).toContain('{"n":1.50}');
  expect(JSON.parse(file)).toMatchObject({ trace: { id: "a" }, observations: [{ id: "b" }, { id: "c" }] });
});

test("a trace without observations is a whole file too", () => {
  expect(JSON.parse(traceFile({ id: "a" }, ""))).toEqual({ trace: { id: "a" }, observations: [] });
});

test("an id becomes a name that every system takes", () => {
  expect(fileNameOf("../a b/ü?#%", "json")).toBe(".._a_b_.json");
  expect(fileNameOf("x".repeat(800), "json")).toHaveLength(105);
});
