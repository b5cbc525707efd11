// Generations 4 and 5: one trace, and the link that the SDK gives to it.
import { LangfuseClient } from "@langfuse/client";
import { LangfuseSpanProcessor } from "@langfuse/otel";
import { startObservation } from "@langfuse/tracing";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

const processor = new LangfuseSpanProcessor();
const provider = new NodeTracerProvider({ spanProcessors: [processor] });
provider.register();
const root = startObservation(`linked-${process.argv[2]}`);
root.end();
await provider.shutdown();
console.log(JSON.stringify({ id: root.traceId, trace_url: await new LangfuseClient().getTraceUrl(root.traceId) }));
