import { useQuery } from "@tanstack/react-query";

import { countQuery, type Question } from "@/api/explorer";
import { formatCount, formatEstimate } from "@/lib/formatters";

/** How many rows are here, of how many. */
export function StatusLine({
  question,
  loaded,
  isLoading,
}: {
  question: Question;
  loaded: number;
  isLoading: boolean;
}) {
  const count = useQuery(countQuery(question));
  return (
    <footer
      className="tabular flex h-7 shrink-0 items-center gap-2 border-t border-line bg-panel px-3 text-12 text-text-2"
      aria-live="polite"
    >
      <span>
        {loaded === 0 && isLoading ? "loading" : `loaded ${formatCount(loaded)}`}
        {count.data !== undefined && (
          <>
            {" of "}
            <span data-testid="count-total" data-value={count.data.count} data-exact={count.data.isExact}>
              {count.data.isExact ? formatCount(count.data.count) : formatEstimate(count.data.count)}
            </span>
          </>
        )}
      </span>
      {count.isError && <span className="text-text-3">not counted: {count.error.message}</span>}
      {isLoading && loaded > 0 && <span className="text-text-3">loading more…</span>}
    </footer>
  );
}
