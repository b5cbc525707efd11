/** A stored text with its value: whole when small, a head and the rest on demand when large. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";

import { fetchWholeText, type Owner, type Side } from "@/api/traces";
import { inSlices } from "@/lib/slices";
import { JsonSyntaxError, type Parsed, parseSteps } from "@/models/json/parse";
import { WHOLE_LIMIT } from "@/models/json/ranges";
import type { Json } from "@/models/json/value";

import { toast } from "@/ui/toasts";

import { textQuery } from "../useTrace";

export interface Payload {
  owner: Owner;
  side: Side;
  text: string;
  /** Bytes of the whole; 0: nothing is stored. */
  size: number;
  loaded: number;
  /** The value, as far as it is loaded; plain text is a string. Undefined while a large one is being read. */
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

/** `isHeld`: nothing is asked for yet. */
export function usePayload(
  owner: Owner,
  side: Side,
  version: number | string,
  isEmpty: boolean,
  isHeld = false,
): PayloadQuery {
  const queries = useQueryClient();
  const options = textQuery(owner, side, version);
  const { data, error, refetch } = useQuery({ ...options, enabled: !isEmpty && !isHeld });
  const [progress, setProgress] = useState<number | null>(null);
  const loading = useRef<AbortController>(null);
  useEffect(() => () => loading.current?.abort(), [owner.id, side]);
  const small = useMemo(
    () => (data === undefined || data.loaded > WHOLE_LIMIT ? undefined : readable(parseSteps(data.text), data.text)),
    [data],
  );
  const large = useLargeValue(data !== undefined && data.loaded > WHOLE_LIMIT ? data.text : undefined);
  const payload = useMemo<Payload | undefined>(() => {
    if (isEmpty) return { owner, side, text: "", size: 0, loaded: 0, value: undefined, isPartial: false };
    if (data === undefined) return undefined;
    const { text, size, loaded } = data;
    return {
      owner,
      side,
      text,
      size,
      loaded,
      value: size === 0 ? undefined : (small ?? large),
      isPartial: loaded < size,
    };
  }, [owner, side, data, isEmpty, small, large]);
  const loadAll = () => {
    if (data === undefined || progress !== null) return;
    setProgress(0);
    const { signal } = (loading.current = new AbortController());
    fetchWholeText(owner, side, data.size, setProgress, signal)
      .then((whole) => queries.setQueryData(options.queryKey, whole))
      .catch((failure: unknown) => {
        if (!signal.aborted) toast(failure instanceof Error ? failure.message : "It could not be read", "error");
      })
      .finally(() => setProgress(null));
  };
  return { payload, error, refetch: () => void refetch(), progress, loadAll };
}

/** The value of a large text, read while the page goes on; undefined until then. */
function useLargeValue(text: string | undefined): Json | undefined {
  const [read, setRead] = useState<{ text: string; value: Json }>();
  useEffect(() => {
    if (text === undefined) return;
    const stopping = new AbortController();
    inSlices(parseSteps(text), stopping.signal).then(
      ({ value }) => setRead({ text, value }),
      (error: unknown) => error instanceof JsonSyntaxError && setRead({ text, value: text }),
    );
    return () => stopping.abort();
  }, [text]);
  return read !== undefined && read.text === text ? read.value : undefined;
}

/** JSON as its value, the head of it as far as it goes; everything else is text. */
function readable(steps: Generator<void, Parsed>, text: string): Json {
  try {
    for (;;) {
      const { done, value } = steps.next();
      if (done === true) return value.isPartial && value.value === null ? text : value.value;
    }
  } catch (error) {
    if (error instanceof JsonSyntaxError) return text;
    throw error;
  }
}
