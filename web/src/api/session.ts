/** Who is signed in, and what they may see. */
import { queryOptions, useSuspenseQuery } from "@tanstack/react-query";

import { fetchJson, setCsrf } from "./http";

export type Role = "owner" | "admin" | "member" | "viewer";

export interface SessionProject {
  id: string;
  name: string;
  organizationId: string;
  organizationName: string;
  role: Role;
}

export interface Session {
  user: { id: string; email: string; name: string | null };
  projects: SessionProject[];
  csrf: string;
  version: string;
}

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
