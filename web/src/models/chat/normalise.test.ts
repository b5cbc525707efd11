import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseJson, tryParse } from "../json/parse";
import { ExactNumber, type Json } from "../json/value";
import { documentsOf } from "./documents";
import recorded from "./fixtures/recorded.json";
import { WRITTEN } from "./fixtures/written";
import { conversation, detectorOf, normalise } from "./normalise";
import { parametersOf, toolsOf } from "./tools";
import { told, words } from "./told";

interface Recorded {
  recording: string;
  type: string;
  name: string;
  input: string | null;
  output: string | null;
  inputLines: string[] | null;
  outputLines: string[] | null;
}
const valueOf = (text: string | null): Json | undefined => (text === null ? undefined : (tryParse(text) ?? text));
const spaceless = (lines: readonly string[]): string[] => lines.map((line) => line.replaceAll(/\s/g, ""));

/** What the other reader says, in the words of this one. */
const expected = (lines: readonly string[], side: "user" | "assistant"): string[] =>
  spaceless(lines.map((line) => line.replace(/^text: /, `${side}: `).replace(/^unknown: /, "assistant: ")));

/** The other reader leaves out prompts, results within answers, and the blocks of LlamaIndex. */
const LESS_READ = /"prompt"|tool\.result|block_type|"goto"/;

describe("recorded conversations", () => {
  const talks = (recorded as Recorded[]).filter(({ type, input, inputLines, outputLines }) => {
    const isTalk = [inputLines, outputLines].some((lines) => lines?.some((line) => !/^(?:text|document): /.test(line)));
    return (isTalk || (type === "GENERATION" && typeof valueOf(input) === "object")) && type !== "RETRIEVER";
  });

  it.each(talks.map((entry, index) => [`${entry.recording}: ${entry.name} (${String(index)})`, entry] as const))(
    "%s",
    (_, entry) => {
      const found = conversation(valueOf(entry.input), valueOf(entry.output));
      expect(found).not.toBeNull();
      if (!LESS_READ.test(entry.input ?? ""))
        expect(spaceless(words(found!.input))).toEqual(expected(entry.inputLines ?? [], "user"));
      if (!LESS_READ.test(entry.output ?? ""))
        expect(spaceless(words(found!.output))).toEqual(expected(entry.outputLines ?? [], "assistant"));
    },
  );

  it("are many, of every framework that sends its messages", () => {
    expect(talks.length).toBeGreaterThan(90);
    expect(new Set(talks.map(({ recording }) => recording)).size).toBeGreaterThanOrEqual(25);
  });

  it("what is no conversation stays JSON", () => {
    const others = (recorded as Recorded[]).filter(
      (entry) =>
        !talks.includes(entry) && typeof valueOf(entry.input) === "object" && !LESS_READ.test(entry.input ?? ""),
    );
    expect(others.length).toBeGreaterThan(20);
    for (const { input, output } of others) expect(normalise(valueOf(input), valueOf(output))).toBeNull();
  });
});

describe("written conversations", () => {
  it.each(WRITTEN.map((entry) => [entry.framework, entry] as const))("%s", (_, { value, detector, told: lines }) => {
    const json = parseJson(JSON.stringify(value));
    expect(detectorOf(json)).toBe(detector);
    expect(told(normalise(json, undefined)!)).toEqual(lines);
  });

  it("numbers in arguments stay exact", () => {
    const call = normalise(
      parseJson(
        '[{"role":"assistant","content":null,"tool_calls":[{"id":"c","function":{"name":"f","arguments":"{\\"n\\": 9007199254740993}"}}]}]',
      ),
      undefined,
    );
    expect(call![0]!.toolCalls[0]!.arguments).toEqual({ n: new ExactNumber("9007199254740993") });
  });
});

