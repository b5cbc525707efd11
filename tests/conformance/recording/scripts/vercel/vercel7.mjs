// Vercel's AI SDK 7: an agent loop with a tool, a stream, an error, an embedding, an object.
//
// dialect: Vercel AI SDK 7
// environment: vercel7
// libraries: ai @ai-sdk/openai @ai-sdk/otel
// untold: reasoning

import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { createOpenAI } from "@ai-sdk/openai";
import * as ai from "ai";
import { OpenTelemetry } from "@ai-sdk/otel";
import { z } from "zod";

const exporter = new OTLPTraceExporter({ url: process.env.MODELS_URL + "/v1/traces" });
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
provider.register();
ai.registerTelemetry(new OpenTelemetry({ runtimeContext: true }));

const openai = createOpenAI({ baseURL: process.env.MODELS_URL + "/v1", apiKey: "sk-of-nobody" });
const runtimeContext = { userId: "user-1", sessionId: "session-1", tags: ["weather"], plan: "free" };
const about = (functionId) => ({
  functionId,
  includeRuntimeContext: { userId: true, sessionId: true, tags: true, plan: true },
});

await ai.generateText({
  model: openai.chat("gpt-4o-mini"),
  system: "Be brief.",
  prompt: "What is the weather in Paris?",
  temperature: 0.2,
  tools: {
    get_weather: ai.tool({
      description: "Weather of a city",
      inputSchema: z.object({ city: z.string() }),
      execute: async () => "18 degrees and sunny",
    }),
  },
  stopWhen: ai.stepCountIs(3),
  runtimeContext,
  telemetry: about("ask"),
});
const stream = ai.streamText({
  model: openai.chat("gpt-4o-mini"),
  prompt: "Say hello.",
  runtimeContext,
  telemetry: about("greet"),
});
for await (const _ of stream.textStream);
await ai.embed({ model: openai.embedding("text-embedding-3-small"), value: "Paris", telemetry: about("embed") });
try {
  await ai.generateText({
    model: openai.chat("gpt-4o-mini"),
    prompt: "Please refuse.",
    maxRetries: 0,
    runtimeContext,
    telemetry: about("fail"),
  });
} catch (problem) {
  console.log(problem.name);
}
await provider.forceFlush();
await provider.shutdown();
