/** Values as text: each carries what it is exactly in `data-value`, for copying and for tests. */
import { formatCost, formatDuration, formatRunning, formatTokenPair } from "@/lib/formatters";
import { usePreferences } from "@/lib/preferences";
import { formatTime, isoTime, wallClock, zoneName } from "@/lib/times";

/** A moment in the person's zone; only the time of day when `today` is its day. */
export function TimeText({ us, withMs = false, today }: { us: number; withMs?: boolean; today?: string | undefined }) {
  const { zone } = usePreferences();
  const { date, time } = wallClock(us, zone);
  const text = today === date ? time : formatTime(us, zone, { withMs });
  return (
    <time
      dateTime={isoTime(us)}
      data-value={isoTime(us)}
      title={`${formatTime(us, zone, { withMs: true })} ${zoneName(us, zone)}\n${isoTime(us)}`}
      className="tabular whitespace-nowrap"
    >
      {text}
    </time>
  );
}

/** A duration in µs; null while it lasts and nobody knows since when. */
export function DurationText({ us, isRunning = false }: { us: number | null; isRunning?: boolean }) {
  if (us === null) return <span className="text-text-3">{isRunning ? "running…" : "—"}</span>;
  return (
    <span data-value={us / 1000} title={`${us / 1000} ms`} className="tabular whitespace-nowrap">
      {isRunning ? formatRunning(us) : formatDuration(us)}
    </span>
  );
}

/** An amount in USD; null is unknown, which is not zero. */
export function CostText({ amount, unpriced = 0 }: { amount: string | null; unpriced?: number }) {
  const title =
    amount === null
      ? "Unknown: no price for what was used"
      : unpriced > 0
        ? `$${amount}, without ${unpriced} that ${unpriced === 1 ? "has" : "have"} no price`
        : `$${amount}`;
  return (
    <span
      data-value={amount ?? undefined}
      title={title}
      className={`tabular whitespace-nowrap ${amount === null ? "text-text-3" : ""}`}
    >
      {formatCost(amount, unpriced > 0)}
    </span>
  );
}

/** Tokens in and out. */
export function TokensText({ input, output, total }: { input: number; output: number; total: number }) {
  if (total === 0) return <span className="text-text-3">—</span>;
  return (
    <span
      data-value={total}
      title={`${input} in, ${output} out, ${total} in total`}
      className="tabular whitespace-nowrap"
    >
      {formatTokenPair(input, output)}
    </span>
  );
}
