import { describe, expect, test } from "vitest";

import { environmentOf, movingFrom, snippetsFor } from "./snippets";

const ACCESS = { baseUrl: "https://panope.example/at", publicKey: "pk-lf-1", secretKey: "sk-lf-2" };

describe("snippets", () => {
  test.each(snippetsFor(ACCESS))("$label holds address and keys, and no blank to fill in", ({ code }) => {
    for (const part of Object.values(ACCESS)) expect(code).toContain(part);
    expect(code).not.toMatch(/\.\.\.|…|<[a-z]+>|undefined/i);
    expect(code.endsWith("\n")).toBe(true);
  });

  test("the ids differ", () => {
    const ids = snippetsFor(ACCESS).map(({ id }) => id);
    expect(new Set(ids).size).toBe(8);
  });

  test("the environment is one variable per line, under both names of the address", () => {
    const lines = environmentOf(ACCESS).trim().split("\n");
    expect(lines).toHaveLength(4);
    expect(lines[0]).toBe('LANGFUSE_BASE_URL="https://panope.example/at"');
    expect(movingFrom(ACCESS)).toContain('LANGFUSE_HOST="https://panope.example/at"');
  });
});
