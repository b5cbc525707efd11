// Generation 5: the experiment runner, which links its items and tells of them in its spans.
import { LangfuseClient } from "@langfuse/client";
import { LangfuseSpanProcessor } from "@langfuse/otel";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

const RUN = process.argv[2];
const NAME = `folder/capitals ${RUN}`;
const RUN_NAME = `try/1 ${RUN}`;
const processor = new LangfuseSpanProcessor();
const provider = new NodeTracerProvider({ spanProcessors: [processor] });
provider.register();
const langfuse = new LangfuseClient();
const api = langfuse.api;

const made = await api.datasets.create({ name: NAME });
for (const [country, capital] of Object.entries({ France: "Paris", Spain: "Madrid" })) {
  const item = { datasetName: NAME, id: `${country}-${RUN}`, input: { q: country }, expectedOutput: capital };
  await api.datasetItems.create(item);
}
const dataset = await langfuse.dataset.get(NAME);
const result = await dataset.runExperiment({
  name: "try",
  runName: RUN_NAME,
  description: "the first",
  metadata: { model: "m" },
  task: async () => "Paris",
  evaluators: [
    async ({ output, expectedOutput }) => ({ name: "correct", value: output === expectedOutput ? 1 : 0 }),
  ],
  runEvaluators: [async () => ({ name: "accuracy", value: 0.5 })],
});
await processor.forceFlush();
await langfuse.flush();

const fromStartTime = "2020-01-01T00:00:00Z";
const facts = {
  datasetId: made.id,
  runId: result.datasetRunId,
  url: result.datasetRunUrl,
  traces: result.itemResults.map((item) => item.traceId).sort(),
  datasetRun: await api.datasets.getRun(NAME, RUN_NAME),
  runs: (await api.datasets.getRuns(NAME)).data,
  runScores: (await api.scores.getMany({ datasetRunId: result.datasetRunId })).data,
  experiments: (await api.experiments.list({ fromStartTime, datasetId: made.id })).data,
  items: (await api.experiments.listItems({ fromStartTime, experimentId: result.datasetRunId })).data,
};
await provider.shutdown();
await langfuse.shutdown();
console.log(JSON.stringify(facts));
