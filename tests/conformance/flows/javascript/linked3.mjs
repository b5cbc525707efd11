// Generation 3: one trace, and the link that the SDK gives to it.
import { Langfuse } from "langfuse";

const langfuse = new Langfuse();
const trace = langfuse.trace({ name: `linked-${process.argv[2]}` });
trace.span({ name: "step" }).end();
await langfuse.shutdownAsync();
console.log(JSON.stringify({ id: trace.id, trace_url: trace.getTraceUrl() }));
