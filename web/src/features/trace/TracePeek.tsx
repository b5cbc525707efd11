import { deferred } from "@/ui/deferred";
import { ErrorBoundary } from "@/ui/ErrorBoundary";
import { Skeleton } from "@/ui/states";

/** The program of a trace, which pages around it do not wait for. */
export const loadTraceView = () => import("./TraceView");
export const TraceView = deferred(() => loadTraceView().then((module) => module.TraceView));

/** A trace within another page, whose fault stays its own. */
export function TracePeek({ projectId, traceId }: { projectId: string; traceId: string }) {
  return (
    <div className="relative flex min-h-0 grow flex-col overflow-auto">
      <ErrorBoundary key={traceId}>
        <TraceView
          key={traceId}
          projectId={projectId}
          traceId={traceId}
          place="peek"
          fallback={<Skeleton className="m-4 h-6" />}
        />
      </ErrorBoundary>
    </div>
  );
}