describe("what is no conversation", () => {
  it.each([
    ["null", null, null],
    ["numbers", 7, 8],
    ["an object", { city: "Paris" }, "18 degrees"],
    ["an empty list", [], null],
    ["empty text", "", ""],
    ["text answered by an object", "query", { hits: 3 }],
    ["a role alone", { role: "admin" }, null],
    ["a role without words", [{ role: "user" }], null],
    ["one entry that is none", [{ role: "user", content: "Hi" }, 7], null],
    ["an unknown role", [{ role: "narrator", content: "Once" }], null],
    ["embeddings", { model: "e", input: "Paris", encoding_format: "base64" }, { data: [] }],
    ["messages that are none", { messages: ["<Message>"] }, null],
    ["a system that is none", { messages: [{ role: "user", content: "x" }], system: 7 }, null],
    ["calls that are none", [{ role: "assistant", content: "x", tool_calls: [{ function: {} }] }], null],
    ["a block that nobody knows", [{ role: "user", blocks: [{ block_type: "hologram" }] }], null],
    ["an item that nobody knows", [{ role: "user", items: [{ content_type: "hologram" }] }], null],
    ["parts that nobody knows", [{ kind: "request", parts: [{ part_kind: "hologram" }] }], null],
    ["an answer of parts that nobody knows", [{ kind: "response", parts: [{ part_kind: "hologram" }] }], null],
    ["neither question nor answer", [{ kind: "rumour", parts: [] }], null],
    [
      "a document part of no kind",
      [{ kind: "request", parts: [{ part_kind: "user-prompt", content: [{ kind: "hologram" }] }] }],
      null,
    ],
    ["an update without messages", [{ update: { x: 1 }, goto: [] }], null],
    ["generations of nothing", { generations: [] }, null],
    ["a message that is none beside messages that are", { message: { a: 1 }, messages: [{ a: 2 }] }, null],
    ["a choice with more than is known", { message: { role: "user", content: "x" }, trace: { a: 1 } }, null],
  ])("%s", (_, input, output) => {
    expect(normalise(input as Json, output as Json)).toBeNull();
  });

  it("plain text is one message each way, and an answer to messages may be any JSON", () => {
    expect(told(normalise("Hi", "Ho")!)).toEqual(["user: Hi", "assistant: Ho"]);
    expect(told(normalise(undefined, "Ho")!)).toEqual(["assistant: Ho"]);
    expect(told(normalise([{ role: "user", content: "Hi" }], { answer: 42 })!)).toEqual([
      "user: Hi",
      'assistant: JSON {"answer":42}',
    ]);
    expect(detectorOf("Hi")).toBeNull();
  });

  it("never fails and never invents, whatever the value", () => {
    const key = fc.constantFrom(
      "role",
      "content",
      "parts",
      "type",
      "messages",
      "text",
      "tool_calls",
      "function",
      "name",
      "contents",
      "items",
      "blocks",
      "kind",
      "id",
      "kwargs",
      "output",
      "message",
      "input",
      "update",
      "goto",
    );
    const word = fc.constantFrom(
      "user",
      "assistant",
      "text",
      "human",
      "message",
      "tool_use",
      "hello",
      "request",
      "response",
      "tool-call",
      "blob",
      "x",
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        word,
        fc.constant(null),
        fc.integer(),
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(key, tie("value"), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(value, value, (input, output) => {
        const messages = normalise(input as Json, output as Json);
        const said = JSON.stringify([input, output]);
        for (const one of messages ?? []) {
          for (const part of one.parts) if (part.type === "text") expect(said).toContain(JSON.stringify(part.text));
          for (const call of one.toolCalls)
            expect(said).toContain(JSON.stringify(call.name).slice(1, -1).split("_")[0]);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("tools that a model could call", () => {
  const schema = {
    type: "object",
    properties: {
      city: { type: "string", description: "Where" },
      days: { type: ["integer", "null"] },
      unit: { enum: ["C", 1] },
      tags: { type: "array", items: { anyOf: [{ type: "string" }, true] } },
      any: true,
      what: {},
    },
    required: ["city"],
  };

  it.each([
    ["OpenAI", { tools: [{ type: "function", function: { name: "w", description: "d", parameters: schema } }] }],
    ["OpenAI Responses", { tools: [{ type: "function", name: "w", description: "d", parameters: schema }] }],
    ["Anthropic", { tools: [{ name: "w", description: "d", input_schema: schema }] }],
    [
      "Gemini",
      { config: { tools: [{ function_declarations: [{ name: "w", description: "d", parameters: schema }] }] } },
    ],
    [
      "Bedrock",
      { toolConfig: { tools: [{ toolSpec: { name: "w", description: "d", inputSchema: { json: schema } } }] } },
    ],
  ])("%s", (_, input) => {
    expect(toolsOf(input as Json)).toEqual([{ name: "w", description: "d", parameters: schema }]);
  });

  it("from attributes, also as JSON in strings", () => {
    const told_ = [JSON.stringify({ type: "function", name: "w", parameters: schema })];
    expect(toolsOf(null, { "ai.prompt.tools": told_ })[0]!.name).toBe("w");
    expect(
      toolsOf(null, { attributes: { "gen_ai.tool.definitions": JSON.stringify([{ name: "w" }]) } } as Json),
    ).toEqual([{ name: "w", description: null, parameters: null }]);
    expect(toolsOf({ tools: [7, {}] }, { tools: [7] })).toEqual([]);
    expect(toolsOf({ tools: [{ type: "web_search" }] })[0]!.name).toBe("web_search");
  });

  it("parameters as a table", () => {
    expect(
      parametersOf({ name: "w", description: null, parameters: schema as Json as never }).map(
        ({ name, type, isRequired, description }) => [name, type, isRequired, description],
      ),
    ).toEqual([
      ["city", "string", true, "Where"],
      ["days", "integer | null", false, null],
      ["unit", "C | 1", false, null],
      ["tags", "string | any[]", false, null],
      ["any", "any", false, null],
      ["what", "any", false, null],
    ]);
    expect(parametersOf({ name: "w", description: null, parameters: null })).toEqual([]);
  });
});

describe("documents that were found", () => {
  it("of the recordings", () => {
    const found = (recorded as Recorded[])
      .filter(({ type }) => type === "RETRIEVER")
      .map(({ output }) => documentsOf(valueOf(output)));
    expect(found.filter((one) => one !== null).map((one) => one.map(({ text, score }) => [text, score]))).toEqual([
      [["Paris is sunny.", 0.5607631238027052]],
      [["Paris is sunny.", 0.5607631238027052]],
      [["Paris is sunny.", 0.5607631238027052]],
    ]);
  });

  it("in other shapes", () => {
    expect(
      documentsOf({
        documents: [
          { page_content: "a", metadata: { source: "s.md", page: 1 } },
          { document: { text: "b", url: "u" }, score: 1, extra: 2 },
        ],
      } as Json),
    ).toEqual([
      { id: null, text: "a", score: null, source: "s.md", metadata: { source: "s.md", page: 1 } },
      { id: null, text: "b", score: 1, source: "u", metadata: { url: "u" } },
    ]);
    for (const none of [[], [1], "text", null, [{ title: "t" }]]) expect(documentsOf(none as Json)).toBeNull();
  });
});
