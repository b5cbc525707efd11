// Generation 5: spans as OTLP JSON, scores in batches, reads by the generated client.
import { LangfuseClient } from "@langfuse/client";
import { LangfuseSpanProcessor } from "@langfuse/otel";
import {
  createTraceId,
  observe,
  propagateAttributes,
  setActiveTraceAsPublic,
  setActiveTraceIO,
  startActiveObservation,
  startObservation,
  updateActiveObservation,
} from "@langfuse/tracing";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

const RUN = process.argv[2];
const AMOUNT = 25;
const EVERY_FIELD = "core,basic,time,io,metadata,model,usage,prompt,metrics,trace_context";
const KINDS = ["agent", "tool", "chain", "retriever", "evaluator", "guardrail", "embedding"];
const METADATA = { text: "plain", numberInText: "0", number: 3, list: [1, { a: null }], nested: { a: { b: 1 } } };

const processor = new LangfuseSpanProcessor({ environment: "staging", release: "rel-7" });
const provider = new NodeTracerProvider({ spanProcessors: [processor] });
provider.register();
const langfuse = new LangfuseClient();
const ids = {};

async function outcome(call) {
  try {
    return await call();
  } catch (error) {
    return { raised: error.name, status: error.statusCode ?? null, body: error.body ?? null };
  }
}

async function walk(fetch, query) {
  const found = [];
  const sizes = [];
  let cursor;
  do {
    const page = await fetch({ ...query, cursor });
    found.push(...page.data.map((row) => row.id));
    sizes.push(page.data.length);
    cursor = page.meta.cursor;
  } while (cursor);
  return { ids: found, sizes };
}

const decorated = observe(async (city) => ({ city, degrees: 21 }), { name: "decorated", asType: "tool" });

await propagateAttributes(
  {
    userId: `user-${RUN}`,
    sessionId: `session-${RUN}`,
    tags: ["y", "x"],
    metadata: { tenant: "acme" },
    version: "v1",
    traceName: `request-${RUN}`,
  },
  () =>
    startActiveObservation("root", async (root) => {
      Object.assign(ids, { trace: root.traceId, root: root.id });
      root.update({ input: { question: "ü – 你好" }, metadata: METADATA, level: "DEBUG" });
      await startActiveObservation(
        "answer",
        async (generation) => {
          ids.answer = generation.id;
          updateActiveObservation(
            {
              model: "gpt-4o",
              modelParameters: { temperature: 0.25, max_tokens: 10 },
              input: [{ role: "user", content: "hi" }],
              completionStartTime: new Date(),
              prompt: { name: `routing-${RUN}`, version: 3, isFallback: false },
            },
            { asType: "generation" },
          );
          generation.update({
            output: { role: "assistant", content: "hello" },
            usageDetails: { input: 10, output: 5, input_cached_tokens: 3 },
          });
          langfuse.score.activeObservation({ id: `c-${RUN}`, name: `tone-${RUN}`, value: "calm" });
        },
        { asType: "generation" },
      );
      startObservation(
        "openai",
        { model: "gpt-4o", usageDetails: { promptTokens: 11, completionTokens: 7, totalTokens: 18 } },
        { asType: "generation" },
      ).end();
      startObservation(
        "priced",
        { model: "gpt-4o", usageDetails: { input: 1 }, costDetails: { input: 0.01, output: 0.02 } },
        { asType: "generation" },
      ).end();
      for (const kind of KINDS) startObservation(kind, { input: kind }, { asType: kind }).update({ output: `${kind} done` }).end();
      startObservation("failed", { level: "ERROR", statusMessage: "went wrong" }).end();
      startObservation(
        "timed",
        {},
        { startTime: new Date("2026-03-01T12:00:00.250Z") },
      ).end(new Date("2026-03-01T12:00:01.750Z"));
      startObservation("cache-miss", { level: "WARNING", input: "e" }, { asType: "event" });
      await decorated("Rome");
      setActiveTraceAsPublic();
      setActiveTraceIO({ output: "told" });
      root.update({ output: { answer: 2 } });
      langfuse.score.activeTrace({
        id: `n-${RUN}`,
        name: `helpful-${RUN}`,
        value: 0.75,
        comment: "fine",
        metadata: { judge: "human" },
      });
      langfuse.score.observation(root, { id: `b-${RUN}`, name: `ok-${RUN}`, value: 1, dataType: "BOOLEAN" });
    }),
);
langfuse.score.create({ id: `s-${RUN}`, name: `session-${RUN}`, value: 5, sessionId: `session-${RUN}` });
const chosen = await createTraceId(RUN);
startObservation(
  `chosen-${RUN}`,
  { input: "in" },
  { parentSpanContext: { traceId: chosen, spanId: "0123456789abcdef", traceFlags: 1 } },
).end();
const bulk = startObservation(`bulk-${RUN}`);
for (let number = 0; number < AMOUNT; number++) {
  startObservation(`step-${RUN}`, { input: number }, { parentSpanContext: bulk.otelSpan.spanContext() }).end();
  langfuse.score.create({ id: `bulk-${RUN}-${number}`, name: `bulk-${RUN}`, value: number, traceId: bulk.traceId });
}
bulk.end();
await processor.forceFlush();
await langfuse.flush(); // while a batch is on its way, this waits for that batch only
await langfuse.flush();

const api = langfuse.api;
const wrong = new LangfuseClient({ publicKey: "pk-lf-no", secretKey: "sk-lf-no" });
const facts = {
  ids,
  health: await api.health.health(),
  projects: (await api.projects.get()).data,
  wrongKeys: await outcome(() => wrong.api.projects.get()),
  traceUrl: await langfuse.getTraceUrl(ids.trace),
  trace: await api.trace.get(ids.trace),
  listed: (await api.trace.list({ name: `request-${RUN}` })).data,
  byTags: (await api.trace.list({ userId: `user-${RUN}`, tags: ["x", "y"] })).data.map((row) => row.id),
  chosen: { id: chosen, trace: await api.trace.get(chosen) },
  observation: await api.legacy.observationsV1.get(ids.answer),
  observations: (await api.observations.getMany({ traceId: ids.trace, fields: EVERY_FIELD, limit: 100 })).data,
  walked: await walk((query) => api.observations.getMany(query), { traceId: bulk.traceId, limit: 7 }),
  scores: (await api.scores.getMany({ traceId: ids.trace })).data,
  score: await api.scores.getById(`n-${RUN}`),
  scoresV3: (await api.scoresV3.getManyV3({ traceId: ids.trace, fields: "details,subject" })).data,
  sessionScores: (await api.scores.getMany({ sessionId: `session-${RUN}` })).data,
  scoresWalked: await walk((query) => api.scoresV3.getManyV3(query), { traceId: bulk.traceId, limit: 10 }),
  session: await api.sessions.get(`session-${RUN}`),
  unknown: await outcome(() => api.trace.get("0".repeat(32))),
  deletion: await api.trace.delete(bulk.traceId),
  deleted: await outcome(() => api.trace.get(bulk.traceId)),
};
await provider.shutdown();
await langfuse.shutdown();
console.log(JSON.stringify(facts));
