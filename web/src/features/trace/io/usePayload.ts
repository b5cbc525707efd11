/** A stored text with its value: whole when small, a head and the rest on demand when large. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { fetchWholeText, type Owner, type Side, type StoredText } from "@/api/traces";
import { JsonSyntaxError, parseHead } from "@/models/json/parse";
import type { Json } from "@/models/json/value";

import { textQuery } from "../useTrace";

export interface Payload {
  owner: Owner;
  side: Side;
  text: string;
  /** Bytes of the whole; 0: nothing is stored. */
  size: number;
  loaded: number;
  /** The value, as far as it is loaded; plain text is a string. */
  value: Json | undefined;
  /** Only the head is there. */
  isPartial: boolean;
}

export interface PayloadQuery {
  payload: Payload | undefined;
  error: unknown;
  refetch: () => void;
  /** Bytes that have come of the whole text; null while nobody asked for it. */
  progress: number | null;
  loadAll: () => void;
}

export function usePayload(owner: Owner, side: Side, version: number, isEmpty: boolean): PayloadQuery {
  const queries = useQueryClient();
  const options = textQuery(owner, side, version);
  const { data, error, refetch } = useQuery({ ...options, enabled: !isEmpty });
  const [progress, setProgress] = useState<number | null>(null);
  const payload = useMemo(() => (isEmpty ? { owner, side, text: "", size: 0, loaded: 0, value: undefined, isPartial: false } : data && payloadOf(owner, side, data)), [owner, side, data, isEmpty]);
  const loadAll = () => {
    if (data === undefined || progress !== null) return;
    setProgress(0);
    fetchWholeText(owner, side, data.size, setProgress)
      .then((whole) => queries.setQueryData(options.queryKey, whole))
      .finally(() => setProgress(null));
  };
  return { payload, error, refetch: () => void refetch(), progress, loadAll };
}

function payloadOf(owner: Owner, side: Side, { text, size, loaded }: StoredText): Payload {
  const isPartial = loaded < size;
  return { owner, side, text, size, loaded, value: size === 0 ? undefined : valueOf(text), isPartial };
}

/** JSON as its value, the head of it as far as it goes; everything else is text. */
function valueOf(text: string): Json {
  try {
    const { value, isPartial } = parseHead(text);
    return isPartial && value === null ? text : value;
  } catch (error) {
    if (error instanceof JsonSyntaxError) return text;
    throw error;
  }
}

/** `1.9 KB`, `5.2 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const [scaled, unit] = bytes < 999_500 ? [bytes / 1000, "KB"] : [bytes / 1_000_000, "MB"];
  return `${scaled < 99.5 ? scaled.toFixed(1) : scaled.toFixed(0)} ${unit}`;
}
