import { useQuery } from "@tanstack/react-query";

import { metricsQuery } from "@/api/metrics";
import { formatCount, formatScore } from "@/lib/formatters";
import { exactTerm } from "@/models/chart/drill";
import { gapSeries, seriesId } from "@/models/chart/series";
import type { Span } from "@/models/chart/steps";
import { labelOf, summarise } from "@/models/chart/summary";
import { TimeChart } from "@/ui/charts/TimeChart";
import { TimeTable } from "@/ui/charts/TimeTable";
import { Link } from "@/ui/Link";

import { type Board, listPath, spanOf } from "./board";
import { numberAt, textAt } from "./values";
import { useNear, Widget } from "./Widget";

const TITLE = "Evaluation trends";
const SHOWN = 12;
const NUMBERS = ["type:(NUMERIC OR BOOLEAN)"];

/** The mean of each score over time, and of how many values. */
export function EvaluationTrends({ board }: { board: Board }) {
  const near = useNear();
  const { span, label } = spanOf(board, "7d");
  const isAsked = near.isNear && span !== null;
  const asked = {
    projectId: board.projectId,
    view: "scores-numeric",
    metrics: ["avg value", "count count", "max value"],
    dimensions: ["name"],
    env: board.env,
    ...(span ?? { fromUs: 0, untilUs: 1 }),
  } as const;
  const overTime = useQuery({ ...metricsQuery({ ...asked, stepsIn: board.zone }), enabled: isAsked });
  const inAll = useQuery({ ...metricsQuery({ ...asked, largest: "count count", rowLimit: SHOWN }), enabled: isAsked });
  const rows = inAll.data?.rows ?? [];
  const all = overTime.data === undefined ? [] : gapSeries(overTime.data, 0);
  const pathOf = (name: string | null) => (at: Span) =>
    listPath(board, "scores", at, [...NUMBERS, exactTerm("name", name)]);
  const steps = overTime.data?.steps ?? [];
  return (
    <Widget
      title={TITLE}
      note={`mean by score name · ${label}`}
      near={near}
      readings={[overTime, inAll]}
      isEmpty={rows.length === 0}
      nothing="No scores with numbers in this time."
      isWide
      table={
        span !== null && (
          <TimeTable
            label={`${TITLE} over time`}
            steps={steps}
            series={all}
            asked={span}
            labelOf={labelOf}
            format={formatScore}
            pathOf={(at, one) => pathOf(one?.name ?? null)(at)}
          />
        )
      }
    >
      {span !== null && (
        <ul className="grid gap-x-6 gap-y-3 sm:grid-cols-2 xl:grid-cols-3">
          {rows.map((row) => {
            const name = textAt(row, 0);
            const mean = numberAt(row, 0);
            const count = numberAt(row, 1) ?? 0;
            const series = all.filter(({ id }) => id === seriesId(name));
            return (
              <li key={seriesId(name)} data-testid="score-trend" data-series={name ?? ""} className="min-w-0">
                <h3 className="flex items-baseline gap-2">
                  <Link
                    to={pathOf(name)(span)}
                    className="min-w-0 grow truncate font-medium hover:underline"
                    dir="auto"
                    title={name ?? ""}
                  >
                    {name ?? "(no name)"}
                  </Link>
                  <span className="tabular" data-value={mean ?? undefined}>
                    {mean === null ? "—" : formatScore(mean)}
                  </span>
                  <Link to={pathOf(name)(span)} className="tabular text-12 text-text-3 hover:underline">
                    n {formatCount(count)}
                  </Link>
                </h3>
                <TimeChart
                  kind="line"
                  steps={steps}
                  series={series}
                  asked={span}
                  nowUs={board.nowUs}
                  summary={summarise(`Mean of ${name ?? "scores without a name"}, ${label}`, [
                    { label: `of ${formatCount(count)}`, value: mean === null ? "unknown" : formatScore(mean) },
                  ])}
                  colourOf={() => "var(--accent)"}
                  labelOf={labelOf}
                  format={formatScore}
                  {...((numberAt(row, 2) ?? 2) <= 1 ? { most: 1 } : {})}
                  height={104}
                  pathOf={pathOf(name)}
                  onZoom={board.zoom}
                />
              </li>
            );
          })}
        </ul>
      )}
    </Widget>
  );
}
