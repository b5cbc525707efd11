/** From an id alone to what it names, over all projects that one may see. */
import { queryOptions } from "@tanstack/react-query";

import { fetchJson } from "./http";
import type { SchemaMatchesBody } from "./schema";

export type Match = SchemaMatchesBody["matches"][number];

export function resolveQuery(id: string) {
  return queryOptions({
    queryKey: ["resolved", id],
    staleTime: 10_000,
    queryFn: async ({ signal }) => (await fetchJson<SchemaMatchesBody>("/resolve", { query: { id }, signal })).matches,
  });
}
