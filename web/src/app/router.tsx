/** Every route of the app. Pages are loaded when they are first opened. */
import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";

import { basePath } from "@/lib/base";
import { parseSearch, printSearch, type SearchPatch } from "@/lib/search";

import { NotFound } from "./NotFound";
import { Root } from "./Root";
import { RouteError } from "./RouteError";
import { Shell } from "./Shell";

const root = createRootRouteWithContext<{ queries: QueryClient }>()({ component: Root });
const start = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: lazyRouteComponent(() => import("@/features/projects/StartPage"), "StartPage"),
});
const lastProject = createRoute({
  getParentRoute: () => root,
  path: "/project/~/$",
  component: lazyRouteComponent(() => import("@/features/projects/LastProjectPage"), "LastProjectPage"),
});
const account = createRoute({
  getParentRoute: () => root,
  path: "/account/settings",
  component: lazyRouteComponent(() => import("@/features/account/AccountPage"), "AccountPage"),
});
const AnyTrace = lazyRouteComponent(() => import("@/features/trace/AnyTracePage"), "AnyTracePage");
const anyTrace = createRoute({ getParentRoute: () => root, path: "/trace/$traceId", component: AnyTrace });
const oldPublicTrace = createRoute({
  getParentRoute: () => root,
  path: "/public/traces/$traceId",
  component: AnyTrace,
});
const project = createRoute({ getParentRoute: () => root, path: "/project/$projectId", component: Shell });
const home = createRoute({
  getParentRoute: () => project,
  path: "/",
  component: lazyRouteComponent(() => import("@/features/home/HomePage"), "HomePage"),
});
const traces = createRoute({
  getParentRoute: () => project,
  path: "/traces",
  component: lazyRouteComponent(() => import("@/features/explorer/pages"), "TracesPage"),
});
const observations = createRoute({
  getParentRoute: () => project,
  path: "/observations",
  component: lazyRouteComponent(() => import("@/features/explorer/pages"), "ObservationsPage"),
});
const generations = createRoute({
  getParentRoute: () => project,
  path: "/generations",
  component: lazyRouteComponent(() => import("@/features/explorer/pages"), "OldGenerationsPage"),
});
const sessions = createRoute({
  getParentRoute: () => project,
  path: "/sessions",
  component: lazyRouteComponent(() => import("@/features/explorer/pages"), "SessionsPage"),
});
const users = createRoute({
  getParentRoute: () => project,
  path: "/users",
  component: lazyRouteComponent(() => import("@/features/explorer/pages"), "UsersPage"),
});
const scores = createRoute({
  getParentRoute: () => project,
  path: "/scores",
  component: lazyRouteComponent(() => import("@/features/explorer/pages"), "ScoresPage"),
});
const Setup = lazyRouteComponent(() => import("@/features/onboarding/SetupPage"), "SetupPage");
const OldSetup = lazyRouteComponent(() => import("@/features/onboarding/SetupPage"), "OldSetupPage");
const setup = createRoute({ getParentRoute: () => project, path: "/traces/setup", component: Setup });
const oldSetups = ["/setup", "/observations/new"].map((path) =>
  createRoute({ getParentRoute: () => project, path, component: OldSetup }),
);
const Settings = lazyRouteComponent(() => import("@/features/settings/SettingsPage"), "SettingsPage");
const settings = ["/settings", "/settings/$page", "/settings/models/$modelId"].map((path) =>
  createRoute({ getParentRoute: () => project, path, component: Settings }),
);
const oldModels = createRoute({
  getParentRoute: () => project,
  path: "/models",
  component: lazyRouteComponent(() => import("@/features/settings/SettingsPage"), "OldModelsPage"),
});
const session = createRoute({
  getParentRoute: () => project,
  path: "/sessions/$sessionId",
  component: lazyRouteComponent(() => import("@/features/session/SessionPage"), "SessionPage"),
});
const user = createRoute({
  getParentRoute: () => project,
  path: "/users/$userId",
  component: lazyRouteComponent(() => import("@/features/user/UserPage"), "UserPage"),
});
const trace = createRoute({
  getParentRoute: () => project,
  path: "/traces/$traceId",
  component: lazyRouteComponent(() => import("@/features/trace/TracePage"), "TracePage"),
});
/** All components with their states, while the app is developed; what is shipped has no such page. */
const kit = import.meta.env.DEV
  ? [
      createRoute({
        getParentRoute: () => root,
        path: "/ui-kit",
        component: lazyRouteComponent(() => import("@/features/kit/KitPage"), "KitPage"),
      }),
    ]
  : [];

export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree: root.addChildren([
      start,
      account,
      ...kit,
      anyTrace,
      oldPublicTrace,
      lastProject,
      project.addChildren([
        home,
        traces,
        observations,
        generations,
        sessions,
        session,
        users,
        user,
        scores,
        setup,
        ...oldSetups,
        trace,
        ...settings,
        oldModels,
      ]),
    ]),
    context: { queries },
    basepath: basePath === "" ? "/" : basePath,
    parseSearch,
    stringifySearch: (search) => printSearch(search as SearchPatch),
    defaultNotFoundComponent: NotFound,
    defaultErrorComponent: RouteError,
    defaultPendingMs: 120,
    scrollRestoration: false, // each list restores its own, from its rows
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
