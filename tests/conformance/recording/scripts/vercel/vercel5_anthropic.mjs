// Vercel's AI SDK 5 with Anthropic's provider: an agent loop with a tool and caches, streamed and not.
//
// dialect: Vercel AI SDK 5 (Anthropic)
// environment: vercel5_anthropic
// libraries: ai @ai-sdk/anthropic

import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { createAnthropic } from "@ai-sdk/anthropic";
import * as ai from "ai";
import { z } from "zod";

const exporter = new OTLPTraceExporter({ url: process.env.MODELS_URL + "/v1/traces" });
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
provider.register();

const anthropic = createAnthropic({ baseURL: process.env.MODELS_URL + "/v1", apiKey: "sk-of-nobody" });
const asking = {
  model: anthropic("claude-sonnet-4-5"),
  system: "Be brief.",
  prompt: "What is the weather in Paris?",
  tools: {
    get_weather: ai.tool({
      description: "Weather of a city",
      inputSchema: z.object({ city: z.string() }),
      execute: async () => "18 degrees and sunny",
    }),
  },
  stopWhen: ai.stepCountIs(3),
};
const about = (functionId) => ({ isEnabled: true, functionId });

await ai.generateText({ ...asking, experimental_telemetry: about("ask") });
const stream = ai.streamText({ ...asking, experimental_telemetry: about("ask-streamed") });
for await (const _ of stream.textStream);
await provider.forceFlush();
await provider.shutdown();
