// Generation 5: media that the span processor finds in attributes, sent twice, and resolved again.
import { LangfuseClient } from "@langfuse/client";
import { LangfuseMedia } from "@langfuse/core";
import { LangfuseSpanProcessor } from "@langfuse/otel";
import { startObservation } from "@langfuse/tracing";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

const RUN = process.argv[2];
const uri = (type, content) => `data:${type};base64,${Buffer.from(content).toString("base64")}`;
const CONTENTS = {
  image: uri("image/png", `\x89PNG ${RUN} ${"x".repeat(300_000)}`),
  sound: uri("audio/wav", `RIFF WAVE ${RUN}`),
  document: uri("application/pdf", `%PDF-1.4 ${RUN}`),
};

const processor = new LangfuseSpanProcessor();
const provider = new NodeTracerProvider({ spanProcessors: [processor] });
provider.register();
const langfuse = new LangfuseClient();

async function send(name) {
  const span = startObservation(`${name}-${RUN}`, { input: CONTENTS });
  span.end();
  await processor.forceFlush();
  return (await langfuse.api.trace.get(span.traceId)).observations[0].input;
}

const stored = await send("first");
const again = await send("second");
const resolved = await langfuse.resolveMediaReferences({ obj: stored, resolveWith: "base64DataUri" });
const image = new LangfuseMedia({ source: "base64_data_uri", base64DataUri: CONTENTS.image });
const announced = await langfuse.api.media.getUploadUrl({
  traceId: "trace",
  field: "input",
  contentType: "image/png",
  contentLength: image.contentLength,
  sha256Hash: await image.getSha256Hash(),
});
const facts = {
  stored,
  again,
  media: await langfuse.fetchMedia(await image.getId()),
  is_equal: Object.fromEntries(Object.keys(CONTENTS).map((name) => [name, resolved[name] === CONTENTS[name]])),
  announced_again: announced,
};
console.log(JSON.stringify(facts));
await provider.shutdown();
