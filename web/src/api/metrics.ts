/** Numbers for charts. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { segment } from "@/lib/href";

import { fetchJson } from "./http";
import type { SchemaMetricsBody, SchemaMetricsRowBody } from "./schema";

export type MetricsAnswer = SchemaMetricsBody;
export type MetricsRow = SchemaMetricsRowBody;

/** What is counted, by what, over which time. Names are those of the public metrics API; times in microseconds. */
export interface MetricsQuestion {
  projectId: string;
  view: "traces" | "observations" | "scores-numeric" | "scores-boolean" | "scores-categorical";
  /** `count totalCost`: the aggregation, then the measure. */
  metrics: readonly string[];
  dimensions?: readonly string[];
  filters?: readonly object[];
  env: readonly string[];
  fromUs: number;
  untilUs: number;
  /** IANA name of the zone by whose clock there are steps; without it there are none. */
  stepsIn?: string;
  /** A metric, the largest first. */
  largest?: string;
  rowLimit?: number;
  previousPeriod?: boolean;
}

export function metricsQuery(question: MetricsQuestion) {
  return queryOptions({
    queryKey: ["metrics", question],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) =>
      fetchJson<MetricsAnswer>(`/projects/${segment(question.projectId)}/metrics`, {
        method: "POST",
        body: bodyOf(question),
        signal,
      }),
    placeholderData: keepPreviousData,
  });
}

function bodyOf({ view, metrics, dimensions = [], filters, env, fromUs, untilUs, ...rest }: MetricsQuestion): object {
  const { stepsIn, largest, rowLimit, previousPeriod = false } = rest;
  return {
    view,
    metrics: metrics.map((metric) => {
      const [aggregation, measure] = metric.split(" ");
      return { aggregation, measure };
    }),
    dimensions: dimensions.map((field) => ({ field })),
    env,
    from: fromUs,
    to: untilUs,
    previousPeriod,
    ...(filters === undefined ? {} : { filters }),
    ...(stepsIn === undefined ? {} : { tz: stepsIn, timeDimension: { granularity: "auto" } }),
    ...(largest === undefined ? {} : { orderBy: [{ field: largest.replace(" ", "_"), direction: "desc" }] }),
    ...(rowLimit === undefined ? {} : { config: { row_limit: rowLimit } }),
  };
}
