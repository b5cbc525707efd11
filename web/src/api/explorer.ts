/** Lists, and what is asked beside them: how many, which values, when. */
import {
  type InfiniteData,
  infiniteQueryOptions,
  keepPreviousData,
  type QueryClient,
  queryOptions,
} from "@tanstack/react-query";

import { segment, type ListLevel } from "@/lib/href";
import type { SearchPatch } from "@/lib/search";

import { ApiError } from "./errors";
import { fetchJson, fetchRaw, laneUrl } from "./http";
import type {
  SchemaCountBody,
  SchemaHistogramBody,
  SchemaNumbersBody,
  SchemaObservationRowBody,
  SchemaScoreRowBody,
  SchemaSessionRowBody,
  SchemaThresholdBody,
  SchemaTraceRowBody,
  SchemaUserRowBody,
  SchemaValuesBody,
} from "./schema";

export type TraceRow = SchemaTraceRowBody;
export type ObservationRow = SchemaObservationRowBody;
export type SessionRow = SchemaSessionRowBody;
export type UserRow = SchemaUserRowBody;
export type ScoreRow = SchemaScoreRowBody;
export type Count = SchemaCountBody;

export interface Rows<Row> {
  rows: Row[];
  next: string | null;
  asOfUs: number;
}

export type ValueFacet = SchemaValuesBody;
export type NumberFacet = SchemaNumbersBody;
export type Facet = ValueFacet | NumberFacet;
export type HistogramData = SchemaHistogramBody;

/** Which rows of a list are meant. */
export interface Question {
  projectId: string;
  level: ListLevel;
  /** What somebody typed or chose. */
  q: string;
  /** What the page asks beside it, and nobody can take away. */
  fixed?: string | undefined;
  env: readonly string[];
  /** Keys of the metadata that rows carry. */
  meta?: readonly string[];
  /** Whether rows of traces carry the models and tools that their observations name. */
  parts?: boolean;
  fromUs?: number | undefined;
  untilUs?: number | undefined;
  /** When somebody asked, or asked anew: what is kept of an earlier time is no answer. Sent to nobody. */
  askedUs?: number | undefined;
}

const PAGE_ROWS = 100;
const FACETS_FRESH_MS = 60_000;

function path({ projectId, level }: Question): string {
  return `/projects/${segment(projectId)}/${level}`;
}

/** The question as a query string. */
export function parameters({ q, fixed = "", env, fromUs, untilUs }: Question): SearchPatch {
  const text = `${q} ${fixed}`.trim();
  return {
    q: text === "" ? undefined : text,
    env,
    from: fromUs === undefined ? undefined : String(fromUs),
    to: untilUs === undefined ? undefined : String(untilUs),
  };
}

/** Rows by cursor. They stay as they were asked for until somebody refreshes. */
export function rowsQuery<Row>(question: Question, orderBy: string) {
  return infiniteQueryOptions({
    queryKey: ["rows", question, orderBy],
    staleTime: Number.POSITIVE_INFINITY,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      fetchJson<Rows<Row>>(path(question), {
        query: {
          ...parameters(question),
          meta: question.meta,
          parts: question.parts === true ? "true" : undefined,
          orderBy,
          limit: String(PAGE_ROWS),
          cursor: pageParam ?? undefined,
        },
        signal,
      }),
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
  });
}

/** What a list that was read says of a trace. */
export function listedTrace(queries: QueryClient, projectId: string, traceId: string): TraceRow | undefined {
  const lists = queries.getQueryCache().findAll({
    queryKey: ["rows", { projectId, level: "traces" } satisfies Partial<Question>],
  });
  for (const { state } of lists) {
    const data = state.data as InfiniteData<Rows<TraceRow>> | undefined;
    const row = data?.pages.flatMap(({ rows }) => rows).find(({ id }) => id === traceId);
    if (row !== undefined) return row;
  }
  return undefined;
}

/** The first few rows of a list. */
export function topQuery<Row>(question: Question, orderBy: string, limit: number) {
  return queryOptions({
    queryKey: ["top", question, orderBy, limit],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) =>
      fetchJson<Rows<Row>>(path(question), {
        query: { ...parameters(question), orderBy, limit: String(limit) },
        signal,
      }),
    placeholderData: keepPreviousData,
  });
}

