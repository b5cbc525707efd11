/** One trace on the wire: header, skeleton, observations, stored texts. */
import type { Skeleton } from "@/models/trace/skeleton";
import { parseJson } from "@/models/json/parse";
import { isObject, type JsonObject } from "@/models/json/value";
import { nextRange, TextOfRanges, type ByteRange } from "@/models/json/ranges";
import { writeValue } from "@/models/query/terms";
import { segment, withBase } from "@/lib/href";
import { printSearch } from "@/lib/search";

import { fetchJson, fetchRaw } from "./http";
import type { SchemaObservationBody, SchemaScoreBody, SchemaSkeletonBody, SchemaTraceBody } from "./schema";

export type ScoreBody = SchemaScoreBody;
export type TraceBody = Omit<SchemaTraceBody, "metadata"> & { metadata: JsonObject };

export interface CostLine {
  usageType: string;
  units: number | null;
  chargedUnits: number;
  price: string | null;
  priceOf: string | null;
  cost: string | null;
  how: string;
  note: string;
}

export interface CostExplanation {
  source: "given" | "computed" | null;
  model: { sent: string | null; matched: { id: string; name: string; source: string } | null };
  tier: { name: string; isDefault: boolean; reason: string } | null;
  lines: CostLine[];
  total: string | null;
  isCurrent: boolean;
  totalNow: string | null;
  problem: { code?: string; message?: string } | null;
}

/** What the schema leaves open is said here. */
interface Opened {
  metadata: JsonObject;
  modelParameters: JsonObject;
  explanation: CostExplanation;
  spanEvents: JsonObject[];
  links: JsonObject[];
}
export type ObservationBody = Omit<SchemaObservationBody, keyof Opened> & Opened;

/** The columns are the model's: if the server's differ, this does not compile. */
export type SkeletonPage = SchemaSkeletonBody & { columns: Skeleton };

/** What a text belongs to. */
export interface Owner {
  projectId: string;
  kind: "traces" | "observations";
  id: string;
}
export type Side = "input" | "output";

/** A stored text, or as much of it as was asked for. */
export interface StoredText {
  text: string;
  /** Bytes of the whole. */
  size: number;
  loaded: number;
}

const inProject = (projectId: string) => `/projects/${segment(projectId)}`;
const signalled = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { signal });

/** What users sent inside an answer; numbers in it stay as they were written. */
const SENT = ["metadata", "modelParameters", "spanEvents", "links"] as const;

async function fetchExact<Body extends object>(path: string, signal: AbortSignal | undefined): Promise<Body> {
  const text = await (await fetchRaw(path, signalled(signal))).text();
  const body = JSON.parse(text) as Body;
  const exact = parseJson(text);
  if (isObject(exact)) for (const key of SENT) if (key in body) Object.assign(body, { [key]: exact[key] });
  return body;
}

export const fetchTrace = (projectId: string, traceId: string, signal?: AbortSignal) =>
  fetchExact<TraceBody>(`${inProject(projectId)}/traces/${segment(traceId)}`, signal);

export const fetchSkeletonPage = (projectId: string, traceId: string, page: number, signal?: AbortSignal) =>
  fetchJson<SkeletonPage>(`${inProject(projectId)}/traces/${segment(traceId)}/skeleton`, {
    query: { page: String(page) },
    ...signalled(signal),
  });

export const fetchObservation = (projectId: string, observationId: string, signal?: AbortSignal) =>
  fetchExact<ObservationBody>(`${inProject(projectId)}/observations/${segment(observationId)}`, signal);

const ROW_COLUMNS = (
  "id parentId type name startTimeUs endTimeUs latencyUs timeToFirstTokenUs level statusMessage model promptName " +
  "promptVersion inputTokens outputTokens totalTokens cost isUnpriced environment version scores metadata"
).split(" ");
const TEXT_COLUMNS = ["input", "output"];

async function fetchLines(projectId: string, list: string, q: string, columns: readonly string[]): Promise<string> {
  const response = await fetchRaw(`${inProject(projectId)}/${list}/export`, {
    query: { q, format: "jsonl", columns: columns.join(","), ...(list === "observations" ? EARLIEST_FIRST : {}) },
  });
  return response.text();
}
const EARLIEST_FIRST = { orderBy: "startTime-ASC" };

/** The whole texts of a trace itself; null where nothing was sent. */
export async function fetchTraceTexts(
  projectId: string,
  traceId: string,
): Promise<{ input: string | null; output: string | null }> {
  const line = await fetchLines(projectId, "traces", `id:${writeValue(traceId)}`, TEXT_COLUMNS);
  return { input: null, output: null, ...(JSON.parse(line === "" ? "{}" : line) as object) };
}

/** All observations of a trace with their whole texts, as lines of JSON, the earliest first. */
export const fetchObservationLines = (projectId: string, traceId: string): Promise<string> =>
  fetchLines(projectId, "observations", `trace.id:${writeValue(traceId)}`, [...ROW_COLUMNS, ...TEXT_COLUMNS]);

const ioPath = ({ projectId, kind, id }: Owner) => `${inProject(projectId)}/${kind}/${segment(id)}/io`;

/** The address of a whole text, to be downloaded. */
export const textAddress = (owner: Owner, side: Side) =>
  withBase(`/api/ui${ioPath(owner)}${printSearch({ field: side, range: "0-" })}`);

async function fetchBytes(
  owner: Owner,
  side: Side,
  range: ByteRange | null,
  signal?: AbortSignal,
): Promise<{ bytes: Uint8Array; size: number }> {
  const query = { field: side, ...(range === null ? {} : { range: `${range.from}-${range.to}` }) };
  const response = await fetchRaw(ioPath(owner), { query, ...signalled(signal) });
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { bytes, size: Number(response.headers.get("x-panope-size") ?? bytes.length) };
}

/** The whole of a text, or the head of a large one. */
export async function fetchText(owner: Owner, side: Side, signal?: AbortSignal): Promise<StoredText> {
  const { bytes, size } = await fetchBytes(owner, side, null, signal);
  const text = new TextOfRanges(size);
  text.append(0, bytes);
  return { text: text.text, size, loaded: text.loaded };
}

/** All of a large text, range by range; `onProgress` hears of bytes that are there. */
export async function fetchWholeText(
  owner: Owner,
  side: Side,
  size: number,
  onProgress: (loaded: number) => void,
  signal?: AbortSignal,
): Promise<StoredText> {
  const text = new TextOfRanges(size);
  for (let range = nextRange(0, size); range !== null; range = nextRange(text.loaded, size)) {
    const { bytes } = await fetchBytes(owner, side, range, signal);
    if (bytes.length === 0) break; // it became shorter meanwhile
    text.append(range.from, bytes);
    onProgress(text.loaded);
  }
  return { text: text.text, size: text.loaded, loaded: text.loaded };
}
