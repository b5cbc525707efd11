import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { message, text } from "../chat/message";
import { exchange } from "./exchange";
import { sessionMarkdown } from "./markdown";
import { IDLE_US, nextError, pauses } from "./turns";

const said = (role: "system" | "user" | "assistant" | "tool", words: string) => message(role, { parts: [text(words)] });
const turn = (timestampUs: number, latencyUs: number | null = 0) => ({ timestampUs, latencyUs });

describe("pauses", () => {
  it("are counted from the end of what came before", () => {
    const minute = 60_000_000;
    const turns = [turn(0, 10 * minute), turn(2 * minute, null), turn(16 * minute), turn(17 * minute)];
    expect(pauses(turns)).toEqual([null, null, 6 * minute, null]);
  });

  it("never stand before the first turn, and never are short", () => {
    const times = fc.array(fc.record({ timestampUs: fc.nat(), latencyUs: fc.option(fc.nat()) }));
    fc.assert(
      fc.property(times, (turns) => {
        const found = pauses(turns.toSorted((left, right) => left.timestampUs - right.timestampUs));
        expect(found).toHaveLength(turns.length);
        expect(found[0] ?? null).toBeNull();
        expect(found.every((idle) => idle === null || idle > IDLE_US)).toBe(true);
      }),
    );
  });
});

describe("the next error", () => {
  const turns = [1, 0, 2, 0].map((errorCount) => ({ errorCount }));
  it.each([
    [-1, 0],
    [0, 2],
    [1, 2],
    [2, 0],
    [3, 0],
  ])("after %i is %i", (from, at) => expect(nextError(turns, from)).toBe(at));
  it("is none where nothing failed", () => {
    expect(nextError([{ errorCount: 0 }], 0)).toBe(-1);
    expect(nextError([], -1)).toBe(-1);
  });
});

describe("an exchange", () => {
  it("is what a person said last, and all since", () => {
    const input = [
      said("system", "be kind"),
      said("user", "1"),
      said("assistant", "2"),
      said("user", "3"),
      said("user", "4"),
    ];
    const called = said("tool", "5");
    const told = exchange({ input: [...input, called], output: [said("assistant", "6")] });
    expect(told.earlier).toEqual(input.slice(0, 3));
    expect(told.asked).toEqual([...input.slice(3), called]);
    expect(told.answered).toHaveLength(1);
  });

  it("without a person is the last message", () => {
    const input = [said("system", "a"), said("assistant", "b")];
    expect(exchange({ input, output: [] })).toEqual({ asked: [input[1]], answered: [], earlier: [input[0]] });
    expect(exchange({ input: [], output: [] })).toEqual({ asked: [], answered: [], earlier: [] });
  });

  it("loses no message", () => {
    const role = fc.constantFrom("system", "user", "assistant", "tool" as const);
    fc.assert(
      fc.property(fc.array(role), (roles) => {
        const input = roles.map((one, at) => said(one as "user", String(at)));
        const { earlier, asked } = exchange({ input, output: [] });
        expect([...earlier, ...asked]).toEqual(input);
      }),
    );
  });
});

describe("Markdown of a session", () => {
  const base = { id: "t1", name: "ask", time: "2026-06-01 10:00:00" };
  it("has each turn once", () => {
    const history = JSON.stringify([
      { role: "user", content: "hello" },
      { role: "assistant", content: "hi" },
      { role: "user", content: "and now?" },
    ]);
    const written = sessionMarkdown("Session s", [
      { ...base, input: "hello", output: "hi" },
      { ...base, id: "t2", name: null, input: history, output: '{"role":"assistant","content":"that"}' },
      { ...base, id: "t3", input: '{"a":1}', output: "" },
      { ...base, id: "t4", input: null, output: null },
    ]);
    expect(written).toContain("# Session s\n\n## 1. ask\n\n*2026-06-01 10:00:00 · trace t1*\n\n**user**\n\nhello");
    expect(written).toContain("## 2. no name");
    expect(written.match(/hello/g)).toHaveLength(1);
    expect(written).toContain("and now?");
    expect(written).toContain("**Input**\n\n~~~json\n");
    expect(written).toContain("## 4. ask");
  });

  it("of a function keeps its texts", () => {
    const written = sessionMarkdown("s", [{ ...base, input: "lookup", output: '{"hits":[1]}' }]);
    expect(written).toContain("**Input**\n\nlookup\n\n**Output**\n\n~~~json");
  });
});