/** Rows that came or changed after a moment, at most a page of them. */
export function fetchNewer<Row>(question: Question, afterUs: number, signal: AbortSignal): Promise<Rows<Row>> {
  const parts = question.parts === true ? "true" : undefined;
  const query = {
    ...parameters(question),
    meta: question.meta,
    parts,
    after: String(afterUs),
    limit: String(PAGE_ROWS),
  };
  return fetchJson<Rows<Row>>(path(question), { query, signal });
}

/** The id of the trace that began last, in whatever environment; null when there is none. */
export async function fetchNewestTrace(projectId: string, signal: AbortSignal): Promise<string | null> {
  const question: Question = { projectId, level: "traces", q: "", env: [] };
  const query = { orderBy: "timestamp-DESC", limit: "1" };
  const { rows } = await fetchJson<Rows<TraceRow>>(path(question), { query, signal });
  return rows[0]?.id ?? null;
}

export function countQuery(question: Question) {
  return queryOptions({
    queryKey: ["count", question],
    staleTime: FACETS_FRESH_MS,
    queryFn: ({ signal }) => fetchJson<Count>(`${path(question)}/count`, { query: parameters(question), signal }),
    placeholderData: keepPreviousData,
  });
}

export function facetQuery(question: Question, field: string) {
  return queryOptions({
    queryKey: ["facet", question, field],
    staleTime: FACETS_FRESH_MS,
    queryFn: ({ signal }) =>
      fetchJson<Facet>(`${path(question)}/facets`, { query: { ...parameters(question), field }, signal }),
    placeholderData: keepPreviousData,
  });
}

/** Rows over time, in steps by the clock of a zone. */
export function histogramQuery(question: Question, zone: string) {
  return queryOptions({
    queryKey: ["histogram", question, zone],
    staleTime: FACETS_FRESH_MS,
    queryFn: ({ signal }) =>
      fetchJson<HistogramData>(`${path(question)}/histogram`, { query: { ...parameters(question), tz: zone }, signal }),
    placeholderData: keepPreviousData,
  });
}

export type ExportFormat = "csv" | "json" | "jsonl";

function exported(question: Question, orderBy: string, format: ExportFormat, columns: readonly string[]): SearchPatch {
  return { ...parameters(question), orderBy, format, columns: columns.join(",") };
}

/** Address of the rows that match, as a file. */
export function exportUrl(
  question: Question,
  orderBy: string,
  format: ExportFormat,
  columns: readonly string[],
): string {
  return laneUrl(`${path(question)}/export`, exported(question, orderBy, format, columns));
}

/** Ask for the file and leave it at its first bytes; raises what is wrong, which a download would hide. */
export async function checkExport(
  question: Question,
  orderBy: string,
  format: ExportFormat,
  columns: readonly string[],
): Promise<void> {
  const abort = new AbortController();
  await fetchRaw(`${path(question)}/export`, {
    query: exported(question, orderBy, format, columns),
    signal: abort.signal,
  });
  abort.abort();
}

/** The value that one row in a hundred exceeds: µs for latency, a decimal for cost; null when there are no rows. */
export async function fetchThreshold(question: Question, field: "latency" | "cost"): Promise<number | string | null> {
  const answer = await fetchJson<SchemaThresholdBody>(`${path(question)}/thresholds`, {
    query: { ...parameters(question), field, percent: "99" },
  });
  return answer.value;
}

export interface QueryMistake {
  message: string;
  /** Where it begins, in characters. */
  position: number | null;
}

/** What is wrong with a query text; null when the error is about something else. */
export function queryMistake(error: unknown): QueryMistake | null {
  if (!(error instanceof ApiError) || error.code !== "invalid_query") return null;
  const [issue] = Array.isArray(error.details["issues"])
    ? (error.details["issues"] as { path?: unknown[]; message?: string }[])
    : [];
  const position = issue?.path?.[1];
  return { message: issue?.message ?? error.message, position: typeof position === "number" ? position : null };
}
