import { useQuery } from "@tanstack/react-query";
import { TrendingDown, TrendingUp } from "lucide-react";

import type { UserRow } from "@/api/explorer";
import { fetchUser } from "@/api/users";
import { formatCost, formatCount, formatPercent, formatTokens } from "@/lib/formatters";
import { href, type ListLevel } from "@/lib/href";
import { writeTerm } from "@/models/query/terms";
import { periodBefore, trendOf } from "@/models/trend";
import { classes } from "@/ui/classes";
import { Link } from "@/ui/Link";
import { ErrorState } from "@/ui/states";
import { TimeText } from "@/ui/values";

import type { View } from "../explorer/view";

const FRESH_MS = 60_000;

/** A user's numbers in the time of the page, each against the time of the same length before. */
export function UserHead({ userId, view }: { userId: string; view: View }) {
  const { projectId, env, fromUs, untilUs } = view.question;
  const before = periodBefore(fromUs, untilUs, view.nowUs);
  const query = (window: { fromUs?: number | undefined; untilUs?: number | undefined } | null) => ({
    queryKey: ["user", projectId, userId, window, env],
    queryFn: ({ signal }: { signal: AbortSignal }) => fetchUser(projectId, userId, window ?? {}, env, signal),
    enabled: window !== null,
    staleTime: FRESH_MS,
  });
  const now = useQuery(query({ fromUs, untilUs }));
  const past = useQuery(query(before));
  const always = useQuery(query({}));
  if (now.error !== null) return <ErrorState error={now.error} onRetry={() => void now.refetch()} />;
  const isThere = now.data !== undefined;
  const { dateRange, env: environments } = view.url.search;
  const figures = FIGURES.map(({ label, title, show, number, isBad, level = "traces", term = "" }) => ({
    to: href.list({
      projectId,
      level,
      search: { q: `${writeTerm("user", [userId])} ${term}`.trim(), dateRange, env: environments },
    }),
    label,
    title,
    text: isThere ? show(now.data) : "…",
    value: isThere ? number(now.data) : null,
    trend: isThere && past.data !== undefined ? trendOf(number(now.data), number(past.data)) : null,
    before: past.data === undefined ? null : show(past.data),
    isBad,
  }));
  return (
    <div className="border-b border-line px-3 py-2" data-testid="user-header">
      <dl className="flex flex-wrap gap-x-8 gap-y-2">
        {figures.map((figure) => (
          <Figure key={figure.label} {...figure} />
        ))}
        <Moment label="First seen" us={always.data?.firstSeenUs} />
        <Moment label="Last seen" us={always.data?.lastSeenUs} />
      </dl>
    </div>
  );
}

interface FigureLook {
  label: string;
  title: string;
  show: (row: UserRow | null) => string;
  number: (row: UserRow | null) => number | null;
  /** More of it is worse. */
  isBad: boolean;
  /** The rows behind it: the traces, unless said otherwise, that match one more term. */
  level?: ListLevel;
  term?: string;
}

const rate = (row: UserRow | null) => (row === null || row.traceCount === 0 ? null : row.errorCount / row.traceCount);
const cost = (row: UserRow | null) => (row === null ? 0 : row.cost === null ? null : Number(row.cost));

const FIGURES: readonly FigureLook[] = [
  {
    label: "Traces",
    title: "Traces that name this user",
    show: (row) => formatCount(row?.traceCount ?? 0),
    number: (row) => row?.traceCount ?? 0,
    isBad: false,
  },
  {
    label: "Sessions",
    title: "Sessions of these traces",
    show: (row) => formatCount(row?.sessionCount ?? 0),
    number: (row) => row?.sessionCount ?? 0,
    isBad: false,
    level: "sessions",
  },
  {
    label: "Observations",
    title: "Observations within these traces",
    show: (row) => formatCount(row?.observationCount ?? 0),
    number: (row) => row?.observationCount ?? 0,
    isBad: false,
    level: "observations",
  },
  {
    label: "Tokens",
    title: "In and out",
    show: (row) => formatTokens(row?.totalTokens ?? 0),
    number: (row) => row?.totalTokens ?? 0,
    isBad: false,
  },
  {
    label: "Cost",
    title: "As far as what was used has a price",
    show: (row) => (row === null ? "$0" : formatCost(row.cost, row.unpricedCount > 0)),
    number: cost,
    isBad: true,
  },
  {
    label: "With errors",
    title: "Share of the traces in which something failed",
    show: (row) => {
      const share = rate(row);
      return share === null ? "—" : formatPercent(share);
    },
    number: rate,
    isBad: true,
    term: "level:ERROR",
  },
];

interface FigureProps {
  to: string;
  label: string;
  title: string;
  text: string;
  value: number | null;
  trend: ReturnType<typeof trendOf>;
  before: string | null;
  isBad: boolean;
}

function Figure({ to, label, title, text, value, trend, before, isBad }: FigureProps) {
  const Arrow = trend?.isUp === true ? TrendingUp : TrendingDown;
  return (
    <div title={title}>
      <dt className="text-12 text-text-3">{label}</dt>
      <dd className="flex items-baseline gap-2">
        <Link
          to={to}
          className="tabular rounded-sm text-16 font-semibold hover:underline"
          data-testid={`figure-${label}`}
          data-value={value ?? undefined}
        >
          {text}
        </Link>
        {trend !== null && before !== null && (
          <span
            className={classes(
              "tabular inline-flex items-center gap-0.5 text-12",
              isBad && trend.isUp && trend.fraction !== null ? "text-danger" : "text-text-3",
            )}
            title={`${before} in the period before`}
          >
            <Arrow className="size-3.5" strokeWidth={1.75} aria-hidden />
            {trend.fraction === null ? "from 0" : formatPercent(Math.abs(trend.fraction))}
            <span className="sr-only">{trend.isUp ? "more" : "less"} than in the period before</span>
          </span>
        )}
      </dd>
    </div>
  );
}

function Moment({ label, us }: { label: string; us: number | undefined }) {
  return (
    <div>
      <dt className="text-12 text-text-3">{label}</dt>
      <dd className="leading-6">{us === undefined ? <span className="text-text-3">—</span> : <TimeText us={us} />}</dd>
    </div>
  );
}
