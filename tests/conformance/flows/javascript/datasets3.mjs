// Generation 3: datasets and items by the client's own helpers; it makes datasets over the first version of the API.
import { Langfuse } from "langfuse";

const RUN = process.argv[2];
const NAME = `folder/data set % ${RUN}`;
const langfuse = new Langfuse();

const dataset = await langfuse.createDataset({ name: NAME, description: "capitals", metadata: { v: 1 } });
const first = await langfuse.createDatasetItem({
  datasetName: NAME,
  input: { q: "France" },
  expectedOutput: { a: "Paris" },
  metadata: { n: 1 },
});
const second = await langfuse.createDatasetItem({ datasetName: NAME, id: `item-${RUN}`, input: "Spain" });
const both = await langfuse.getDataset(NAME, { fetchItemsPageSize: 1 });
await langfuse.createDatasetItem({ datasetName: NAME, id: second.id, status: "ARCHIVED" });
const archived = await langfuse.getDatasetItem(second.id);
const without = await langfuse.getDataset(NAME);
const facts = {
  dataset,
  first,
  archived,
  both: both.items.map((item) => item.id),
  ids: [second.id, first.id],
  without: without.items.map((item) => item.id),
};
await langfuse.shutdownAsync();
console.log(JSON.stringify(facts));
