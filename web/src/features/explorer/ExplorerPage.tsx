import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { createPortal } from "react-dom";

import { countQuery, queryMistake, type Question, rowsQuery } from "@/api/explorer";
import { type Crumb, TopBar } from "@/app/TopBar";
import { href } from "@/lib/href";
import { usePreferences } from "@/lib/preferences";
import { keyedOf, visible } from "@/models/columns";
import type { DateRange } from "@/models/dateRange";
import { Chip } from "@/ui/Chip";
import { ErrorState, ProgressBar } from "@/ui/states";

import { useHidden } from "./bulk/pending";
import { useSelection } from "./bulk/useSelection";
import { EnvironmentPicker } from "./EnvironmentPicker";
import { Histogram } from "./Histogram";
import { keyedColumns } from "./keyed";
import type { LevelLook } from "./levels";
import { LevelSwitch } from "./LevelSwitch";
import { LiveButton } from "./LiveButton";
import { PeekPanel } from "./PeekPanel";
import { RefreshButton } from "./RefreshButton";
import { LoadingRows, Rows } from "./Rows";
import { SearchBar } from "./search/SearchBar";
import { TimeRangePicker } from "./TimeRangePicker";
import { Toolbar } from "./Toolbar";
import { useListKeys } from "./useListKeys";
import { useLive } from "./useLive";
import { usePeekAhead } from "./usePeekAhead";
import { chooseRange, printSort, useView, type View } from "./view";
import { type Seen, useSavedView } from "./views/useSavedView";
import { type Taste, useTaste } from "./views/useTaste";
import { ViewMenu } from "./views/ViewMenu";

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
  const [tools, setTools] = useState<HTMLElement | null>(null);
  return (
    <>
      {/* One bar for both, so that a menu that is opened in it meanwhile stays open. */}
      <TopBar crumbs={crumbs ?? [{ label: look.title }]}>
        <div ref={setTools} className="contents" />
      </TopBar>
      {seen.isReady ? (
        <Explorer {...props} seen={seen} tools={tools} />
      ) : (
        <main className="min-h-0 grow overflow-auto">
          {seen.failure === null ? <LoadingRows /> : <ErrorState error={seen.failure} onRetry={seen.retry} />}
        </main>
      )}
    </>
  );
}

interface SeenProps<Row> extends ExplorerProps<Row> {
  seen: Seen;
  /** Where in the bar at the top the list puts what it can be set to. */
  tools: HTMLElement | null;
}

/** What is asked for at the top, the rows below, the one that is open beside them. */
function Explorer<Row>({ look: usual, fixed, pageTitle, above, seen, tools }: SeenProps<Row>) {
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
      {tools !== null &&
        createPortal(
          <>
            <TimeRangePicker range={view.range} nowUs={nowUs} onChoose={chooseTime} />
            <EnvironmentPicker question={question} onChoose={(env) => url.push({ env: [...env] })} />
            {look.isFollowed && <LiveButton live={live} />}
            <RefreshButton asOfUs={asOfUs} isLoading={found.isFetching} onRefresh={view.refresh} />
          </>,
          tools,
        )}
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
