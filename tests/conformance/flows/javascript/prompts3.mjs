// Generation 3: prompts by every call of the client.
import { Langfuse } from "langfuse";

const RUN = process.argv[2];
const NAME = `prompt-${RUN}`;
const FOLDER = `team/über ${RUN} 100%/🦊`;
const langfuse = new Langfuse();
const fresh = { cacheTtlSeconds: 0 };
const show = ({ name, version, prompt, config, labels, tags, isFallback }) => ({
  name, version, prompt, config, labels, tags, isFallback,
});

const created = await langfuse.createPrompt({
  name: NAME, prompt: "Hello {{who}}", labels: ["production"], tags: ["greeting"], config: { n: 1 },
});
await langfuse.createPrompt({ name: NAME, prompt: "Hi {{who}}!", labels: ["staging"] });
const before = (await langfuse.getPrompt(NAME, undefined, fresh)).version;
await langfuse.updatePrompt({ name: NAME, version: 2, newLabels: ["production"] });
const now = await langfuse.getPrompt(NAME, undefined, fresh);
await langfuse.createPrompt({
  name: `${NAME}-chat`, type: "chat", labels: ["production"],
  prompt: [{ role: "system", content: "You are {{role}}" }, { type: "placeholder", name: "history" }],
});
const chat = await langfuse.getPrompt(`${NAME}-chat`, undefined, { type: "chat", ...fresh });
await langfuse.createPrompt({ name: FOLDER, prompt: "in a folder", labels: ["production"] });
const folder = await langfuse.getPrompt(FOLDER, undefined, fresh);
const generation = langfuse.trace({ name: "linked" }).generation({ name: "linked", prompt: now, model: "gpt-4o" });
generation.end();
await langfuse.shutdownAsync();
const { data } = await langfuse.fetchObservation(generation.id);
const facts = {
  created: show(created),
  before,
  now: show(now),
  byVersion: (await langfuse.getPrompt(NAME, 1, fresh)).prompt,
  byLabel: (await langfuse.getPrompt(NAME, undefined, { label: "latest", ...fresh })).version,
  compiled: now.compile({ who: "Ann" }),
  chat: chat.compile({ role: "kind" }, { history: [{ role: "user", content: "before" }] }),
  folder: show(folder),
  linked: { promptName: data.promptName, promptVersion: data.promptVersion, hasId: Boolean(data.promptId) },
};
console.log(JSON.stringify(facts));
