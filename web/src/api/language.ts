/** What a query may name: told by the server, so that nothing is written down twice. */
import { queryOptions } from "@tanstack/react-query";

import { fetchJson } from "./http";
import type { SchemaQueryLanguageBody } from "./schema";

export const languageQuery = queryOptions({
  queryKey: ["query-language"],
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: ({ signal }) => fetchJson<SchemaQueryLanguageBody>("/query-language", { signal }),
});
