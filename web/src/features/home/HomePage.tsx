import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useEffect, useMemo } from "react";

import { countQuery, type Facet, facetQuery, type Question } from "@/api/explorer";
import { TopBar } from "@/app/TopBar";
import { useGo } from "@/app/url";
import { EnvironmentPicker } from "@/features/explorer/EnvironmentPicker";
import { RefreshButton } from "@/features/explorer/RefreshButton";
import { TimeRangePicker } from "@/features/explorer/TimeRangePicker";
import { href } from "@/lib/href";
import { boundsOf, printRange } from "@/models/dateRange";

import { useBoard } from "./board";
import { CostByModel } from "./CostByModel";
import { EvaluationTrends } from "./EvaluationTrends";
import { LatencyByName } from "./LatencyByName";
import { RecentErrors } from "./RecentErrors";
import { TokenThroughput } from "./TokenThroughput";
import { DearestTraces, SlowestTraces } from "./TopTraces";
import { TracesByAgent } from "./TracesByAgent";
import { TracesOverTime } from "./TracesOverTime";

const TITLE = "LLM operations";
const WEEK_US = 7 * 86_400_000_000;

/** A project's home: how its applications do. */
export function HomePage() {
  const { projectId = "" } = useParams({ strict: false });
  return <Home key={projectId} projectId={projectId} />;
}

function Home({ projectId }: { projectId: string }) {
  const board = useBoard(projectId);
  const { env, range, nowUs, url } = board;
  const asked = useMemo<Question>(
    () => ({
      projectId,
      level: "traces",
      q: "",
      env,
      ...(range === null ? { fromUs: nowUs - WEEK_US } : boundsOf(range, nowUs)),
    }),
    [projectId, env, range, nowUs],
  );
  useFirstSteps(projectId);
  useEffect(() => {
    document.title = `${TITLE} · panope`;
  }, []);
  return (
    <>
      <TopBar crumbs={[{ label: TITLE }]}>
        <TimeRangePicker
          range={range}
          nowUs={nowUs}
          onChoose={(chosen) => url.push({ dateRange: printRange(chosen) })}
          onReset={() => url.push({ dateRange: undefined })}
        />
        <EnvironmentPicker question={asked} onChoose={(chosen) => url.push({ env: [...chosen] })} />
        <RefreshButton asOfUs={nowUs} isLoading={false} onRefresh={board.refresh} />
      </TopBar>
      <main className="min-h-0 grow overflow-auto bg-panel p-3">
        <div className="mx-auto grid max-w-[1600px] grid-cols-1 gap-3 lg:grid-cols-2">
          <CostByModel board={board} />
          <TracesOverTime board={board} />
          <TokenThroughput board={board} />
          <LatencyByName board={board} />
          <TracesByAgent board={board} />
          <EvaluationTrends board={board} />
          <SlowestTraces board={board} />
          <DearestTraces board={board} />
          <RecentErrors board={board} />
        </div>
      </main>
    </>
  );
}

/** A project without any trace leads to how to send the first one. */
function useFirstSteps(projectId: string): void {
  const go = useGo();
  const question = { projectId, level: "traces", q: "", env: [] } as const;
  const ever = useQuery({ ...countQuery(question), staleTime: 0 });
  const isQuiet = ever.isFetchedAfterMount && ever.data?.count === 0;
  // The count leaves out internal environments, the values of their facet do not.
  const places = useQuery({ ...facetQuery(question, "env"), enabled: isQuiet, staleTime: 0 });
  const isEmpty = isQuiet && places.isFetchedAfterMount && hasNoValues(places.data);
  useEffect(() => {
    if (isEmpty) go(href.setup({ projectId }), { replace: true });
  }, [isEmpty, go, projectId]);
}

function hasNoValues(facet: Facet | undefined): boolean {
  return facet?.kind === "values" && facet.values.length === 0;
}
