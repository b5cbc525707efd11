// Generation 5: prompts by every call of the client.
import { LangfuseClient } from "@langfuse/client";

const RUN = process.argv[2];
const NAME = `prompt-${RUN}`;
const FOLDER = `team/über ${RUN} 100%/🦊`;
const client = new LangfuseClient();
const fresh = { cacheTtlSeconds: 0 };
const show = ({ name, version, prompt, config, labels, tags, isFallback }) => ({
  name, version, prompt, config, labels, tags, isFallback,
});
const outcome = async (call) => {
  try {
    return (await call()) ?? null;
  } catch (error) {
    return { raised: error.name, status: error.statusCode ?? null };
  }
};

const created = await client.prompt.create({
  name: NAME, prompt: "Hello {{who}}", labels: ["production"], tags: ["greeting"], config: { n: 1 },
});
await client.prompt.create({ name: NAME, prompt: "Hi {{who}}!", labels: ["staging"] });
const before = (await client.prompt.get(NAME, fresh)).version;
await client.prompt.update({ name: NAME, version: 2, newLabels: ["production"] });
const now = await client.prompt.get(NAME, fresh);
await client.prompt.create({
  name: `${NAME}-chat`, type: "chat", labels: ["production"],
  prompt: [{ role: "system", content: "You are {{role}}" }, { type: "placeholder", name: "history" }],
});
const chat = await client.prompt.get(`${NAME}-chat`, { type: "chat", ...fresh });
await client.prompt.create({ name: FOLDER, prompt: "in a folder", labels: ["production"] });
const folder = await client.prompt.get(FOLDER, fresh);
const complain = console.error;
console.error = () => {}; // rightly, that the prompt is not there
const fallback = await client.prompt.get(`none-${RUN}`, { fallback: "fall back", maxRetries: 0, ...fresh });
console.error = complain;
const facts = {
  created: show(created),
  before,
  now: show(now),
  compiled: now.compile({ who: "Ann" }),
  chat: chat.compile({ role: "kind" }, { history: [{ role: "user", content: "before" }] }),
  folder: show(folder),
  fallback: show(fallback),
  listed: (await client.api.prompts.list({ name: NAME })).data,
  deletedVersion: await outcome(() => client.prompt.delete(NAME, { version: 1 })),
  left: (await client.api.prompts.list({ name: NAME })).data.map((row) => row.versions),
  deletedFolder: await outcome(() => client.prompt.delete(FOLDER)),
  gone: await outcome(() => client.api.prompts.get(FOLDER)),
};
console.log(JSON.stringify(facts));
