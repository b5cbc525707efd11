/** Who is signed in, and what they may see. */
import { queryOptions, useSuspenseQuery } from "@tanstack/react-query";

import { fetchJson, setCsrf } from "./http";
import type { SchemaSessionBody } from "./schema";

export type Session = SchemaSessionBody;
export type SessionProject = Session["projects"][number];

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  staleTime: 5 * 60_000,
  queryFn: async ({ signal }) => {
    const session = await fetchJson<Session>("/session", { signal });
    setCsrf(session.csrf);
    return session;
  },
});

export function useSession(): Session {
  return useSuspenseQuery(sessionQuery).data;
}

/** End the session, here and in every other tab. */
export async function signOut(): Promise<void> {
  await fetchJson<unknown>("/session", { method: "DELETE" }).catch(() => undefined);
}
