import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";

import { TopBar } from "@/app/TopBar";
import { useUrlState } from "@/app/url";
import { formatId } from "@/lib/formatters";
import { href } from "@/lib/href";
import { oneOf } from "@/lib/search";
import { useTitle } from "@/ui/useTitle";

import { TraceView } from "./TraceView";
import { traceQuery } from "./useTrace";

/** `P/traces/{traceId}`. An id that is no path segment comes as `?id=`. */
export function TracePage() {
  const { projectId = "", traceId = "" } = useParams({ strict: false });
  const { search } = useUrlState();
  const id = traceId === "-" ? (oneOf(search, "id") ?? traceId) : traceId;
  const { data } = useQuery({ ...traceQuery(projectId, id), enabled: false });
  const name = data?.name ?? null;
  useTitle(`Trace ${name ?? formatId(id)}`);
  return (
    <>
      <TopBar
        crumbs={[
          { label: "Traces", to: href.list({ projectId, level: "traces" }) },
          { label: <span title={id}>{name ?? formatId(id)}</span> },
        ]}
      />
      <main className="flex min-h-0 grow flex-col">
        <TraceView key={id} projectId={projectId} traceId={id} place="page" />
      </main>
    </>
  );
}
