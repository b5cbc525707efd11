/** Requests to the server's lane for this app: same origin, with the cookie; whoever is not signed in is sent there. */
import { basePath } from "@/lib/base";
import { href, withBase } from "@/lib/href";
import { printSearch, type SearchPatch } from "@/lib/search";

import { ApiError, errorOf } from "./errors";

export interface RequestOptions {
  query?: SearchPatch;
  signal?: AbortSignal;
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Sent as JSON. */
  body?: unknown;
  /** Whoever is not signed in is told so, and stays: the page has something for them too. */
  isOpen?: boolean;
}

let csrf = "";

/** The token that unsafe requests carry; the session says it. */
export function setCsrf(token: string): void {
  csrf = token;
}

/** The address of a path of the lane. */
export function laneUrl(path: string, query: SearchPatch = {}): string {
  return `${basePath}/api/ui${path}${printSearch(query)}`;
}

/** The raw answer of `/api/ui` + path; raises `ApiError` for everything that is no success. */
export async function fetchRaw(path: string, options: RequestOptions = {}): Promise<Response> {
  const { query = {}, signal, method = "GET", body, isOpen = false } = options;
  const headers: Record<string, string> = {};
  if (method !== "GET") headers["X-Panope-Csrf"] = csrf;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let response: Response;
  try {
    response = await fetch(laneUrl(path, query), {
      method,
      headers,
      credentials: "same-origin",
      ...(signal === undefined ? {} : { signal }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, "unreachable", "The server cannot be reached. Check the connection, then try again.", null);
  }
  if (response.status === 401 && !isOpen) leaveToSignIn();
  if (!response.ok) throw await errorOf(response);
  return response;
}

/** The answer's JSON. */
export async function fetchJson<Body>(path: string, options: RequestOptions = {}): Promise<Body> {
  const response = await fetchRaw(path, options);
  return (await response.json()) as Body;
}

/** Sign in, and come back to this page. */
export function leaveToSignIn(): void {
  const { pathname, search, hash } = window.location;
  window.location.assign(withBase(href.signIn({ targetPath: `${pathname}${search}${hash}` })));
}
