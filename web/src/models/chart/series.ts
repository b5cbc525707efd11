/** From the groups of an answer to the lines or layers of a chart. A missing sum is 0; any other missing number is none. */

/** As the server answers; times in microseconds. */
export interface ChartRows {
  rows: readonly {
    dimensions: readonly unknown[];
    startUs: number | null;
    values: readonly unknown[];
  }[];
  /** Starts of the steps and, at the end, the end of the last one. */
  steps: readonly number[];
}

export interface Series {
  /** Tells it from the others, also from one that happens to be called "other". */
  id: string;
  /** As sent; null for rows without one, and for the rest. */
  name: string | null;
  /** How many series were put together in this one; 0 for one of its own. */
  others: number;
  /** One for each step. */
  values: readonly (number | null)[];
  /** All steps together. */
  total: number;
}

export const OTHER_ID = "other";
export const MOST_SERIES = 8;

/** `of:gpt-4o`; `none` for a value that is not there. */
export function seriesId(name: string | null): string {
  return name === null ? "none" : `of:${name}`;
}

function textOf(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}

function numberOf(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

/** How many steps there are. */
export function stepCount(steps: readonly number[]): number {
  return Math.max(0, steps.length - 1);
}

/**
 * One series for each value of the first dimension, the largest first; one alone where there is no dimension. Beyond
 * `most` they become one that is called other, which is only right for what adds up.
 */
export function sumSeries(found: ChartRows, metric: number, most = MOST_SERIES): Series[] {
  const all = series(found, metric, 0);
  const sorted = all.toSorted((left, right) => right.total - left.total || (left.id < right.id ? -1 : 1));
  if (sorted.length <= most) return sorted;
  const rest = sorted.slice(most);
  const values = Array.from({ length: stepCount(found.steps) }, (_, at) =>
    rest.reduce((sum, one) => sum + (one.values[at] ?? 0), 0),
  );
  const total = rest.reduce((sum, one) => sum + one.total, 0);
  return [...sorted.slice(0, most), { id: OTHER_ID, name: null, others: rest.length, values, total }];
}

/** The same of numbers that do not add up, in the order of the answer: where there is no row, there is a gap. */
export function gapSeries(found: ChartRows, metric: number): Series[] {
  return series(found, metric, null);
}

function series(found: ChartRows, metric: number, missing: number | null): Series[] {
  const places = new Map(found.steps.slice(0, -1).map((startUs, at) => [startUs, at]));
  const byId = new Map<string, { name: string | null; values: (number | null)[]; total: number }>();
  for (const row of found.rows) {
    const name = textOf(row.dimensions[0]);
    const id = seriesId(name);
    let one = byId.get(id);
    if (one === undefined) {
      one = { name, values: Array.from({ length: stepCount(found.steps) }, () => missing), total: 0 };
      byId.set(id, one);
    }
    const at = row.startUs === null ? undefined : places.get(row.startUs);
    const value = numberOf(row.values[metric]);
    if (at !== undefined && value !== null) one.values[at] = value;
    one.total += value ?? 0;
  }
  return [...byId].map(([id, one]) => ({ id, others: 0, ...one }));
}

/** Values that add up over a step, from the bottom: where each layer begins and ends. */
export function stacked(layers: readonly Series[]): readonly (readonly [number, number])[][] {
  const heights: number[] = [];
  return layers.map(({ values }) =>
    values.map((value, at) => {
      const low = heights[at] ?? 0;
      heights[at] = low + (value ?? 0);
      return [low, heights[at]] as const;
    }),
  );
}

/** The largest value of any step; of layers, of any pile. */
export function highest(layers: readonly Series[], isStacked: boolean): number {
  if (!isStacked) return Math.max(0, ...layers.flatMap(({ values }) => values.map((value) => value ?? 0)));
  return Math.max(0, ...stacked(layers).flatMap((layer) => layer.map(([, high]) => high)));
}

/** The least value of any step. */
export function lowest(all: readonly Series[]): number {
  return Math.min(0, ...all.flatMap(({ values }) => values.map((value) => value ?? 0)));
}

/** One series for each metric, with a name of its own: sums. */
export function metricSeries(found: ChartRows, names: readonly string[]): Series[] {
  return names.map((name, metric) => {
    const [only] = series(
      { steps: found.steps, rows: found.rows.map((row) => ({ ...row, dimensions: [] })) },
      metric,
      0,
    );
    const values = only?.values ?? Array.from({ length: stepCount(found.steps) }, () => 0);
    return { id: seriesId(name), name, others: 0, values, total: only?.total ?? 0 };
  });
}

/** Whether a point has no neighbour to be joined with: it needs a dot to be seen. */
export function isIsolated(values: readonly (number | null)[], at: number): boolean {
  return values[at] !== null && (values[at - 1] ?? null) === null && (values[at + 1] ?? null) === null;
}
