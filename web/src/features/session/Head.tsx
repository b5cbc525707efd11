import { OctagonAlert } from "lucide-react";
import type { ReactNode } from "react";

import type { SessionBody } from "@/api/sessions";
import { formatCount } from "@/lib/formatters";
import { href } from "@/lib/href";
import { writeValue } from "@/models/query/terms";
import { Chip, HueDot } from "@/ui/Chip";
import { CopyButton } from "@/ui/CopyButton";
import { Link } from "@/ui/Link";
import { CostText, DurationText, TimeText, TokensText } from "@/ui/values";

import { scoreText } from "../explorer/cells";

export interface HeadProps {
  projectId: string;
  session: SessionBody;
  actions: ReactNode;
}

/** The session at a glance: when, how long, how much, for whom, and how it was judged. Numbers lead to their rows. */
export function Head({ projectId, session, actions }: HeadProps) {
  const { id, traceCount, errorCount, durationUs, activeUs, userId, userCount } = session;
  const q = `session:${writeValue(id)}`;
  const rows = (level: "traces" | "observations" | "users", more = "") =>
    href.list({ projectId, level, search: { q: `${q}${more}`, env: session.environment, dateRange: "All" } });
  return (
    <header className="shrink-0 border-b border-line px-3 py-1.5" data-testid="session-header">
      <div className="flex min-h-7 flex-wrap items-center gap-x-4 gap-y-0.5">
        <Fact label="started">
          <TimeText us={session.startUs} />
        </Fact>
        <Fact label="lasted" title="From the first step to the end of the last">
          <DurationText us={durationUs} />
        </Fact>
        <Fact label="at work" title="The latencies of its traces, added up">
          <DurationText us={activeUs} />
        </Fact>
        <Fact label={traceCount === 1 ? "turn" : "turns"} isAfter>
          <Link to={rows("traces")} className="tabular hover:underline">
            {formatCount(traceCount)}
          </Link>
        </Fact>
        <Fact label={session.observationCount === 1 ? "observation" : "observations"} isAfter>
          <Link to={rows("observations")} className="tabular hover:underline">
            {formatCount(session.observationCount)}
          </Link>
        </Fact>
        <TokensText input={session.inputTokens} output={session.outputTokens} total={session.totalTokens} />
        <CostText amount={session.cost} unpriced={session.unpricedCount} />
        {errorCount > 0 && (
          <Link
            to={rows("traces", " level:ERROR")}
            className="inline-flex items-center gap-1 text-danger hover:underline"
            data-testid="session-errors"
          >
            <OctagonAlert className="size-4" strokeWidth={1.75} aria-hidden />
            {formatCount(errorCount)} {errorCount === 1 ? "turn" : "turns"} with errors
          </Link>
        )}
        <span className="grow" />
        <span className="flex items-center">
          {actions}
          <CopyButton text={id} label="Copy the session's id" />
        </span>
      </div>
      <div className="flex flex-wrap items-center gap-1.5 py-0.5 text-12">
        {userId !== null && (
          <span className="inline-flex max-w-72 items-baseline gap-1 text-text-3">
            user
            <Link
              to={href.user({ projectId, userId })}
              className="truncate text-text-2 hover:text-text hover:underline"
              dir="auto"
              title={userId}
            >
              {userId}
            </Link>
            {userCount > 1 && (
              <Link to={rows("users")} className="shrink-0 hover:text-text hover:underline">
                and {formatCount(userCount - 1)} more
              </Link>
            )}
          </span>
        )}
        <Chip tone="outline" title="Environment">
          <span className="inline-flex items-center gap-1.5">
            <HueDot name={session.environment} />
            {session.environment}
          </span>
        </Chip>
        {session.tags.map((tag) => (
          <Chip key={tag} title={tag} className="max-w-60">
            {tag}
          </Chip>
        ))}
        {session.allScores.map((score) => (
          <Chip
            key={score.id}
            tone="outline"
            data-testid="score-chip"
            title={`${score.name}${score.comment === null ? "" : `: ${score.comment}`}`}
            className="max-w-72"
          >
            <span className="text-text-3">{score.name}</span> {scoreText(score)}
            {score.comment !== null && <span className="text-text-3"> · {score.comment}</span>}
          </Chip>
        ))}
      </div>
    </header>
  );
}

function Fact({
  label,
  title,
  isAfter = false,
  children,
}: {
  label: string;
  title?: string;
  isAfter?: boolean;
  children: ReactNode;
}) {
  const name = <span className="text-12 text-text-3">{label}</span>;
  return (
    <span className="inline-flex items-baseline gap-1" title={title}>
      {!isAfter && name}
      {children}
      {isAfter && name}
    </span>
  );
}
