/** What stands below the head of a list: facets, the table or what is there in its place, and what can be done with it. */
import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import { type RefObject, useCallback, useMemo } from "react";

import { queryMistake, type Rows as PageOf } from "@/api/explorer";
import { usePreferences } from "@/lib/preferences";
import { wallClock } from "@/lib/times";
import { Button } from "@/ui/Button";
import { deferred } from "@/ui/deferred";
import { EmptyState, ErrorState, RestMissing, Skeleton, useLate } from "@/ui/states";

import type { Selecting } from "./bulk/useSelection";
import { Facets } from "./Facets";
import { Grid } from "./Grid";
import type { LevelLook } from "./levels";
import { NewRows } from "./LiveButton";
import { StatusLine } from "./StatusLine";
import type { useListKeys } from "./useListKeys";
import { printSort, type View } from "./view";
import type { Taste } from "./views/useTaste";

const BulkBar = deferred(async () => (await import("./bulk/BulkBar")).BulkBar);
const EmptyList = deferred(async () => (await import("./EmptyList")).EmptyList);

export interface RowsProps<Row> {
  view: View;
  taste: Taste;
  selecting: Selecting;
  look: LevelLook<Row>;
  found: UseInfiniteQueryResult<InfiniteData<PageOf<Row>>>;
  rows: readonly Row[];
  total: number | null;
  list: ReturnType<typeof useListKeys<Row>>;
  scroller: RefObject<HTMLDivElement | null>;
  /** Rows that came and are not shown yet. */
  waiting: number;
  onQuery: (q: string) => void;
}

/** The facets, and the table or what stands in its place. */
export function Rows<Row>({
  view,
  taste,
  selecting,
  look,
  found,
  rows,
  total,
  list,
  scroller,
  waiting,
  onQuery,
}: RowsProps<Row>) {
  const { facetsOpen, zone } = usePreferences();
  const { question, sort, nowUs, url } = view;
  const { projectId, fixed = "" } = question;
  const facets = useMemo(() => look.facets.filter(({ field }) => !fixed.startsWith(`${field}:`)), [look, fixed]);
  const context = useMemo(
    () => ({ projectId, today: wallClock(nowUs, zone).date, slowUs: percentile95(rows, look.latencyOf) }),
    [projectId, nowUs, zone, rows, look],
  );
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = found;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isFetchNextPageError) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage]);
  return (
    <div className="flex min-h-0 grow">
      {facetsOpen && view.peek === null && (
        <div className="hidden lg:flex">
          <Facets question={question} facets={facets} isValid={queryMistake(found.error) === null} onQuery={onQuery} />
        </div>
      )}
      <div className="relative flex min-w-0 grow flex-col">
        <NewRows count={waiting} onShow={view.refresh} />
        {found.isError && found.data === undefined ? (
          <Failure error={found.error} onRetry={() => void found.refetch()} onQuery={onQuery} />
        ) : (
          <Grid
            name={look.level}
            taste={taste}
            selecting={selecting}
            rowTestId={`${look.noun}-row`}
            label={look.title}
            rows={rows}
            total={total}
            columns={look.columns}
            context={context}
            idOf={look.idOf}
            pathOf={(row) => look.pathOf(row, projectId)}
            query={question.q}
            onQuery={onQuery}
            hasError={look.hasError}
            sort={sort}
            onSort={(next) => url.push({ orderBy: printSort(next) })}
            cursor={list.cursor}
            openId={list.openId}
            onOpen={list.openRow}
            onNearEnd={more}
            scroller={scroller}
            identity={`${JSON.stringify(question)} ${printSort(sort)}`}
          >
            {found.isPending && <LoadingRows />}
            {found.isSuccess && rows.length === 0 && !found.isPlaceholderData && (
              <EmptyList view={view} nothingYet={look.nothingYet} onQuery={onQuery} />
            )}
          </Grid>
        )}
        {isFetchNextPageError && <RestMissing error={found.error} onRetry={() => void fetchNextPage()} />}
        {hasSelection(selecting) && (
          <BulkBar
            view={view}
            look={look as LevelLook}
            taste={taste}
            selecting={selecting}
            total={total}
            hasMore={hasNextPage}
          />
        )}
        {queryMistake(found.error) === null && (
          <StatusLine question={question} loaded={rows.length} isLoading={found.isFetching} />
        )}
      </div>
    </div>
  );
}

function hasSelection({ selection }: Selecting): boolean {
  return selection.isAll || selection.ids.size > 0;
}

/** In the place of the rows; a mistake in the search is told beside the search already. */
function Failure({ error, onRetry, onQuery }: { error: unknown; onRetry: () => void; onQuery: (q: string) => void }) {
  return (
    <div className="min-h-0 grow overflow-auto">
      {queryMistake(error) === null ? (
        <ErrorState error={error} onRetry={onRetry} />
      ) : (
        <EmptyState title="This search cannot be read">
          <p className="text-text-2">Correct it above, or begin anew.</p>
          <Button onClick={() => onQuery("")}>Clear the search</Button>
        </EmptyState>
      )}
    </div>
  );
}

const SKELETON_ROWS = 12;

/** Until the first rows are there, when that takes long enough to be seen. */
export function LoadingRows() {
  const isLate = useLate(true);
  if (!isLate) return null;
  return (
    <div aria-hidden className="px-2 pt-2">
      {Array.from({ length: SKELETON_ROWS }, (_, at) => (
        <Skeleton key={at} className="mb-3 h-4" />
      ))}
    </div>
  );
}

function percentile95<Row>(rows: readonly Row[], latencyOf: LevelLook<Row>["latencyOf"] = () => null): number {
  const values = rows
    .map(latencyOf)
    .filter((us) => us !== null)
    .toSorted((left, right) => left - right);
  return values[Math.floor(values.length * 0.95)] ?? 0;
}
