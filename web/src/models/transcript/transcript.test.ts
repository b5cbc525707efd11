import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { media, message, text, type Message } from "../chat/message";
import { transcriptMarkdown } from "./markdown";
import { messageKey, seenPrefix, transcript, type Entry, type ModelCall } from "./transcript";

const said = (role: "system" | "user" | "assistant", words: string, given: Partial<Message> = {}) =>
  message(role, { parts: [text(words)], ...given });
const call = (
  observationId: string,
  startUs: number,
  input: Message[],
  output: Message[],
  given: Partial<ModelCall> = {},
): ModelCall => ({
  observationId,
  startUs,
  endUs: startUs + 1_000_000,
  laneId: "trace",
  laneName: "request",
  input,
  output,
  ...given,
});
const look = { id: "c1", name: "look", arguments: { at: 1 } };
const answer = (given: Partial<Message>) => message("tool", { parts: [text("a cat")], ...given });

const line = (entry: Entry): string => {
  if (entry.kind === "fold") return `fold ${String(entry.messages.length)}`;
  if (entry.kind === "gap") return `gap ${String(entry.us)}`;
  if (entry.kind === "handOff") return `to ${entry.name}`;
  const words = entry.message.parts.map((part) => ("text" in part ? part.text : part.type)).join();
  const calls = entry.called.map(
    ({ call: { name }, result, run }) =>
      ` ${name}→${result ? "answered" : "open"}${run ? ` by ${run.observationId}` : ""}`,
  );
  return `${String(entry.lane)} ${entry.message.role} ${words}${calls.join("")}`;
};
const lines = (...given: Parameters<typeof transcript>) => transcript(...given).entries.map(line);

describe("the transcript", () => {
  const system = said("system", "Be brief.");
  const user = said("user", "What is it?");
  const calling = message("assistant", { toolCalls: [look], meta: { finish_reason: "tool_calls" } });

  it("says once what every call repeats, and puts answers with their calls", () => {
    const calls = [
      call(
        "g2",
        2_000_000,
        [system, user, message("assistant", { toolCalls: [look] }), answer({ toolCallId: "c1" })],
        [said("assistant", "A cat.")],
      ),
      call("g1", 0, [system, user], [calling]),
    ];
    expect(
      lines(calls, [
        { observationId: "t1", name: "execute_tool look", startUs: 1_000_000, endUs: 1_200_000, isError: false },
      ]),
    ).toEqual([
      "0 system Be brief.",
      "0 user What is it?",
      "0 assistant  look→answered by t1",
      "fold 3",
      "0 assistant A cat.",
    ]);
  });

  it("keeps lanes apart, says who takes over and how long nobody spoke", () => {
    const calls = [
      call("g1", 0, [user], [said("assistant", "Hm.")]),
      call("g2", 4_000_001, [user], [said("assistant", "Ha.")], { laneId: "a", laneName: "helper" }),
    ];
    expect(lines(calls)).toEqual([
      "0 user What is it?",
      "0 assistant Hm.",
      "gap 3000001",
      "to helper",
      "1 user What is it?",
      "1 assistant Ha.",
    ]);
    expect(transcript(calls).lanes).toEqual([
      { id: "trace", name: "request" },
      { id: "a", name: "helper" },
    ]);
  });

  it("does not fold a message that is said again", () => {
    const yes = said("user", "yes");
    expect(
      lines([
        call("g1", 0, [yes], [said("assistant", "Sure?")]),
        call("g2", 1, [yes, said("assistant", "Sure?"), yes], []),
      ]),
    ).toEqual(["0 user yes", "0 assistant Sure?", "fold 2", "0 user yes"]);
  });

  it("joins answers without ids by name, then by order, and leaves the others where they are", () => {
    const two = message("assistant", {
      toolCalls: [
        { id: null, name: "look", arguments: null },
        { id: null, name: "hear", arguments: null },
      ],
    });
    expect(lines([call("g1", 0, [], [two, answer({ name: "hear" }), answer({})])])).toEqual([
      "0 assistant  look→answered hear→answered",
    ]);
    expect(
      lines([call("g1", 0, [answer({ toolCallId: "lost" })], [calling, answer({ toolCallId: "other" })])]),
    ).toEqual(["0 tool a cat", "0 assistant  look→open", "0 tool a cat"]);
  });

  it("finds runs by id before names, each once", () => {
    const runs = [
      { observationId: "early", name: "look", startUs: -5, endUs: 0, isError: false },
      { observationId: "t2", name: "look", startUs: 7, endUs: 8, isError: false },
      { observationId: "t1", name: "x", startUs: 9, endUs: 9, isError: true, callId: "c1" },
    ];
    const more = message("assistant", { toolCalls: [look, { ...look, id: "c2" }, { ...look, id: "c3" }] });
    expect(lines([call("g1", 0, [], [more])], runs)).toEqual([
      "0 assistant  look→open by t1 look→open by t2 look→open",
    ]);
  });

  it("every message is said, folded or joined: none is lost, none is doubled", () => {
    const anyMessage = fc.oneof(
      fc
        .tuple(
          fc.constantFrom("system" as const, "user" as const, "assistant" as const),
          fc.constantFrom("a", "b", "c"),
        )
        .map(([role, words]) => said(role, words)),
      fc.constantFrom("c1", "c2").map((id) => message("assistant", { toolCalls: [{ ...look, id }] })),
      fc.constantFrom("c1", "c2", null).map((toolCallId) => answer({ toolCallId })),
    );
    const anyCall = fc.record({
      startUs: fc.integer({ min: 0, max: 9e6 }),
      laneId: fc.constantFrom("x", "y"),
      input: fc.array(anyMessage, { maxLength: 5 }),
      output: fc.array(anyMessage, { maxLength: 2 }),
    });
    fc.assert(
      fc.property(fc.array(anyCall, { maxLength: 5 }), (made) => {
        const calls = made.map((one, index) =>
          call(`g${String(index)}`, one.startUs, one.input, one.output, { laneId: one.laneId, laneName: one.laneId }),
        );
        const { entries } = transcript(calls);
        const count = entries.reduce(
          (sum, entry) =>
            sum +
            (entry.kind === "fold"
              ? entry.messages.length
              : entry.kind === "message"
                ? 1 + entry.called.filter(({ result }) => result !== null).length
                : 0),
          0,
        );
        expect(count).toBe(calls.reduce((sum, one) => sum + one.input.length + one.output.length, 0));
        expect(new Set(entries.map(({ key }) => key)).size).toBe(entries.length);
      }),
    );
  });
});

