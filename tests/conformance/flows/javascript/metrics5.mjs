// Generation 5: one call of a model, asked about as numbers in both versions.
import { LangfuseClient } from "@langfuse/client";
import { LangfuseSpanProcessor } from "@langfuse/otel";
import { propagateAttributes, startActiveObservation } from "@langfuse/tracing";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

const RUN = process.argv[2];
const processor = new LangfuseSpanProcessor({ environment: "staging" });
new NodeTracerProvider({ spanProcessors: [processor] }).register();
const langfuse = new LangfuseClient();

await propagateAttributes({ userId: `user-${RUN}` }, () =>
  startActiveObservation(
    "answer",
    async (generation) => {
      generation.update({
        model: "gpt-4o",
        usageDetails: { input: 10, output: 5, total: 15 },
        costDetails: { input: 0.25, output: 0.5 },
      });
    },
    { asType: "generation" },
  ),
);
await processor.forceFlush();

const hour = 3_600_000;
const query = JSON.stringify({
  view: "observations",
  metrics: [
    { measure: "totalCost", aggregation: "sum" },
    { measure: "totalTokens", aggregation: "sum" },
    { measure: "count", aggregation: "count" },
  ],
  dimensions: [{ field: "providedModelName" }],
  filters: [{ type: "string", column: "userId", operator: "=", value: `user-${RUN}` }],
  fromTimestamp: new Date(Date.now() - hour).toISOString(),
  toTimestamp: new Date(Date.now() + hour).toISOString(),
});

async function refused(call) {
  try {
    return await call();
  } catch (error) {
    return { status: error.statusCode ?? null, body: error.body ?? null };
  }
}

console.log(
  JSON.stringify({
    first: (await langfuse.api.legacy.metricsV1.metrics({ query })).data,
    second: (await langfuse.api.metrics.metrics({ query })).data,
    refused: await refused(() => langfuse.api.metrics.metrics({ query: query.replace("totalCost", "weight") })),
  }),
);
