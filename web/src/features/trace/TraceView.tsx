/** One trace: header, waterfall, inspector. The page and the list's peek panel both show it. */

export interface TraceViewProps {
  projectId: string;
  traceId: string;
  /** "peek": inside the list's panel, narrower, without a page title. */
  place: "page" | "peek";
}

export function TraceView({ traceId }: TraceViewProps) {
  return <p className="p-4 text-text-2">Trace {traceId}</p>;
}
