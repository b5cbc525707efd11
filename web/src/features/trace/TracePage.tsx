import { useParams } from "@tanstack/react-router";

import { useUrlState } from "@/app/url";
import { oneOf } from "@/lib/search";

import { TraceView } from "./TraceView";

/** `P/traces/{traceId}`. An id that is no path segment comes as `?id=`. */
export function TracePage() {
  const { projectId = "", traceId = "" } = useParams({ strict: false });
  const { search } = useUrlState();
  return (
    <TraceView
      projectId={projectId}
      traceId={traceId === "-" ? (oneOf(search, "id") ?? traceId) : traceId}
      place="page"
    />
  );
}
