import { line } from "d3-shape";
import { scaleLinear } from "d3-scale";

import { formatCount, formatPercent } from "@/lib/formatters";
import { Link } from "@/ui/Link";

const WIDTH = 72;
const HEIGHT = 20;
/** Growth that percents do not tell any more. */
const MANIFOLD = 9;

/** One number, how it went, and how it compares with the time before. */
export function Figure({
  label,
  shown,
  value,
  to,
  change = null,
  values,
  colour = "var(--accent)",
}: {
  label: string;
  shown: string;
  /** As it is exactly; null is unknown. */
  value: number | null;
  to: string;
  /** As a share of the time before. */
  change?: number | null;
  values?: readonly (number | null)[];
  colour?: string;
}) {
  return (
    <Link
      to={to}
      data-testid="figure"
      data-series={label}
      data-value={value ?? undefined}
      className="-ml-2 flex min-w-0 flex-col rounded-sm px-2 py-0.5 hover:bg-hover"
    >
      <span className="text-12 text-text-2">{label}</span>
      <span className="flex items-center gap-2">
        <span className="tabular text-20 font-semibold whitespace-nowrap">{shown}</span>
        {values !== undefined && values.length > 1 && <Sparkline values={values} colour={colour} />}
      </span>
      {change !== null && (
        <span className="tabular text-11 text-text-3">
          {change >= MANIFOLD
            ? `${formatCount(change + 1)} times the time before`
            : `${change >= 0 ? "+" : "−"}${formatPercent(Math.abs(change))} on the time before`}
        </span>
      )}
    </Link>
  );
}

function Sparkline({ values, colour }: { values: readonly (number | null)[]; colour: string }) {
  const x = scaleLinear()
    .domain([0, values.length - 1])
    .range([1, WIDTH - 1]);
  const y = scaleLinear()
    .domain([0, Math.max(Number.MIN_VALUE, ...values.map((value) => value ?? 0))])
    .range([HEIGHT - 1, 1]);
  const path = line<number | null>()
    .defined((value) => value !== null)
    .x((_, at) => x(at))
    .y((value) => y(value ?? 0));
  return (
    <svg width={WIDTH} height={HEIGHT} aria-hidden className="shrink-0">
      <path d={path([...values]) ?? undefined} fill="none" stroke={colour} strokeWidth={1.5} />
    </svg>
  );
}
