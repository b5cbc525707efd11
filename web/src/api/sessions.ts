/** One session: its header, and its traces as turns. */
import { segment } from "@/lib/href";

import type { TraceRow } from "./explorer";
import type { Rows } from "./explorer";
import { fetchJson, fetchRaw } from "./http";
import type { SchemaOpenedSessionBody } from "./schema";

export type SessionBody = SchemaOpenedSessionBody;
export type Turn = TraceRow;

const TURNS_AT_ONCE = 500;
const COLUMNS = ["id", "name", "timestampUs", "latencyUs", "cost", "totalTokens", "userId", "scores"];
const TEXTS = ["input", "output"];

const path = (projectId: string, sessionId: string) => `/projects/${segment(projectId)}/sessions/${segment(sessionId)}`;

export const fetchSession = (projectId: string, sessionId: string, signal: AbortSignal) =>
  fetchJson<SessionBody>(path(projectId, sessionId), { signal });

export const fetchTurns = (projectId: string, sessionId: string, cursor: string | null, signal: AbortSignal) =>
  fetchJson<Rows<Turn>>(`${path(projectId, sessionId)}/turns`, {
    query: { limit: String(TURNS_AT_ONCE), cursor: cursor ?? undefined },
    signal,
  });

/** A turn as the file of a session has it. */
export interface ExportedTurn {
  id: string;
  name: string | null;
  timestampUs: number;
  input: string | null;
  output: string | null;
}

/** All turns with their whole texts, as lines of JSON, the first first. */
export async function fetchSessionLines(projectId: string, q: string, env: readonly string[]): Promise<string> {
  const response = await fetchRaw(`/projects/${segment(projectId)}/traces/export`, {
    query: { q, env, orderBy: "timestamp-ASC", format: "jsonl", columns: [...COLUMNS, ...TEXTS].join(",") },
  });
  return response.text();
}
