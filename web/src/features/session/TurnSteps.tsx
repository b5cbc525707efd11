import { useGo } from "@/app/url";
import type { Turn } from "@/api/sessions";
import { formatCount } from "@/lib/formatters";
import { href } from "@/lib/href";
import type { TraceModel } from "@/models/trace/model";
import { Button } from "@/ui/Button";
import { Link } from "@/ui/Link";
import { ErrorState, Skeleton } from "@/ui/states";

import { Block } from "../trace/transcript/TranscriptView";
import { useTranscript } from "../trace/transcript/useTranscript";
import { useSkeleton, useTraceHeader, useTraceModel } from "../trace/useTrace";

/** The transcript of one turn's trace, read when it is opened. */
export function TurnSteps({ projectId, turn }: { projectId: string; turn: Turn }) {
  const header = useTraceHeader(projectId, turn.id);
  const { skeleton, error, refetch } = useSkeleton(projectId, turn.id, header.data?.updatedUs);
  const model = useTraceModel(skeleton, null, false);
  const failure = header.error ?? error;
  if (failure !== null && model === undefined)
    return <ErrorState error={failure} onRetry={() => (header.error === null ? refetch() : void header.refetch())} />;
  if (model === undefined || header.data === undefined) return <Skeleton className="m-3 h-16" />;
  return <Steps projectId={projectId} turn={turn} model={model} version={header.data.updatedUs} />;
}

interface StepsProps {
  projectId: string;
  turn: Turn;
  model: TraceModel;
  version: number;
}

function Steps({ projectId, turn, model, version }: StepsProps) {
  const go = useGo();
  const { entries, lanes, read, total, hasMore, loadMore } = useTranscript(projectId, turn.name ?? "", model, version);
  const open = (observation: string) => go(href.trace({ projectId, traceId: turn.id, observation }));
  if (total === 0)
    return (
      <p className="p-3 text-text-2">
        No model was called here.{" "}
        <Link to={href.trace({ projectId, traceId: turn.id })} className="text-accent hover:underline">
          Its steps
        </Link>{" "}
        are in the waterfall.
      </p>
    );
  return (
    <div className="flex flex-col gap-1 px-3 py-1.5" data-testid="turn-transcript">
      {read === 0 && <Skeleton className="h-16" />}
      {entries.map((entry) => (
        <Block key={entry.key} entry={entry} lanes={lanes} selectedId={null} onSelect={open} />
      ))}
      {hasMore && (
        <Button size="small" className="self-start" onClick={loadMore}>
          Read more: {formatCount(read)} of {formatCount(total)} model calls are here
        </Button>
      )}
    </div>
  );
}
