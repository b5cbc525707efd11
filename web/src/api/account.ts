/** One's own account. */
import { segment } from "@/lib/href";

import { fetchJson, fetchRaw } from "./http";
import type { SchemaAccountBody, SchemaUserSessionBody, SchemaUserSessionsBody } from "./schema";

export type Account = SchemaAccountBody;
export type SignedInBrowser = SchemaUserSessionBody;

const get = <Body>(path: string, signal?: AbortSignal) => fetchJson<Body>(path, signal === undefined ? {} : { signal });

export const fetchAccount = (signal?: AbortSignal) => get<Account>("/account", signal);

export const renameAccount = (name: string | null) =>
  fetchJson<Account>("/account", { method: "PATCH", body: { name } });

export async function changePassword(currentPassword: string, newPassword: string): Promise<void> {
  await fetchRaw("/account/password", { method: "POST", body: { currentPassword, newPassword } });
}

export const fetchBrowsers = (signal?: AbortSignal) => get<SchemaUserSessionsBody>("/account/sessions", signal);

export async function endBrowser(id: string): Promise<void> {
  await fetchRaw(`/account/sessions/${segment(id)}`, { method: "DELETE" });
}
