import { CircleCheck, LoaderCircle, OctagonAlert, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

import type { ScoreBody, TraceBody } from "@/api/traces";
import { formatCount } from "@/lib/formatters";
import { href } from "@/lib/href";
import type { TraceModel } from "@/models/trace/model";
import { fromPico } from "@/models/trace/money";
import { Chip, HueDot } from "@/ui/Chip";
import { CopyButton } from "@/ui/CopyButton";
import { Link } from "@/ui/Link";
import { useRole } from "@/ui/Permitted";
import { CostText, DurationText, TimeText, TokensText } from "@/ui/values";

import { ScoreValue } from "./inspector/ScoreValue";

const MODELS = 3;
const SCORES = 4;

export interface HeaderProps {
  projectId: string;
  trace: TraceBody;
  model: TraceModel | undefined;
  hasTitle: boolean;
  actions?: ReactNode;
}

/** The trace at a glance: did it work, when, how long, how much; then whose it was and how it was judged. */
export function Header({ projectId, trace, model, hasTitle, actions }: HeaderProps) {
  const { name, timestampUs, latencyUs, inputTokens, outputTokens, totalTokens, cost, unpricedCount, isRunning } =
    trace;
  return (
    <header className="@container shrink-0 border-b border-line px-3 py-1.5" data-testid="trace-header">
      <div className="flex min-h-7 flex-wrap items-center gap-x-3 gap-y-0.5">
        {hasTitle && (
          <h2 className="max-w-120 min-w-0 truncate text-14 font-semibold" dir="auto" title={name ?? ""}>
            {name ?? <span className="text-text-3 italic">no name</span>}
          </h2>
        )}
        <Status trace={trace} />
        <TimeText us={timestampUs} withMs />
        <DurationText us={isRunning ? lengthOf(model, latencyUs) : latencyUs} isRunning={isRunning} />
        <TokensText input={inputTokens} output={outputTokens} total={totalTokens} />
        <CostText amount={cost} unpriced={unpricedCount} />
        <span className="text-text-2">
          {formatCount(trace.observationCount)} {trace.observationCount === 1 ? "observation" : "observations"}
        </span>
        <span className="ml-auto flex shrink-0 items-center gap-2">
          {actions}
          <CopyButton text={trace.id} label="Copy the trace's id" />
        </span>
      </div>
      <div className="flex flex-wrap items-center gap-1.5 py-0.5 text-12">
        {model !== undefined && <Models model={model} />}
        <Whose label="user" id={trace.userId} to={(userId) => href.user({ projectId, userId })} />
        <Whose label="session" id={trace.sessionId} to={(sessionId) => href.session({ projectId, sessionId })} />
        <Chip tone="outline" title="Environment">
          <span className="inline-flex items-center gap-1.5">
            <HueDot name={trace.environment} />
            {trace.environment}
          </span>
        </Chip>
        {trace.release !== null && <Chip tone="outline">release {trace.release}</Chip>}
        {trace.version !== null && <Chip tone="outline">version {trace.version}</Chip>}
        {trace.tags.map((tag) => (
          <Chip key={tag} title={tag} className="max-w-60">
            {tag}
          </Chip>
        ))}
        <Scores scores={trace.scores} />
      </div>
      {unpricedCount > 0 && <Unpriced projectId={projectId} trace={trace} model={model} />}
    </header>
  );
}

/** Of a trace that runs: until now. */
const lengthOf = (model: TraceModel | undefined, known: number | null): number | null =>
  model === undefined ? known : (model.intervals.end[0] as number) - (model.intervals.start[0] as number);

function Whose({ label, id, to }: { label: string; id: string | null; to: (id: string) => string }) {
  const isVisitor = useRole() === "visitor"; // lists are for members
  if (id === null || id === "") return null;
  return (
    <span className="inline-flex max-w-72 items-baseline gap-1 text-text-3">
      {label}
      {isVisitor && (
        <span className="truncate text-text-2" dir="auto" title={id}>
          {id}
        </span>
      )}
      {!isVisitor && (
        <Link to={to(id)} className="truncate text-text-2 hover:text-text hover:underline" dir="auto" title={id}>
          {id}
        </Link>
      )}
    </span>
  );
}

function Unpriced({
  projectId,
  trace: { unpricedCount, unpricedModels },
  model,
}: {
  projectId: string;
  trace: TraceBody;
  model: TraceModel | undefined;
}) {
  const known = model?.sums.cost[0] ?? null;
  const isVisitor = useRole() === "visitor"; // prices are for members
  return (
    <p className="text-12 text-warn">
      {formatCount(unpricedCount)} {unpricedCount === 1 ? "observation has" : "observations have"} no price
      {unpricedModels.length > 0 && `: model ${unpricedModels.join(", ")}`}
      {known !== null && `, so the cost is at least $${fromPico(known)}`}.{" "}
      {!isVisitor && (
        <Link
          className="text-accent underline"
          to={href.settings({ projectId, page: "models", search: { tab: "unpriced" } })}
        >
          Give it a price
        </Link>
      )}
    </p>
  );
}

const ICON = "size-4";

function Status({ trace: { errorCount, warningCount, isRunning } }: { trace: TraceBody }) {
  if (isRunning) {
    return (
      <span className="inline-flex items-center gap-1.5 text-accent" data-testid="trace-status" data-value="running">
        <LoaderCircle className={`${ICON} motion-safe:animate-spin`} strokeWidth={1.75} aria-hidden />
        running
      </span>
    );
  }
  if (errorCount > 0) {
    return (
      <span className="inline-flex items-center gap-1.5 text-danger" data-testid="trace-status" data-value="error">
        <OctagonAlert className={ICON} strokeWidth={1.75} aria-hidden />
        {errorCount === 1 ? "1 error" : `${formatCount(errorCount)} errors`}
      </span>
    );
  }
  if (warningCount > 0) {
    return (
      <span className="inline-flex items-center gap-1.5 text-warn" data-testid="trace-status" data-value="warning">
        <TriangleAlert className={ICON} strokeWidth={1.75} aria-hidden />
        {warningCount === 1 ? "1 warning" : `${formatCount(warningCount)} warnings`}
      </span>
    );
  }
  return (
    <span className="inline-flex items-center gap-1.5 text-success" data-testid="trace-status" data-value="ok">
      <CircleCheck className={ICON} strokeWidth={1.75} aria-hidden />
      ok
    </span>
  );
}

function Models({ model: { skeleton } }: { model: TraceModel }) {
  const names = [...new Set(skeleton.model)].filter((name): name is string => name !== null);
  return (
    <>
      {names.slice(0, MODELS).map((name) => (
        <Chip key={name} className="font-mono">
          {name}
        </Chip>
      ))}
      {names.length > MODELS && (
        <span className="text-text-3" title={names.slice(MODELS).join(", ")}>
          +{names.length - MODELS} models
        </span>
      )}
    </>
  );
}

function Scores({ scores }: { scores: readonly ScoreBody[] }) {
  const own = scores.filter(({ observationId }) => observationId === null);
  return own.slice(0, SCORES).map((score) => (
    <Chip key={score.id} tone="outline" data-testid="score-chip" title={score.comment ?? score.name}>
      <span className="inline-flex items-center gap-1">
        {score.name} <ScoreValue score={score} />
      </span>
    </Chip>
  ));
}
