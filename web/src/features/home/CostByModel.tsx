import { useQuery } from "@tanstack/react-query";

import { metricsQuery } from "@/api/metrics";
import { formatCost, formatCount, formatTokens } from "@/lib/formatters";
import { changeOf } from "@/models/chart/change";
import { exactTerm } from "@/models/chart/drill";
import { type Series, seriesId, sumSeries } from "@/models/chart/series";
import type { Span } from "@/models/chart/steps";
import { labelOf, summarise } from "@/models/chart/summary";
import { Figure } from "@/ui/charts/Figure";
import { Legend } from "@/ui/charts/Legend";
import { TimeChart } from "@/ui/charts/TimeChart";
import { TimeTable } from "@/ui/charts/TimeTable";
import { TopList } from "@/ui/charts/TopList";

import { type Board, listPath, spanOf } from "./board";
import { numberAt, textAt } from "./values";
import { useNear, Widget } from "./Widget";

const TITLE = "Cost by model";
const NO_MODEL = "(no model)";
const SHOWN = 8;
const money = (usd: number) => formatCost(String(usd));

/** What each model cost: over time, and in all. */
export function CostByModel({ board }: { board: Board }) {
  const near = useNear();
  const { span, label } = spanOf(board, "7d");
  const isAsked = near.isNear && span !== null;
  const asked = {
    projectId: board.projectId,
    view: "observations",
    metrics: ["sum totalCost", "sum totalTokens"],
    dimensions: ["providedModelName"],
    env: board.env,
    ...(span ?? { fromUs: 0, untilUs: 1 }),
  } as const;
  const overTime = useQuery({ ...metricsQuery({ ...asked, stepsIn: board.zone }), enabled: isAsked });
  const inAll = useQuery({
    ...metricsQuery({ ...asked, largest: "sum totalCost", previousPeriod: true, rowLimit: 1000 }),
    enabled: isAsked,
  });
  const models = (inAll.data?.rows ?? [])
    .map((row) => ({ name: textAt(row, 0), cost: numberAt(row, 0) ?? 0, tokens: numberAt(row, 1) ?? 0 }))
    .filter(({ cost, tokens }) => cost !== 0 || tokens > 0);
  const unpriced = useUnpriced(
    asked,
    models.filter(({ cost }) => cost === 0).map(({ name }) => name),
  );
  const total = models.reduce((sum, { cost }) => sum + cost, 0);
  const before = (inAll.data?.previous?.rows ?? []).reduce((sum, row) => sum + (numberAt(row, 0) ?? 0), 0);
  const series = overTime.data === undefined ? [] : sumSeries(overTime.data, 0).filter(({ total: cost }) => cost !== 0);
  const nameOf = (one: Series) => labelOf(one, NO_MODEL);
  const listOf = (at: Span, name: string | null) => listPath(board, "observations", at, [exactTerm("model", name)]);
  const pathOf = (at: Span, one: Series | null) =>
    one === null || one.others > 0 ? listPath(board, "observations", at, ["cost:>0"]) : listOf(at, one.name);
  const shown = { steps: overTime.data?.steps ?? [], series, labelOf: nameOf, format: money, pathOf };
  const summary = summarise(
    `${TITLE}, ${label}`,
    models.map(({ name, cost }) => ({ label: name ?? NO_MODEL, value: money(cost) })),
  );
  return (
    <Widget
      title={TITLE}
      note={label}
      near={near}
      readings={[overTime, inAll]}
      isEmpty={models.length === 0}
      nothing="No model was used in this time."
      isWide
      table={span !== null && <TimeTable {...shown} label={`${TITLE} over time`} asked={span} />}
    >
      {span !== null && (
        <div className="grid grid-cols-1 gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
          <div className="min-w-0">
            <Figure
              label="Cost"
              value={total}
              shown={money(total)}
              change={changeOf(total, before)}
              to={listPath(board, "observations", span, ["cost:>0"])}
            />
            <TimeChart
              {...shown}
              kind="bars"
              asked={span}
              nowUs={board.nowUs}
              summary={summary}
              colourOf={board.colourOf}
              onZoom={board.zoom}
            />
            <Legend series={series} colourOf={board.colourOf} labelOf={nameOf} />
          </div>
          <TopList
            label={`${TITLE}, the dearest first`}
            rows={models.slice(0, SHOWN).map(({ name, cost, tokens }) => ({
              id: seriesId(name),
              label: name ?? NO_MODEL,
              value: unpriced.has(name) ? null : cost,
              shown: unpriced.has(name) ? "no price" : money(cost),
              note: `${formatTokens(tokens)} tokens`,
              colour: board.colourOf(seriesId(name)),
              to: listOf(span, name),
            }))}
          />
          {models.length > SHOWN && (
            <p className="text-12 text-text-3">and {formatCount(models.length - SHOWN)} models more</p>
          )}
        </div>
      )}
    </Widget>
  );
}

/** Of models without any cost, those of which no price is known: that is not a cost of 0. */
function useUnpriced(
  asked: Parameters<typeof metricsQuery>[0],
  names: readonly (string | null)[],
): ReadonlySet<string | null> {
  const known = names.filter((name) => name !== null);
  const priced = useQuery({
    ...metricsQuery({
      ...asked,
      metrics: ["count totalCost"],
      filters: [{ column: "providedModelName", type: "stringOptions", operator: "any of", value: known }],
    }),
    enabled: known.length > 0,
  });
  const free = new Set((priced.data?.rows ?? []).filter((row) => numberAt(row, 0) !== 0).map((row) => textAt(row, 0)));
  return new Set(names.filter((name) => !free.has(name)));
}
