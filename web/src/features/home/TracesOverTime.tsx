import { useQuery } from "@tanstack/react-query";

import { metricsQuery } from "@/api/metrics";
import { formatCount, formatPercent } from "@/lib/formatters";
import { changeOf } from "@/models/chart/change";
import { gapSeries, metricSeries, type Series } from "@/models/chart/series";
import type { Span } from "@/models/chart/steps";
import { labelOf, summarise } from "@/models/chart/summary";
import { Figure } from "@/ui/charts/Figure";
import { Legend } from "@/ui/charts/Legend";
import { TimeChart } from "@/ui/charts/TimeChart";
import { TimeTable } from "@/ui/charts/TimeTable";

import { type Board, listPath, spanOf } from "./board";
import { numberAt } from "./values";
import { useNear, Widget } from "./Widget";

const TITLE = "Traces and errors";
const FINE = "without errors";
const FAILED = "with errors";
const TERMS: Readonly<Record<string, string>> = { [FINE]: "-level:ERROR", [FAILED]: "level:ERROR" };
const HUES: Readonly<Record<string, string>> = { [`of:${FINE}`]: "var(--accent)", [`of:${FAILED}`]: "var(--danger)" };

/** How many traces there were, and how many of them failed. */
export function TracesOverTime({ board }: { board: Board }) {
  const near = useNear();
  const { span, label } = spanOf(board, "1d");
  const isAsked = near.isNear && span !== null;
  const asked = {
    projectId: board.projectId,
    view: "traces",
    metrics: ["count count", "sum errors", "avg errors"],
    env: board.env,
    ...(span ?? { fromUs: 0, untilUs: 1 }),
  } as const;
  const overTime = useQuery({ ...metricsQuery({ ...asked, stepsIn: board.zone }), enabled: isAsked });
  const inAll = useQuery({ ...metricsQuery({ ...asked, previousPeriod: true }), enabled: isAsked });
  const [now, before] = [inAll.data?.rows[0], inAll.data?.previous?.rows[0]];
  const count = numberAt(now, 0) ?? 0;
  const rate = numberAt(now, 2);
  const series = overTime.data === undefined ? [] : split(metricSeries(overTime.data, [FINE, FAILED]));
  const rates =
    overTime.data === undefined ? [] : gapSeries(overTime.data, 2).map((one) => ({ ...one, name: "error rate" }));
  const pathOf = (at: Span, one: Series | null) => {
    const term = TERMS[one?.name ?? ""];
    return listPath(board, "traces", at, term === undefined ? [] : [term]);
  };
  const failedOf = (at: Span) => listPath(board, "traces", at, ["level:ERROR"]);
  const steps = overTime.data?.steps ?? [];
  const shared = { steps, labelOf, nowUs: board.nowUs, onZoom: board.zoom };
  const errors = numberAt(now, 1) ?? 0;
  const summary = summarise(`${TITLE}, ${label}`, [
    { label: "traces", value: formatCount(count) },
    { label: FAILED, value: formatCount(errors) },
  ]);
  return (
    <Widget
      title={TITLE}
      note={label}
      near={near}
      readings={[overTime, inAll]}
      isEmpty={count === 0}
      nothing="No traces in this time."
      table={
        span !== null && (
          <TimeTable
            {...shared}
            label={`${TITLE} over time`}
            series={series}
            asked={span}
            format={formatCount}
            pathOf={pathOf}
          />
        )
      }
    >
      {span !== null && (
        <>
          <div className="flex flex-wrap gap-x-6 gap-y-1">
            <Figure
              label="Traces"
              value={count}
              shown={formatCount(count)}
              change={changeOf(count, numberAt(before, 0))}
              to={listPath(board, "traces", span)}
            />
            <Figure label="With errors" value={errors} shown={formatCount(errors)} to={failedOf(span)} />
            <Figure
              label="Error rate"
              value={rate}
              shown={rate === null ? "—" : formatPercent(rate)}
              change={changeOf(rate, numberAt(before, 2))}
              to={failedOf(span)}
            />
          </div>
          <TimeChart
            {...shared}
            kind="bars"
            series={series}
            asked={span}
            summary={summary}
            colourOf={(id) => HUES[id] ?? "var(--accent)"}
            format={formatCount}
            isWhole
            pathOf={pathOf}
          />
          <Legend series={series} colourOf={(id) => HUES[id] ?? "var(--accent)"} labelOf={labelOf} />
          <h3 className="pt-2 text-12 text-text-2">Error rate</h3>
          <TimeChart
            {...shared}
            kind="line"
            series={rates}
            asked={span}
            summary={`Error rate over time, ${rate === null ? "unknown" : formatPercent(rate)} in all.`}
            colourOf={() => "var(--danger)"}
            format={formatPercent}
            height={88}
            pathOf={failedOf}
          />
        </>
      )}
    </Widget>
  );
}

/** Traces without errors instead of all of them, so that the two add up. */
function split([all, failed]: readonly Series[]): Series[] {
  if (all === undefined || failed === undefined) return [];
  const values = all.values.map((value, at) => (value ?? 0) - (failed.values[at] ?? 0));
  return [{ ...all, values, total: all.total - failed.total }, failed];
}
