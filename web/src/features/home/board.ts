/** What all widgets of the home page share: the project, the time, the environments, and the colours of names. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";

import { type ObservationRow, topQuery, type TraceRow } from "@/api/explorer";
import { type UrlState, useUrlState } from "@/app/url";
import { useAsked } from "@/app/useAsked";
import { href, type ListLevel } from "@/lib/href";
import { usePreferences } from "@/lib/preferences";
import { allOf, oneOf } from "@/lib/search";
import { ianaOf } from "@/lib/times";
import { type Colouring, makeColouring } from "@/models/chart/colours";
import { rowsBehind } from "@/models/chart/drill";
import type { Span } from "@/models/chart/steps";
import { boundsOf, type DateRange, labelOf, parseRange, printRange, type Token } from "@/models/dateRange";

export interface Board {
  projectId: string;
  env: readonly string[];
  /** The range that the URL names; null: each widget has its own. */
  range: DateRange | null;
  nowUs: number;
  /** When the first trace was; null while that is not known. */
  firstUs: number | null;
  /** IANA name of the person's zone. */
  zone: string;
  colourOf: Colouring;
  url: UrlState;
  refresh: () => void;
  zoom: (span: Span) => void;
}

export function useBoard(projectId: string): Board {
  const url = useUrlState();
  const { zone } = usePreferences();
  const rangeText = oneOf(url.search, "dateRange");
  const range = useMemo(() => parseRange(rangeText), [rangeText]);
  const env = allOf(url.search, "env").join("\n");
  const [nowUs, readClock] = useAsked(`home ${projectId} ${rangeText ?? ""}`);
  const queries = useQueryClient();
  const refresh = useCallback(() => {
    readClock();
    // Widgets of a range that does not move ask the same again.
    for (const key of ["metrics", "top"]) void queries.invalidateQueries({ queryKey: [key] });
  }, [readClock, queries]);
  const [colourOf] = useState(makeColouring);
  const zoom = useCallback((span: Span) => url.push({ dateRange: printRange({ kind: "absolute", ...span }) }), [url]);
  const environments = useMemo(() => (env === "" ? [] : env.split("\n")), [env]);
  const isEverything = range?.kind === "relative" && range.token === "All";
  const firstUs = useFirstMoment(projectId, environments, isEverything);
  return useMemo(
    () => ({
      projectId,
      env: environments,
      range,
      nowUs,
      firstUs: isEverything ? firstUs : nowUs,
      zone: ianaOf(zone),
      colourOf,
      url,
      refresh,
      zoom,
    }),
    [projectId, environments, range, nowUs, isEverything, firstUs, zone, colourOf, url, refresh, zoom],
  );
}

/** When the first trace or observation began: where everything begins. Now where there is none. */
function useFirstMoment(projectId: string, env: readonly string[], isAsked: boolean): number | null {
  const question = { projectId, q: "", env };
  const traces = useQuery({
    ...topQuery<TraceRow>({ ...question, level: "traces" }, "timestamp-ASC", 1),
    enabled: isAsked,
  });
  const observations = useQuery({
    ...topQuery<ObservationRow>({ ...question, level: "observations" }, "startTime-ASC", 1),
    enabled: isAsked,
  });
  if (traces.data === undefined || observations.data === undefined) return null;
  return Math.min(
    traces.data.rows[0]?.timestampUs ?? Number.POSITIVE_INFINITY,
    observations.data.rows[0]?.startTimeUs ?? Number.POSITIVE_INFINITY,
  );
}

/** The span that a widget shows, and what it is called; null while it is not known. */
export function spanOf(board: Board, usual: Token): { span: Span | null; label: string } {
  const range = board.range ?? ({ kind: "relative", token: usual } as const);
  const { fromUs = board.firstUs ?? undefined, untilUs = board.nowUs } = boundsOf(range, board.nowUs);
  const label = range.kind === "relative" ? labelOf(range.token).toLowerCase() : "chosen time";
  if (fromUs === undefined) return { span: null, label };
  return { span: { fromUs: Math.min(fromUs, untilUs - 1), untilUs }, label };
}

/** The list that holds the rows of a span. */
export function listPath(
  board: Board,
  level: ListLevel,
  span: Span,
  terms: readonly string[] = [],
  orderBy?: string,
): string {
  return href.list({
    projectId: board.projectId,
    level,
    search: rowsBehind(span, board.env, terms, orderBy),
  });
}
