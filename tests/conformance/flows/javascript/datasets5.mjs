// Generation 5: datasets and items through the generated client, read back by its helper.
import { LangfuseClient } from "@langfuse/client";

const RUN = process.argv[2];
const NAME = `folder/data set % ${RUN}`;
const { api, dataset: datasets } = new LangfuseClient();

async function outcome(call) {
  try {
    return await call();
  } catch (error) {
    return { status: error.statusCode, body: error.body };
  }
}

const dataset = await api.datasets.create({ name: NAME, description: "capitals", metadata: { v: 1 } });
const first = await api.datasetItems.create({
  datasetName: NAME,
  input: { q: "France" },
  expectedOutput: { a: "Paris" },
  metadata: { n: 1 },
});
const second = await api.datasetItems.create({ datasetName: NAME, id: `item-${RUN}`, input: "Spain" });
const both = await datasets.get(NAME, { fetchItemsPageSize: 1 });
await api.datasetItems.create({ datasetName: NAME, id: second.id, status: "ARCHIVED" });
const archived = await api.datasetItems.get(second.id);
const without = await datasets.get(NAME);
const facts = {
  dataset,
  first,
  archived,
  both: both.items.map((item) => item.id),
  ids: [second.id, first.id],
  without: without.items.map((item) => item.id),
  noDataset: await outcome(() => datasets.get(`none-${RUN}`)),
  deleted: await api.datasetItems.delete(first.id),
};
console.log(JSON.stringify(facts));
