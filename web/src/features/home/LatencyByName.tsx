import { useQuery } from "@tanstack/react-query";

import { metricsQuery } from "@/api/metrics";
import { formatCount, formatDuration } from "@/lib/formatters";
import { exactTerm } from "@/models/chart/drill";
import { seriesId } from "@/models/chart/series";
import { Link } from "@/ui/Link";

import { type Board, listPath, spanOf } from "./board";
import { numberAt, textAt } from "./values";
import { useNear, Widget } from "./Widget";

const TITLE = "Latency by trace name";
const SHOWN = 10;
const QUANTILES = ["p50", "p95", "p99"] as const;
const US_PER_MS = 1000;

/** How long traces take, by their name: half, 95 and 99 of a hundred took no longer. */
export function LatencyByName({ board }: { board: Board }) {
  const near = useNear();
  const { span, label } = spanOf(board, "1d");
  const found = useQuery({
    ...metricsQuery({
      projectId: board.projectId,
      view: "traces",
      metrics: ["count count", ...QUANTILES.map((quantile) => `${quantile} latency`)],
      dimensions: ["name"],
      largest: "count count",
      rowLimit: SHOWN,
      env: board.env,
      ...(span ?? { fromUs: 0, untilUs: 1 }),
    }),
    enabled: near.isNear && span !== null,
  });
  const rows = found.data?.rows ?? [];
  const most = Math.max(0, ...rows.map((row) => numberAt(row, QUANTILES.length) ?? 0));
  return (
    <Widget
      title={TITLE}
      note={`${label} · the most frequent ${SHOWN}`}
      near={near}
      readings={[found]}
      isEmpty={rows.length === 0}
      nothing="No traces in this time."
    >
      {span !== null && (
        <table className="w-full table-fixed">
          <thead className="text-12 text-text-2">
            <tr>
              <th scope="col" className="pb-1 text-left font-medium">
                Name
              </th>
              <th scope="col" className="hidden w-14 pb-1 text-right font-medium sm:table-cell">
                n
              </th>
              {QUANTILES.map((quantile) => (
                <th key={quantile} scope="col" className="w-17 pb-1 text-right font-medium">
                  {quantile}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => {
              const name = textAt(row, 0);
              const term = exactTerm("name", name);
              const shares = QUANTILES.map((_, at) => (most > 0 ? (numberAt(row, at + 1) ?? 0) / most : 0));
              return (
                <tr
                  key={seriesId(name)}
                  data-testid="latency-row"
                  data-series={name ?? ""}
                  className="border-t border-line"
                >
                  <th scope="row" className="py-1 pr-2 text-left font-normal">
                    <Link
                      to={listPath(board, "traces", span, [term], "latency-DESC")}
                      className="block truncate hover:underline"
                      dir="auto"
                      title={name ?? ""}
                    >
                      {name ?? "(no name)"}
                    </Link>
                    <Range shares={shares} />
                  </th>
                  <td className="tabular hidden text-right sm:table-cell">
                    <Link to={listPath(board, "traces", span, [term])} className="hover:underline">
                      {formatCount(numberAt(row, 0) ?? 0)}
                    </Link>
                  </td>
                  {QUANTILES.map((quantile, at) => {
                    const ms = numberAt(row, at + 1);
                    return (
                      <td key={quantile} className="tabular text-right whitespace-nowrap" data-value={ms ?? undefined}>
                        {ms === null ? (
                          <span className="text-text-3">—</span>
                        ) : (
                          <Link
                            to={listPath(
                              board,
                              "traces",
                              span,
                              [term, `latency:>=${Math.floor(ms)}ms`],
                              "latency-DESC",
                            )}
                            className="hover:underline"
                          >
                            {formatDuration(ms * US_PER_MS)}
                          </Link>
                        )}
                      </td>
                    );
                  })}
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </Widget>
  );
}

/** The same as a bar: up to the median, on to p95, on to p99. */
function Range({ shares }: { shares: readonly number[] }) {
  const [half = 0, most = 0, nearlyAll = 0] = shares;
  return (
    <span aria-hidden className="relative mt-0.5 block h-1 rounded-full bg-hover">
      <Part share={nearlyAll} opacity={0.3} />
      <Part share={most} opacity={0.5} />
      <Part share={half} opacity={1} />
    </span>
  );
}

function Part({ share, opacity }: { share: number; opacity: number }) {
  return (
    <span className="absolute inset-y-0 left-0 rounded-full bg-accent" style={{ width: `${share * 100}%`, opacity }} />
  );
}
