// Score configs by generations 5 and 3 of the JavaScript SDK.
import { LangfuseClient } from "@langfuse/client";
import { Langfuse } from "langfuse";

const RUN = process.argv[2];
const TRACE = `judged-${RUN}`;
const langfuse = new LangfuseClient();
const langfuse3 = new Langfuse({ baseUrl: process.env.LANGFUSE_BASE_URL });
const api = langfuse.api;
console.error = () => {}; // both generations log what of a batch was refused

async function outcome(call) {
  try {
    return await call();
  } catch (error) {
    return { raised: error.name, status: error.statusCode ?? null };
  }
}

const made = await api.scoreConfigs.create({ name: `accuracy-${RUN}`, dataType: "NUMERIC", minValue: 0, maxValue: 1 });
const mood = await api.scoreConfigs.create({
  name: `mood-${RUN}`,
  dataType: "CATEGORICAL",
  categories: [
    { label: "good", value: 2 },
    { label: "bad", value: -1 },
  ],
});
const score = (id, value, configId = made.id) => ({ id: `${id}-${RUN}`, traceId: TRACE, name: "any", value, configId });
langfuse.score.create(score("kept", 0.5));
langfuse.score.create(score("broken", 7));
langfuse.score.create({ ...score("beside", 1), configId: undefined });
await langfuse.flush();
langfuse3.score(score("kept3", 0.25));
langfuse3.score(score("broken3", "good"));
await langfuse3.flushAsync();
const refused = await outcome(() => api.legacy.scoreV1.create(score("posted", 7)));
const changed = await api.scoreConfigs.update(made.id, { isArchived: true, maxValue: null });
const facts = {
  made,
  mood,
  changed,
  refused,
  listed: (await api.scoreConfigs.get({ limit: 100 })).data.map((config) => config.id),
  found: await api.scoreConfigs.getById(made.id),
  found3: (await langfuse3.api.scoreConfigsGetById(made.id)),
  scores: (await api.scores.getMany({ traceId: TRACE })).data,
  feedback: await api.feedback.submit({ targetType: "docs", target: "scores", feedback: "clear" }),
};
console.log(JSON.stringify(facts));
