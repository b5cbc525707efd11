/** Who is signed in, and what they may see. */
import { queryOptions, useSuspenseQuery } from "@tanstack/react-query";

import { isOfTrace } from "@/lib/href";

import { ApiError } from "./errors";
import { fetchJson, setCsrf } from "./http";
import type { SchemaSessionBody } from "./schema";

export type Session = SchemaSessionBody;
export type SessionProject = Session["projects"][number];

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  staleTime: 5 * 60_000,
  queryFn: async ({ signal }) => {
    const isOpen = isOfTrace(window.location.pathname); // it may be public
    try {
      const session = await fetchJson<Session>("/session", { signal, isOpen });
      setCsrf(session.csrf);
      return session;
    } catch (error) {
      if (isOpen && error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  },
});

/** Who is signed in; null on the page of a trace, which may be public. */
export function useVisitorOrSession(): Session | null {
  return useSuspenseQuery(sessionQuery).data;
}

export function useSession(): Session {
  const session = useVisitorOrSession();
  if (session === null) throw new Error("Nobody is signed in");
  return session;
}

/** End the session, here and in every other tab; raises when it goes on. */
export async function signOut(): Promise<void> {
  try {
    await fetchJson<unknown>("/session", { method: "DELETE", isOpen: true });
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 401)) throw error; // else it was over already
  }
}
