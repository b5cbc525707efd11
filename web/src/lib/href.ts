/**
 * Every path of the app, built here and nowhere else. Paths are below the base path; `withBase` makes an address.
 *
 * Ids are whatever an SDK sent: each segment is encoded once, and the router decodes it once.
 */
import { basePath } from "./base";
import { printSearch, type SearchPatch } from "./search";

interface InProject {
  projectId: string;
}
interface Searching {
  search?: SearchPatch | undefined;
}

/** Last segments that mean a page of their own, and those that a browser would resolve: such ids go into `?id=`. */
const NOT_AN_ID = new Set(["", ".", "..", "setup", "new", "metrics", "analytics", "templates", "rules", "configs"]);

/** What has a list in the explorer's shape. */
export type ListLevel = "traces" | "observations" | "sessions" | "users" | "scores";

export const href = {
  root: () => "/",
  project: ({ projectId }: InProject) => `/project/${segment(projectId)}`,
  /** The address of a page of `~`, in a project. */
  inProject: ({ projectId, rest }: InProject & { rest: { pathname: string; search: string } }) =>
    `/project/${segment(projectId)}${rest.pathname.replace(/^.*?\/project\/~/, "")}${rest.search}`,
  /** How to send the first trace. */
  setup: ({ projectId }: InProject) => `/project/${segment(projectId)}/traces/setup`,
  list: ({ projectId, level, search = {} }: InProject & Searching & { level: ListLevel }) =>
    `/project/${segment(projectId)}/${level}${printSearch(search)}`,
  /** A trace's page, with a node selected when `observation` is given. */
  trace: ({
    projectId,
    traceId,
    search = {},
    observation,
  }: InProject & Searching & { traceId: string; observation?: string | undefined }) =>
    object(`/project/${segment(projectId)}/traces`, traceId, {
      ...search,
      ...(observation === undefined ? {} : { observation }),
    }),
  /** Finds the trace's project. */
  anyTrace: ({ traceId }: { traceId: string }) => object("/trace", traceId, {}),
  session: ({ projectId, sessionId }: InProject & { sessionId: string }) =>
    object(`/project/${segment(projectId)}/sessions`, sessionId, {}),
  user: ({ projectId, userId, search = {} }: InProject & Searching & { userId: string }) =>
    object(`/project/${segment(projectId)}/users`, userId, search),
  settings: ({ projectId, page, search = {} }: InProject & Searching & { page?: string | undefined }) =>
    `/project/${segment(projectId)}/settings${page === undefined ? "" : `/${segment(page)}`}${printSearch(search)}`,
  /** A price model's page; the id `new` is a page of its own. */
  priceModel: ({ projectId, modelId, search = {} }: InProject & Searching & { modelId: string }) =>
    object(`/project/${segment(projectId)}/settings/models`, modelId, search),
  account: () => "/account/settings",
  uiKit: () => "/ui-kit",
  /** The server's own page; leave the app to get there. */
  signIn: ({ targetPath }: { targetPath?: string }) => `/auth/sign-in${printSearch({ targetPath })}`,
  openApi: () => "/api/openapi.json",
} as const;

/** The address of a path of the app, or of the server, below the base path. */
export function withBase(path: string): string {
  return `${basePath}${path}`;
}

/** Where this server answers, as this browser sees it, without a slash at its end. */
export function serverUrl(): string {
  return new URL(withBase("/"), window.location.href).href.replace(/\/$/, "");
}

/** Is an address that of one trace? Such a page may be open to whoever is not signed in. */
export function isOfTrace(pathname: string): boolean {
  const path = pathname.startsWith(basePath) ? pathname.slice(basePath.length) : pathname;
  return /^\/(?:project\/[^/]+\/traces|trace|public\/traces)\/(?!setup\/?$)[^/]+\/?$/.test(path);
}

/** One segment of a path. */
export function segment(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function object(list: string, id: string, search: SearchPatch): string {
  if (NOT_AN_ID.has(id)) return `${list}/-${printSearch({ ...search, id })}`;
  return `${list}/${segment(id)}${printSearch(search)}`;
}
