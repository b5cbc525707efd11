import { useParams } from "@tanstack/react-router";
import { useEffect } from "react";

import { TopBar } from "@/app/TopBar";
import { useGo } from "@/app/url";
import { href } from "@/lib/href";
import { classes } from "@/ui/classes";
import { type Deferred, deferred } from "@/ui/deferred";
import { ErrorBoundary } from "@/ui/ErrorBoundary";
import { Link } from "@/ui/Link";
import { EmptyState, Skeleton } from "@/ui/states";
import { useTitle } from "@/ui/useTitle";

import { SETTINGS_PAGES, type SettingsSlug } from "./pages";

export interface SettingsPageProps {
  projectId: string;
}

const CONTENTS: Readonly<Record<SettingsSlug, Deferred<SettingsPageProps>>> = {
  general: deferred<SettingsPageProps>(async () => (await import("./GeneralPage")).GeneralPage),
  "api-keys": deferred<SettingsPageProps>(async () => (await import("./KeysPage")).KeysPage),
  models: deferred<SettingsPageProps>(async () => (await import("./models/ModelsPage")).ModelsPage),
  scores: deferred<SettingsPageProps>(async () => (await import("./scores/ScoreConfigsPage")).ScoreConfigsPage),
  storage: deferred<SettingsPageProps>(async () => (await import("./StoragePage")).StoragePage),
  ingestion: deferred<SettingsPageProps>(async () => (await import("./ingestion/IngestionPage")).IngestionPage),
};
const PAGES = SETTINGS_PAGES.map((one) => ({ ...one, Content: CONTENTS[one.slug] }));
const ModelPage = deferred<SettingsPageProps>(async () => (await import("./models/ModelPage")).ModelPage);
/** Slugs of links that are older, or shorter. */
const ALIASES: Readonly<Record<string, string>> = { index: "general", retention: "general" };

/** On a narrow screen the menu is one line that scrolls. */
function showCurrent(link: HTMLAnchorElement | null): void {
  link?.scrollIntoView({ block: "nearest", inline: "center" });
}

/** `P/settings/{page}`: what holds for the whole project, with a menu of its own. */
export function SettingsPage() {
  const { projectId = "", page: asked, modelId } = useParams({ strict: false }) as Partial<Record<string, string>>;
  const slug = modelId === undefined ? (ALIASES[asked ?? "index"] ?? asked ?? "general") : "models";
  const found = PAGES.find((one) => one.slug === slug);
  const Content = modelId === undefined ? found?.Content : ModelPage;
  const settings = href.settings({ projectId });
  useTitle(modelId === undefined ? `${found?.label ?? "Not found"} · Settings` : "Model · Settings");
  return (
    <>
      <TopBar
        crumbs={
          modelId === undefined
            ? [{ label: "Settings", to: settings }, { label: found?.label ?? "Not found" }]
            : [
                { label: "Settings", to: settings },
                { label: "Models and prices", to: href.settings({ projectId, page: "models" }) },
                { label: "Model" },
              ]
        }
      />
      <div className="flex min-h-0 grow flex-col lg:flex-row">
        <nav
          aria-label="Settings"
          className="flex shrink-0 gap-0.5 overflow-x-auto border-b border-line p-2 lg:w-48 lg:flex-col lg:border-r lg:border-b-0"
        >
          {PAGES.map(({ slug: other, label }) => (
            <Link
              key={other}
              to={href.settings({ projectId, page: other })}
              ref={other === slug ? showCurrent : null}
              aria-current={other === slug ? "page" : undefined}
              className={classes(
                "flex h-7 shrink-0 items-center rounded-sm px-2 whitespace-nowrap",
                other === slug ? "bg-selected font-medium" : "text-text-2 hover:bg-hover hover:text-text",
              )}
            >
              {label}
            </Link>
          ))}
        </nav>
        <main className="min-h-0 min-w-0 grow overflow-auto">
          <div className="mx-auto max-w-260 px-4 py-5">
            <ErrorBoundary key={`${slug} ${modelId ?? ""}`}>
              {Content === undefined ? (
                <EmptyState title="There is no such page among the settings" />
              ) : (
                <Content projectId={projectId} fallback={<Skeleton className="h-6 w-60" />} />
              )}
            </ErrorBoundary>
          </div>
        </main>
      </div>
    </>
  );
}

/** `P/models`: where older links lead. */
export function OldModelsPage() {
  const { projectId = "" } = useParams({ strict: false });
  const go = useGo();
  useEffect(() => go(href.settings({ projectId, page: "models" }), { replace: true }), [go, projectId]);
  return null;
}
