/** What senders have to know of this server and of one pair of keys. */
import type { CreatedKey } from "@/api/projects";
import { useSession } from "@/api/session";
import { serverUrl } from "@/lib/href";
import type { Access } from "@/models/snippets/snippets";

/** With blanks in the place of keys until there is a pair. */
export function accessOf(created: CreatedKey | null): Access {
  return {
    baseUrl: serverUrl(),
    publicKey: created?.publicKey ?? "pk-lf-your-public-key",
    secretKey: created?.secretKey ?? "sk-lf-your-secret-key",
  };
}

export interface Rights {
  /** May change settings, keys and prices. */
  isAdmin: boolean;
  /** May work in the project. */
  isMember: boolean;
  /** Why not, for a tooltip. */
  why: string;
}

/** What somebody may do in a project, and what to say where they may not. */
export function useRights(projectId: string): Rights {
  const role = useSession().projects.find(({ id }) => id === projectId)?.role ?? "viewer";
  const isAdmin = role === "owner" || role === "admin";
  return {
    isAdmin,
    isMember: isAdmin || role === "member",
    why: `You are ${role === "admin" || role === "owner" ? "an" : "a"} ${role} here: an owner or admin can do this.`,
  };
}
