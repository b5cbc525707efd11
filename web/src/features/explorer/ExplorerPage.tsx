import { type InfiniteData, useInfiniteQuery, type UseInfiniteQueryResult, useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { type ReactNode, type RefObject, useCallback, useEffect, useMemo, useRef } from "react";

import { countQuery, queryMistake, type Question, type Rows as PageOf, rowsQuery } from "@/api/explorer";
import { type Crumb, TopBar } from "@/app/TopBar";
import { href } from "@/lib/href";
import { usePreferences } from "@/lib/preferences";
import { wallClock } from "@/lib/times";
import { keyedOf, visible } from "@/models/columns";
import type { DateRange } from "@/models/dateRange";
import { Button } from "@/ui/Button";
import { Chip } from "@/ui/Chip";
import { deferred } from "@/ui/deferred";
import { EmptyState, ErrorState, ProgressBar, RestMissing, Skeleton, useLate } from "@/ui/states";

import { useHidden } from "./bulk/pending";
import { type Selecting, useSelection } from "./bulk/useSelection";
import { EnvironmentPicker } from "./EnvironmentPicker";
import { Facets } from "./Facets";
import { Grid } from "./Grid";
import { Histogram } from "./Histogram";
import { keyedColumns } from "./keyed";
import type { LevelLook } from "./levels";
import { LevelSwitch } from "./LevelSwitch";
import { LiveButton, NewRows } from "./LiveButton";
import { PeekPanel } from "./PeekPanel";
import { RefreshButton } from "./RefreshButton";
import { SearchBar } from "./search/SearchBar";
import { StatusLine } from "./StatusLine";
import { TimeRangePicker } from "./TimeRangePicker";
import { Toolbar } from "./Toolbar";
import { useListKeys } from "./useListKeys";
import { useLive } from "./useLive";
import { usePeekAhead } from "./usePeekAhead";
import { chooseRange, printSort, useView, type View } from "./view";
import { type Seen, useSavedView } from "./views/useSavedView";
import { type Taste, useTaste } from "./views/useTaste";
import { ViewMenu } from "./views/ViewMenu";

const BulkBar = deferred(async () => (await import("./bulk/BulkBar")).BulkBar);
const EmptyList = deferred(async () => (await import("./EmptyList")).EmptyList);

export interface ExplorerProps<Row> {
  look: LevelLook<Row>;
  /** What the page asks beside what is typed: a list about one thing. */
  fixed?: string;
  /** Where that page is. */
  crumbs?: readonly Crumb[];
  pageTitle?: string;
  /** What that page says above its list. */
  above?: (view: View) => ReactNode;
}

/** A list, once it is known which saved view it is seen through. */
export function ExplorerPage<Row>(props: ExplorerProps<Row>) {
  const { projectId = "" } = useParams({ strict: false });
  const { look, crumbs, fixed } = props;
  const seen = useSavedView(projectId, look.level, fixed === undefined);
  if (!seen.isReady)
    return (
      <>
        <TopBar crumbs={crumbs ?? [{ label: look.title }]} />
        <main className="min-h-0 grow overflow-auto">
          {seen.failure === null ? <LoadingRows /> : <ErrorState error={seen.failure} onRetry={seen.retry} />}
        </main>
      </>
    );
  return <Explorer {...props} seen={seen} />;
}

/** What is asked for at the top, the rows below, the one that is open beside them. */
function Explorer<Row>({ look: usual, fixed, crumbs, pageTitle, above, seen }: ExplorerProps<Row> & { seen: Seen }) {
  const { projectId = "" } = useParams({ strict: false });
  const taste = useTaste(usual.level, seen.view);
  const { look, meta } = useKeyed(usual, taste);
  const parts = visible(look.columns, taste.columns).some(({ id }) => look.partColumns?.includes(id) === true);
  const view = useView(projectId, look as LevelLook, { seen, meta, parts, fixed });
  const { question, url, nowUs } = view;
  const found = useInfiniteQuery(rowsQuery<Row>(question, printSort(view.sort)));
  const hidden = useHidden();
  const rows = useMemo(
    () => (found.data?.pages.flatMap((page) => page.rows) ?? []).filter((row) => !hidden.has(look.idOf(row))),
    [found.data, hidden, look],
  );
  const mistake = queryMistake(found.error);
  const total = useTotal(question, mistake === null);
  const list = useListKeys({ view, look, rows, projectId });
  const ahead = useAhead(view, look, rows, list.openIndex);
  const ids = useMemo(() => rows.map(look.idOf), [rows, look]);
  const selecting = useSelection(ids, list.cursor, JSON.stringify([question, view.sort]));
  const scroller = useRef<HTMLDivElement>(null);
  const asOfUs = found.data?.pages[0]?.asOfUs ?? null;
  const isOfNow = !found.isPlaceholderData;
  const live = useLive({
    view,
    look,
    asOfUs: isOfNow ? asOfUs : null,
    isIdle: list.cursor < 0 && view.peek === null && selecting.extent === "none",
    scroller,
  });
  const chooseTime = useCallback((range: DateRange) => chooseRange(projectId, url, range), [projectId, url]);
  const setQuery = useCallback((q: string) => url.push({ q: q === "" ? undefined : q }), [url]);
  const title = `${pageTitle ?? look.title} · panope`;
  useEffect(() => {
    document.title = title;
  }, [title]);
  return (
    <>
      <TopBar crumbs={crumbs ?? [{ label: look.title }]}>
        <TimeRangePicker range={view.range} nowUs={nowUs} onChoose={chooseTime} />
        <EnvironmentPicker question={question} onChoose={(env) => url.push({ env: [...env] })} />
        {look.isFollowed && <LiveButton live={live} />}
        <RefreshButton asOfUs={asOfUs} isLoading={found.isFetching} onRefresh={view.refresh} />
      </TopBar>
      <div className="relative flex min-h-0 grow">
        <main className="relative flex min-h-0 min-w-0 grow flex-col" {...ahead}>
          <ProgressBar isActive={found.isFetching && !found.isFetchingNextPage && found.data !== undefined} />
          {above?.(view)}
          <div className="flex flex-wrap items-start gap-2 px-3 py-2 sm:flex-nowrap">
            {fixed === undefined && <LevelSwitch projectId={projectId} level={look.level} view={view} />}
            {fixed === undefined && <ViewMenu view={view} taste={taste} />}
            <SearchBar
              view={view}
              mistake={mistake}
              placeholder={fixed === undefined ? look.placeholder : `Search these ${look.level}`}
              onLeave={() => scroller.current?.focus()}
            />
          </div>
          <IgnoredClauses clauses={view.ignored} />
          {look.hasHistogram && <HistogramStrip view={view} isValid={mistake === null} onZoom={chooseTime} />}
          <Toolbar view={view} look={look} taste={taste} onQuery={setQuery} />
          <Rows
            view={view}
            taste={taste}
            selecting={selecting}
            scroller={scroller}
            waiting={live.waiting}
            look={look}
            found={found}
            rows={rows}
            total={total}
            list={list}
            onQuery={setQuery}
          />
        </main>
        {view.peek !== null && (
          <PeekPanel
            projectId={projectId}
            traceId={view.peek.traceId}
            path={href.trace({ projectId, traceId: view.peek.traceId, observation: view.peek.observationId })}
            index={list.openIndex}
            total={total}
            isWide={view.isPeekWide}
            onWide={(isWide) => url.replace({ peekView: isWide ? "expanded" : undefined })}
            onStep={list.step}
            onClose={list.close}
          />
        )}
      </div>
    </>
  );
}

function hasSelection({ selection }: Selecting): boolean {
  return selection.isAll || selection.ids.size > 0;
}

/** The list with the columns that a person added, and the keys of the metadata that they need. */
function useKeyed<Row>(look: LevelLook<Row>, { columns: taste }: Taste) {
  return useMemo(() => {
    if (!look.hasPayload) return { look, meta: NO_KEYS };
    const keyed = keyedOf(taste);
    if (keyed.length === 0) return { look, meta: NO_KEYS };
    const meta = keyed.filter(({ kind }) => kind === "meta").map(({ key }) => key);
    return { look: { ...look, columns: [...look.columns, ...keyedColumns<Row>(taste)] }, meta };
  }, [look, taste]);
}

const NO_KEYS: readonly string[] = [];

/** Reads the trace that is about to be opened. */
function useAhead<Row>({ question, peek }: View, look: LevelLook<Row>, rows: readonly Row[], openIndex: number) {
  const traceOf = useCallback(
    (id: string) =>
      traceOfRow(
        look,
        rows.find((row) => look.idOf(row) === id),
      ),
    [look, rows],
  );
  return usePeekAhead({
    projectId: question.projectId,
    traceOf,
    isReady: rows.length > 0 && look.peekOf !== undefined,
    nextTraceId: peek !== null && openIndex >= 0 ? traceOfRow(look, rows[openIndex + 1]) : undefined,
  });
}

function traceOfRow<Row>(look: LevelLook<Row>, row: Row | undefined): string | undefined {
  const keys = row === undefined ? null : look.peekOf?.(row);
  const id = keys?.["traceId"] ?? keys?.["peek"];
  return typeof id === "string" ? id : undefined;
}

/** How many rows match; null while that is not known, or not exactly. */
function useTotal(question: Question, isValid: boolean): number | null {
  const { data } = useQuery({ ...countQuery(question), enabled: isValid });
  return data?.isExact === true ? data.count : null;
}

interface HistogramStripProps {
  view: View;
  isValid: boolean;
  onZoom: (range: DateRange) => void;
}

function HistogramStrip({ view, isValid, onZoom }: HistogramStripProps) {
  const { histogramOpen } = usePreferences();
  if (!histogramOpen || !isValid) return null;
  return <Histogram question={view.question} nowUs={view.nowUs} onZoom={onZoom} />;
}

interface RowsProps<Row> {
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
function Rows<Row>({
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

function IgnoredClauses({ clauses }: { clauses: readonly string[] }) {
  if (clauses.length === 0) return null;
  return (
    <div className="flex flex-wrap gap-1 px-3 pb-2 text-12 text-text-3">
      ignored:
      {clauses.map((clause) => (
        <Chip key={clause} className="line-through">
          {clause}
        </Chip>
      ))}
    </div>
  );
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

function LoadingRows() {
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
