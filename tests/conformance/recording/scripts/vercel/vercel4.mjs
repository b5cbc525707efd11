// Vercel's AI SDK 4: an agent loop with a tool, a stream, an error, an embedding, an object.
//
// dialect: Vercel AI SDK 4
// environment: vercel4
// libraries: ai @ai-sdk/openai

import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { createOpenAI } from "@ai-sdk/openai";
import * as ai from "ai";
import { z } from "zod";

const exporter = new OTLPTraceExporter({ url: process.env.MODELS_URL + "/v1/traces" });
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
provider.register();

const openai = createOpenAI({ baseURL: process.env.MODELS_URL + "/v1", apiKey: "sk-of-nobody", compatibility: "strict" });
const about = (functionId) => ({
  isEnabled: true,
  functionId,
  metadata: { userId: "user-1", sessionId: "session-1", tags: ["weather"], plan: "free" },
});

await ai.generateText({
  model: openai.chat("gpt-4o-mini"),
  system: "Be brief.",
  prompt: "What is the weather in Paris?",
  temperature: 0.2,
  tools: {
    get_weather: ai.tool({
      description: "Weather of a city",
      parameters: z.object({ city: z.string() }),
      execute: async () => "18 degrees and sunny",
    }),
  },
  maxSteps: 3,
  experimental_telemetry: about("ask"),
});
const stream = ai.streamText({
  model: openai.chat("gpt-4o-mini"),
  prompt: "Say hello.",
  experimental_telemetry: about("greet"),
});
for await (const _ of stream.textStream);
await ai.embed({ model: openai.embedding("text-embedding-3-small"), value: "Paris", experimental_telemetry: about("embed") });
try {
  await ai.generateText({
    model: openai.chat("gpt-4o-mini"),
    prompt: "Please refuse.",
    maxRetries: 0,
    experimental_telemetry: about("fail"),
  });
} catch (problem) {
  console.log(problem.name);
}
await provider.forceFlush();
await provider.shutdown();
