// Generation 3: the batch protocol, and the reads of its own client.
import { Langfuse } from "langfuse";

const RUN = process.argv[2];
const START = new Date("2026-03-01T12:00:00.123Z");
const after = (seconds) => new Date(START.getTime() + seconds * 1000);

const langfuse = new Langfuse({ release: "rel-7", environment: "staging" });
const trace = langfuse.trace({
  name: `manual-${RUN}`,
  timestamp: START,
  userId: `user-${RUN}`,
  sessionId: `session-${RUN}`,
  input: { question: "ü – 你好" },
  metadata: { source: "api", nested: { kept: 1 } },
  tags: ["y", "x"],
  version: "v1",
  public: true,
});
const span = trace.span({ id: `span-${RUN}`, name: "retrieval", startTime: after(1), input: { query: "q" } });
const generation = span.generation({
  name: "answer",
  startTime: after(2),
  model: "gpt-4o",
  modelParameters: { temperature: 0.25, stop: ["a", "b"] },
  input: [{ role: "user", content: "hi" }],
});
generation.update({ completionStartTime: after(2.25), metadata: { first: true } });
generation.end({ output: { role: "assistant", content: "hello" }, usage: { input: 10, output: 5 } });
span.generation({ name: "openai", model: "gpt-4o", usage: { promptTokens: 11, completionTokens: 7, totalTokens: 18 } });
span.generation({
  name: "details",
  model: "gpt-4o",
  usageDetails: { input: 10, output: 5, input_cached_tokens: 3 },
  costDetails: { input: 0.5, output: 0.25 },
});
const event = trace.event({ name: "cache-miss", startTime: after(3), level: "WARNING", statusMessage: "slow" });
span.end({ output: { n: 2 }, level: "ERROR", statusMessage: "went wrong" });
trace.update({ output: { answer: 2 }, metadata: { nested: { added: 2 } }, tags: ["z"] });
trace.score({ name: `quality-${RUN}`, value: 0.9, comment: "good" });
generation.score({ name: `tone-${RUN}`, value: "friendly" });
langfuse.score({ id: `b-${RUN}`, traceId: trace.id, name: `ok-${RUN}`, value: 1, dataType: "BOOLEAN" });
await langfuse.flushAsync(); // or else the client itself may send the next updates before the ends
generation.update({ endTime: after(4) }); // `end` knows no time but now
span.update({ endTime: after(5) });
const hurried = [];
for (let number = 0; number < 15; number++) {
  const first = langfuse.trace({ name: "first", input: 1, tags: [`hurried-${RUN}`] });
  first.update({ name: "second", input: 2 });
  const call = first.generation({ name: "call", output: "first" });
  call.update({ output: "second" });
  call.end({ output: "third" });
  hurried.push(first.id);
}
await langfuse.shutdownAsync(); // unlike a flush, waits for what is already on its way

const facts = {
  ids: { trace: trace.id, generation: generation.id, event: event.id },
  traceUrl: trace.getTraceUrl(),
  trace: (await langfuse.fetchTrace(trace.id)).data,
  listed: await langfuse.fetchTraces({ name: `manual-${RUN}`, tags: ["x"], limit: 10 }),
  observation: (await langfuse.fetchObservation(generation.id)).data,
  observations: await langfuse.fetchObservations({ traceId: trace.id, type: "GENERATION" }),
  sessions: (await langfuse.fetchSessions({ limit: 100 })).data.map((row) => row.id),
  score: await langfuse.api.scoreV2GetById(`b-${RUN}`),
  hurried: await Promise.all(hurried.map(async (id) => (await langfuse.fetchTrace(id)).data)),
};
console.log(JSON.stringify(facts));
