import { useQuery } from "@tanstack/react-query";

import { metricsQuery } from "@/api/metrics";
import { formatTokens } from "@/lib/formatters";
import { changeOf } from "@/models/chart/change";
import { metricSeries, type Series } from "@/models/chart/series";
import type { Span } from "@/models/chart/steps";
import { labelOf, summarise } from "@/models/chart/summary";
import { Figure } from "@/ui/charts/Figure";
import { Legend } from "@/ui/charts/Legend";
import { TimeChart } from "@/ui/charts/TimeChart";
import { TimeTable } from "@/ui/charts/TimeTable";

import { type Board, listPath, spanOf } from "./board";
import { numberAt } from "./values";
import { useNear, Widget } from "./Widget";

const TITLE = "Tokens";
const NAMES = ["input", "output"] as const;
const HUES: Readonly<Record<string, string>> = { "of:input": "var(--chart-1)", "of:output": "var(--chart-2)" };
const colourOf = (id: string) => HUES[id] ?? "var(--accent)";
const MINUTE_US = 60_000_000;

/** How many tokens went in and came out. */
export function TokenThroughput({ board }: { board: Board }) {
  const near = useNear();
  const { span, label } = spanOf(board, "1d");
  const isAsked = near.isNear && span !== null;
  const asked = {
    projectId: board.projectId,
    view: "observations",
    metrics: ["sum inputTokens", "sum outputTokens"],
    env: board.env,
    ...(span ?? { fromUs: 0, untilUs: 1 }),
  } as const;
  const overTime = useQuery({ ...metricsQuery({ ...asked, stepsIn: board.zone }), enabled: isAsked });
  const inAll = useQuery({ ...metricsQuery({ ...asked, previousPeriod: true }), enabled: isAsked });
  const [now, before] = [inAll.data?.rows[0], inAll.data?.previous?.rows[0]];
  const sums = NAMES.map((_, at) => numberAt(now, at) ?? 0);
  const total = sums.reduce((sum, value) => sum + value, 0);
  const series = overTime.data === undefined ? [] : metricSeries(overTime.data, NAMES);
  const pathOf = (at: Span, one: Series | null) =>
    listPath(board, "observations", at, [one === null ? "tokens:>0" : `tokens.${one.name}:>0`]);
  const shown = { steps: overTime.data?.steps ?? [], series, labelOf, format: formatTokens, pathOf };
  const summary = summarise(
    `${TITLE}, ${label}`,
    NAMES.map((name, at) => ({ label: name, value: formatTokens(sums[at] ?? 0) })),
  );
  return (
    <Widget
      title={TITLE}
      note={label}
      near={near}
      readings={[overTime, inAll]}
      isEmpty={total === 0}
      nothing="No tokens in this time."
      table={span !== null && <TimeTable {...shown} label={`${TITLE} over time`} asked={span} />}
    >
      {span !== null && (
        <>
          <div className="flex flex-wrap gap-x-6 gap-y-1">
            {NAMES.map((name, at) => (
              <Figure
                key={name}
                label={`${name === "input" ? "Input" : "Output"} tokens`}
                value={sums[at] ?? 0}
                shown={formatTokens(sums[at] ?? 0)}
                change={changeOf(sums[at] ?? 0, numberAt(before, at))}
                to={listPath(board, "observations", span, [`tokens.${name}:>0`])}
              />
            ))}
            <Figure
              label="Tokens a minute"
              value={total / ((span.untilUs - span.fromUs) / MINUTE_US)}
              shown={formatTokens(total / ((span.untilUs - span.fromUs) / MINUTE_US))}
              values={series[0]?.values.map((value, at) => (value ?? 0) + (series[1]?.values[at] ?? 0)) ?? []}
              to={listPath(board, "observations", span, ["tokens:>0"])}
            />
          </div>
          <TimeChart
            {...shown}
            kind="area"
            asked={span}
            nowUs={board.nowUs}
            summary={summary}
            colourOf={colourOf}
            isWhole
            height={280}
            onZoom={board.zoom}
          />
          <Legend series={series} colourOf={colourOf} labelOf={labelOf} />
        </>
      )}
    </Widget>
  );
}
