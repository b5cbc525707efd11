/** What senders have to know of this server and of one pair of keys. */
import type { CreatedKey } from "@/api/projects";
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
