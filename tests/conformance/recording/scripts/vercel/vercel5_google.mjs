// Vercel's AI SDK 5 with Google's provider: an agent loop with a tool, caches and thoughts.
//
// dialect: Vercel AI SDK 5 (Google)
// environment: vercel5_google
// libraries: ai @ai-sdk/google

import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import * as ai from "ai";
import { z } from "zod";

const exporter = new OTLPTraceExporter({ url: process.env.MODELS_URL + "/v1/traces" });
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
provider.register();

const google = createGoogleGenerativeAI({ baseURL: process.env.MODELS_URL + "/v1beta", apiKey: "sk-of-nobody" });
const asking = {
  model: google("gemini-2.5-flash"),
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
await provider.forceFlush();
await provider.shutdown();
