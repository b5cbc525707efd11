import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { type ReactNode, useCallback } from "react";

import { fetchModelUse, fetchUser, type ModelUse } from "@/api/users";
import { type Crumb, TopBar } from "@/app/TopBar";
import { formatCount, formatPercent } from "@/lib/formatters";
import { href } from "@/lib/href";
import type { DateRange } from "@/models/dateRange";
import { writeValue } from "@/models/query/terms";
import { Link } from "@/ui/Link";
import { EmptyState, ErrorState, ProgressBar, Skeleton } from "@/ui/states";
import { CostText, TokensText } from "@/ui/values";
import { useTitle } from "@/ui/useTitle";

import { EnvironmentPicker } from "../explorer/EnvironmentPicker";
import { RefreshButton } from "../explorer/RefreshButton";
import { TimeRangePicker } from "../explorer/TimeRangePicker";
import { TRACES } from "../explorer/traces";
import type { LevelLook } from "../explorer/levels";
import { chooseRange, useView, type View } from "../explorer/view";

export interface CostsPageProps {
  userId: string;
  fixed: string;
  crumbs: readonly Crumb[];
  pageTitle: string;
  above: (view: View) => ReactNode;
}

/** What a user's model calls cost, by model. */
export function CostsPage({ userId, fixed, crumbs, pageTitle, above }: CostsPageProps) {
  const { projectId = "" } = useParams({ strict: false });
  const view = useView(projectId, TRACES as LevelLook, { fixed });
  const { question, url, nowUs } = view;
  useTitle(pageTitle);
  const { env, fromUs, untilUs } = question;
  const found = useQuery({
    queryKey: ["modelUse", projectId, userId, env, fromUs, untilUs, nowUs],
    queryFn: async ({ signal }) => {
      const startUs = fromUs ?? (await fetchUser(projectId, userId, {}, env, signal))?.firstSeenUs;
      if (startUs === undefined) return [];
      return fetchModelUse(projectId, userId, { fromUs: startUs, untilUs: untilUs ?? nowUs }, env, signal);
    },
    placeholderData: (before) => before,
  });
  const choose = useCallback((range: DateRange) => chooseRange(projectId, url, range), [projectId, url]);
  return (
    <>
      <TopBar crumbs={crumbs}>
        <TimeRangePicker range={view.range} nowUs={nowUs} onChoose={choose} />
        <EnvironmentPicker question={question} onChoose={(chosen) => url.push({ env: [...chosen] })} />
        <RefreshButton asOfUs={nowUs} isLoading={found.isFetching} onRefresh={view.refresh} />
      </TopBar>
      <main className="relative flex min-h-0 grow flex-col overflow-y-auto">
        <ProgressBar isActive={found.isFetching && found.data !== undefined} />
        {above(view)}
        {found.data === undefined ? (
          found.error === null ? (
            <Skeleton className="m-3 h-24" />
          ) : (
            <ErrorState error={found.error} onRetry={() => void found.refetch()} />
          )
        ) : found.data.length === 0 ? (
          <EmptyState title="No model was called for this user in this time" />
        ) : (
          <Models uses={found.data} view={view} userId={userId} />
        )}
      </main>
    </>
  );
}

function Models({ uses, view, userId }: { uses: readonly ModelUse[]; view: View; userId: string }) {
  const { projectId, env } = view.question;
  const total = uses.reduce((sum, { cost }) => sum + (cost ?? 0), 0);
  const shareOf = (cost: number | null) => (total === 0 ? 0 : (cost ?? 0) / total);
  const rows = (model: string | null) =>
    href.list({
      projectId,
      level: "observations",
      search: {
        q: `user:${writeValue(userId)} type:(GENERATION OR EMBEDDING) ${model === null ? "-has:model" : `model:${writeValue(model)}`}`,
        env: [...env],
        dateRange: view.url.search["dateRange"],
      },
    });
  return (
    <div className="overflow-x-auto p-3">
      <table className="w-full max-w-240 text-13" data-testid="model-use">
        <thead>
          <tr className="border-b border-line text-left text-12 text-text-2">
            <th className="py-1.5 pr-4 font-medium">Model</th>
            <th className="py-1.5 pr-4 text-right font-medium">Calls</th>
            <th className="py-1.5 pr-4 text-right font-medium">Tokens</th>
            <th className="py-1.5 pr-4 text-right font-medium">Cost</th>
            <th className="w-1/3 py-1.5 font-medium">Share of the cost</th>
          </tr>
        </thead>
        <tbody>
          {uses.map(({ model, count, inputTokens, outputTokens, cost }) => (
            <tr key={model ?? ""} className="border-b border-line" data-testid="model-row">
              <td className="max-w-80 truncate py-1.5 pr-4 font-mono text-12" title={model ?? undefined}>
                {model ?? <span className="font-sans text-text-3 italic">no model was named</span>}
              </td>
              <td className="tabular py-1.5 pr-4 text-right">
                <Link to={rows(model)} className="hover:underline">
                  {formatCount(count)}
                </Link>
              </td>
              <td className="py-1.5 pr-4 text-right">
                <TokensText input={inputTokens} output={outputTokens} total={inputTokens + outputTokens} />
              </td>
              <td className="py-1.5 pr-4 text-right">
                <CostText amount={cost === null ? null : plain(cost)} />
              </td>
              <ShareCell share={cost === null ? null : shareOf(cost)} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A number as a decimal without an exponent, as amounts are written. */
const plain = (amount: number): string => amount.toFixed(12).replace(/\.?0+$/, "");

function ShareCell({ share }: { share: number | null }) {
  if (share === null) return <td className="py-1.5 text-text-3">—</td>;
  return (
    <td className="py-1.5">
      <span className="inline-block h-2 min-w-px rounded-full bg-accent/60" style={{ width: `${share * 70}%` }} />{" "}
      <span className="tabular text-12 text-text-2">{formatPercent(share)}</span>
    </td>
  );
}
