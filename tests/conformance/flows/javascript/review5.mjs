// Generation 5: comments and annotation queues by the generated client.
import { LangfuseClient } from "@langfuse/client";
import { LangfuseSpanProcessor } from "@langfuse/otel";
import { propagateAttributes, startActiveObservation } from "@langfuse/tracing";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

const RUN = process.argv[2];
const REVIEWER = process.env.REVIEWER;
const processor = new LangfuseSpanProcessor();
new NodeTracerProvider({ spanProcessors: [processor] }).register();
const { api } = new LangfuseClient();

async function outcome(call) {
  try {
    return await call();
  } catch (error) {
    return { raised: error.name, status: error.statusCode ?? null, body: error.body ?? null };
  }
}

const root = await propagateAttributes({ sessionId: `session-${RUN}` }, () =>
  startActiveObservation("root", (span) => ({ traceId: span.traceId, id: span.id })),
);
await processor.forceFlush();
const [project] = (await api.projects.get()).data;

async function comment(objectType, objectId, more = {}) {
  const request = { projectId: project.id, objectType, objectId, content: `on ${RUN}`, ...more };
  return (await api.comments.create(request)).id;
}

const prompt = await api.prompts.create({ type: "text", name: `prompts/${RUN}`, prompt: "Sum up" });
const targets = { TRACE: root.traceId, OBSERVATION: root.id, SESSION: `session-${RUN}`, PROMPT: prompt.id };
const comments = {};
for (const [kind, id] of Object.entries(targets)) {
  comments[kind] = await api.comments.getById(await comment(kind, id));
}
const byReviewer = await api.comments.getById(await comment("TRACE", root.traceId, { authorUserId: REVIEWER }));
const listed = await api.comments.get({ objectType: "TRACE", objectId: root.traceId, limit: 1 });

const config = await api.scoreConfigs.create({ name: `quality-${RUN}`, dataType: "NUMERIC" });
const queues = api.annotationQueues;
const draft = { name: `queue-${RUN}`, description: "odd ones", scoreConfigIds: [config.id] };
const queue = await queues.createQueue(draft);
const item = await queues.createQueueItem(queue.id, { objectId: root.traceId, objectType: "TRACE" });
const pending = await queues.listQueueItems(queue.id, { status: "PENDING" });
const facts = {
  reviewer: REVIEWER,
  targets,
  comments,
  byReviewer,
  listed,
  noObject: await outcome(() => comment("TRACE", "none")),
  noAuthor: await outcome(() => comment("TRACE", root.traceId, { authorUserId: "nobody" })),
  configId: config.id,
  queue,
  found: await queues.getQueue(queue.id),
  names: (await queues.listQueues({ limit: 100 })).data.map((row) => row.name),
  nameTaken: await outcome(() => queues.createQueue(draft)),
  item,
  foundItem: await queues.getQueueItem(queue.id, item.id),
  pending,
  completed: await queues.updateQueueItem(queue.id, item.id, { status: "COMPLETED" }),
  stillPending: await queues.listQueueItems(queue.id, { status: "PENDING" }),
  deletion: await queues.deleteQueueItem(queue.id, item.id),
  deleted: await outcome(() => queues.getQueueItem(queue.id, item.id)),
  assigned: await queues.createQueueAssignment(queue.id, { userId: REVIEWER }),
  unassigned: await queues.deleteQueueAssignment(queue.id, { userId: REVIEWER }),
};
console.log(JSON.stringify(facts));
