import { useParams } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { createKey, type CreatedKey as Key } from "@/api/projects";
import { TopBar } from "@/app/TopBar";
import { useGo } from "@/app/url";
import { accessOf } from "@/features/settings/access";
import { CreatedKey } from "@/features/settings/CreatedKey";
import { href } from "@/lib/href";
import { Button } from "@/ui/Button";
import { Permitted } from "@/ui/Permitted";
import { Link } from "@/ui/Link";
import { toast } from "@/ui/toasts";
import { useAlone } from "@/ui/useAlone";
import { useTitle } from "@/ui/useTitle";

import { MovingHint, SnippetTabs } from "./SnippetTabs";
import { Watch } from "./Watch";

/** `P/traces/setup`: from nothing to the first trace, and what went wrong on the way. */
export function SetupPage() {
  const { projectId = "" } = useParams({ strict: false });
  const [created, setCreated] = useState<Key | null>(null);
  const access = accessOf(created);
  useTitle("Send your first trace");
  return (
    <>
      <TopBar
        crumbs={[
          { label: "Traces", to: href.list({ projectId, level: "traces" }) },
          { label: "Send your first trace" },
        ]}
      />
      <main className="min-h-0 grow overflow-auto">
        <div className="mx-auto max-w-220 px-4 py-6">
          <section aria-labelledby="keys">
            <h2 id="keys" className="text-14 font-semibold">
              1. A pair of keys
            </h2>
            <Keys projectId={projectId} created={created} onCreated={setCreated} />
          </section>
          <section aria-labelledby="sending" className="mt-6 flex flex-col gap-3">
            <h2 id="sending" className="text-14 font-semibold">
              2. Send something
            </h2>
            <SnippetTabs access={access} />
            <MovingHint access={access} />
          </section>
          <Watch projectId={projectId} />
          <p className="mt-8 border-t border-line pt-3 text-12 text-text-3">
            Nothing arrives?{" "}
            <Link to={href.settings({ projectId, page: "ingestion" })} className="text-accent underline">
              The ingestion doctor
            </Link>{" "}
            shows the last 200 requests and the keys that were refused.
          </p>
        </div>
      </main>
    </>
  );
}

function Keys({
  projectId,
  created,
  onCreated,
}: {
  projectId: string;
  created: Key | null;
  onCreated: (key: Key) => void;
}) {
  const alone = useAlone();
  const [isBusy, setBusy] = useState(false);
  const make = async () => {
    setBusy(true);
    try {
      onCreated(await createKey(projectId, "Made on the page for the first trace"));
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error), "error");
    } finally {
      setBusy(false);
    }
  };
  if (created !== null) {
    return (
      <div className="mt-2">
        <CreatedKey created={created} access={accessOf(created)} />
      </div>
    );
  }
  return (
    <div className="mt-1 flex flex-wrap items-center gap-3">
      <p className="min-w-0 grow basis-80 text-text-2">
        Programs send with a public and a secret key. Make a pair here and the snippets below are complete; or put in
        one that you have.
      </p>
      <Permitted needs="admin">
        <Button kind="primary" size="large" aria-disabled={isBusy} onClick={() => void alone(make)}>
          Make a pair of keys
        </Button>
      </Permitted>
    </div>
  );
}

/** `P/setup` and `P/observations/new`: where older links lead. */
export function OldSetupPage() {
  const { projectId = "" } = useParams({ strict: false });
  const go = useGo();
  useEffect(() => go(href.setup({ projectId }), { replace: true }), [go, projectId]);
  return null;
}
