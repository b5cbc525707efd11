import { ArrowUpRight, ChevronDown, ChevronRight, OctagonAlert } from "lucide-react";
import { memo, useState } from "react";

import type { Turn } from "@/api/sessions";
import { formatCount, formatDuration } from "@/lib/formatters";
import { href } from "@/lib/href";
import { deferred } from "@/ui/deferred";
import { classes } from "@/ui/classes";
import { Link } from "@/ui/Link";
import { Skeleton } from "@/ui/states";
import { CostText, DurationText, TimeText, TokensText } from "@/ui/values";

import { ScoreChips } from "../explorer/cells";
import { Previews } from "./Previews";
import type { TurnText } from "./useSessionState";

const Exchange = deferred(async () => {
  const [module] = await Promise.all([import("./Exchange"), import("../trace/io/ChatView")]);
  return module.wholeExchange();
});
const TurnSteps = deferred(() => import("./TurnSteps").then((module) => module.TurnSteps));

export interface TurnBlockProps {
  projectId: string;
  turn: Turn;
  number: number;
  /** µs in which nothing happened before it; null for no long pause. */
  pauseUs: number | null;
  text: TurnText;
  isCurrent: boolean;
  /** Whether texts may be asked for; not while the page flies by. */
  isStill: boolean;
}

/** One turn: what was asked and answered, how it was judged; the steps between on demand. */
export const TurnBlock = memo(function TurnBlock(props: TurnBlockProps) {
  const { projectId, turn, number, pauseUs, text, isCurrent, isStill } = props;
  const [isOpen, setOpen] = useState(false);
  const Caret = isOpen ? ChevronDown : ChevronRight;
  return (
    <article aria-label={`Turn ${number}`} data-testid="turn" data-id={turn.id}>
      {pauseUs !== null && (
        <p className="flex items-center gap-3 pb-3 text-12 text-text-3" data-testid="pause">
          <span className="h-px grow bg-line" />
          {formatDuration(pauseUs)} idle
          <span className="h-px grow bg-line" />
        </p>
      )}
      <div
        className={classes(
          "overflow-hidden rounded-md border bg-bg",
          isCurrent ? "border-accent outline-1 outline-accent" : "border-line",
        )}
      >
        <header className="flex min-h-8 flex-wrap items-center gap-x-3 gap-y-0.5 border-b border-line bg-panel px-3 py-0.5 text-12 text-text-2">
          <span className="tabular font-medium text-text-3">{number}</span>
          <Link
            to={href.trace({ projectId, traceId: turn.id })}
            className="flex max-w-60 min-w-0 items-center gap-1 font-medium text-text hover:underline"
            title={turn.name ?? turn.id}
          >
            <span className="truncate" dir="auto">
              {turn.name ?? "no name"}
            </span>
            <ArrowUpRight className="size-3.5 shrink-0 text-text-3" strokeWidth={1.75} aria-hidden />
          </Link>
          <TimeText us={turn.timestampUs} />
          <DurationText us={turn.latencyUs} isRunning={turn.isRunning && turn.latencyUs === null} />
          <TokensText input={turn.inputTokens} output={turn.outputTokens} total={turn.totalTokens} />
          <CostText amount={turn.cost} unpriced={turn.unpricedCount} />
          {turn.errorCount > 0 && (
            <span className="inline-flex items-center gap-1 text-danger">
              <OctagonAlert className="size-3.5" strokeWidth={1.75} aria-hidden />
              {formatCount(turn.errorCount)} {turn.errorCount === 1 ? "error" : "errors"}
            </span>
          )}
          <button
            type="button"
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
            className="ml-auto inline-flex h-6 items-center gap-1 rounded-sm px-1 text-text-2 hover:bg-hover hover:text-text"
          >
            <Caret className="size-3.5" strokeWidth={2} aria-hidden />
            {formatCount(turn.observationCount)} {turn.observationCount === 1 ? "step" : "steps"}
          </button>
        </header>
        {isOpen ? (
          <TurnSteps projectId={projectId} turn={turn} fallback={<Skeleton className="m-3 h-16" />} />
        ) : (
          <Exchange
            projectId={projectId}
            turn={turn}
            text={text}
            isStill={isStill}
            fallback={<Previews turn={turn} />}
          />
        )}
        {turn.scores.length > 0 && (
          <footer className="border-t border-line px-3 py-1.5" data-testid="turn-scores">
            <ScoreChips scores={turn.scores} lines={3} />
          </footer>
        )}
      </div>
    </article>
  );
});