describe("keys of messages", () => {
  it("leave out what frameworks and providers add", () => {
    expect(messageKey(said("user", "Hi ", { meta: { a: 1 } }))).toBe(messageKey(said("user", "Hi")));
    expect(
      messageKey(message("assistant", { parts: [{ type: "thinking", text: "Hm.", isRedacted: false }, text("Ho")] })),
    ).toBe(messageKey(said("assistant", "Ho")));
    expect(messageKey(answer({ name: "look", toolCallId: "c" }))).toBe(messageKey(answer({ toolCallId: "c" })));
  });

  it("differ where the words, the calls or the media do", () => {
    const all = [
      said("user", "a"),
      said("user", "b"),
      said("user", "a", { name: "ann" }),
      message("user", { parts: [media("image", "x")] }),
      message("user", { parts: [media("image", null, null, "f")] }),
      message("user", { parts: [media("file", null)] }),
      message("user", { parts: [{ type: "json", value: 1 }] }),
      message("user", { parts: [{ type: "refusal", text: "a" }] }),
      message("user", { toolCalls: [look] }),
      message("user", { toolCalls: [{ ...look, id: null }] }),
    ];
    expect(new Set(all.map(messageKey)).size).toBe(all.length);
  });

  it("a prefix is what was seen in this order", () => {
    expect([
      seenPrefix(["a", "b"], ["a", "x", "b"]),
      seenPrefix(["b", "a"], ["a", "b"]),
      seenPrefix([], ["a"]),
      seenPrefix(["x"], []),
      seenPrefix(["a", "a"], ["a"]),
    ]).toEqual([2, 1, 0, 0, 1]);
  });
});

describe("the transcript as Markdown", () => {
  it("says all of it", () => {
    const first = call(
      "g1",
      0,
      [
        said("user", "What?", { name: "ann" }),
        message("user", {
          parts: [media("image", "x", null, "a.png"), media("file", "y"), { type: "refusal", text: "No" }],
        }),
      ],
      [
        message("assistant", {
          parts: [
            { type: "thinking", text: "Hm\nha", isRedacted: false },
            { type: "thinking", text: "", isRedacted: true },
            { type: "json", value: { a: "```" } },
          ],
          toolCalls: [look, { ...look, id: "c2" }],
        }),
        answer({ toolCallId: "c1" }),
      ],
    );
    const second = call("g2", 9_000_000, [said("user", "What?")], [], { laneId: "b", laneName: "helper" });
    const third = call("g3", 9_000_001, [said("user", "What?")], [], { laneId: "b", laneName: "helper" });
    const markdown = transcriptMarkdown(transcript([first, second, third]).entries);
    for (const piece of [
      "**user (ann)**\n\nWhat?",
      "*image a.png*",
      "*file*",
      "*refusal:* No",
      "> *thinking:* Hm\n> ha",
      "> *thinking:* redacted",
      '````json\n{\n  "a": "```"\n}\n````',
      "calls `look`",
      "result\n\na cat",
      "*8.0 s later*",
      "---\n\n### helper",
      "*… 1 earlier message*",
    ])
      expect(markdown).toContain(piece);
  });
});
