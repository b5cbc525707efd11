import { useState } from "react";

import type { ObservationBody } from "@/api/traces";
import { formatDuration } from "@/lib/formatters";
import { href } from "@/lib/href";
import { printJson } from "@/models/json/print";
import { writeTerm } from "@/models/query/terms";
import { Chip } from "@/ui/Chip";
import { CopyButton } from "@/ui/CopyButton";
import { LevelBadge } from "@/ui/LevelBadge";
import { Link } from "@/ui/Link";
import { useRole } from "@/ui/Permitted";
import { TypeIcon, typeLook } from "@/ui/TypeIcon";
import { DurationText, TimeText } from "@/ui/values";

import { CostPopover } from "./CostPopover";

const PARAMETERS = 4;

interface HeadProps {
  observation: ObservationBody;
  traceStartUs: number;
  projectId: string;
}

/** What one observation is, at a glance. */
export function Head({ observation, traceStartUs, projectId }: HeadProps) {
  const { type, name, level, statusMessage } = observation;
  return (
    <header className="shrink-0 px-3 pt-2 pb-1.5" data-testid="inspector-head" data-id={observation.id}>
      <div className="flex min-h-6 items-center gap-2">
        <TypeIcon type={type} />
        <span className="shrink-0 text-12 text-text-3">{typeLook(type).label}</span>
        <h2 className="min-w-0 truncate text-14 font-semibold" dir="auto" title={name ?? ""}>
          {name ?? <span className="text-text-3 italic">no name</span>}
        </h2>
        <LevelBadge level={level} />
        <span className="grow" />
        <CopyButton text={observation.id} label="Copy the id" />
      </div>
      <Line observation={observation} traceStartUs={traceStartUs} projectId={projectId} />
      {statusMessage !== null && statusMessage !== "" && (
        <p
          className={`mt-1.5 rounded-sm px-2 py-1 font-mono text-12 break-words whitespace-pre-wrap ${level === "ERROR" ? "bg-chip-danger text-chip-danger-text" : level === "WARNING" ? "bg-chip-warn text-warn" : "bg-chip-muted text-text-2"}`}
          dir="auto"
          data-testid="status-message"
        >
          {statusMessage}
        </p>
      )}
    </header>
  );
}

function Line({ observation, traceStartUs, projectId }: HeadProps) {
  const {
    startTimeUs,
    latencyUs,
    endTimeUs,
    timeToFirstTokenUs,
    tokensPerSecond,
    model,
    finishReason,
    version,
    environment,
  } = observation;
  return (
    <div className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-12 text-text-2">
      <TimeText us={startTimeUs} withMs />
      <span className="tabular" title="After the start of the trace">
        +{formatDuration(Math.max(0, startTimeUs - traceStartUs))}
      </span>
      <DurationText us={latencyUs} isRunning={endTimeUs === null && observation.type !== "EVENT"} />
      {timeToFirstTokenUs !== null && (
        <span title="Time to the first token">first token {formatDuration(timeToFirstTokenUs)}</span>
      )}
      {tokensPerSecond !== null && tokensPerSecond > 0 && (
        <span className="tabular">{tokensPerSecond.toFixed(tokensPerSecond < 10 ? 1 : 0)} tokens/s</span>
      )}
      <CostPopover observation={observation} />
      {model !== null && <Chip className="font-mono">{model}</Chip>}
      <Parameters value={observation.modelParameters} />
      <Prompt observation={observation} projectId={projectId} />
      {finishReason !== null && <Chip tone="outline">{finishReason}</Chip>}
      {version !== null && <Chip tone="outline">version {version}</Chip>}
      {environment !== "default" && <Chip tone="outline">{environment}</Chip>}
    </div>
  );
}

function Prompt({
  observation: { promptName, promptVersion },
  projectId,
}: Pick<HeadProps, "observation" | "projectId">) {
  const isVisitor = useRole() === "visitor";
  if (promptName === null) return null;
  if (isVisitor)
    return (
      <span>
        {promptName}
        {promptVersion !== null && ` v${promptVersion}`}
      </span>
    );
  return (
    <Link
      to={href.list({
        projectId,
        level: "observations",
        search: { q: writeTerm("prompt", [promptName]), dateRange: "All" },
      })}
      title="Observations that used this prompt"
      className="text-accent hover:underline"
    >
      {promptName}
      {promptVersion !== null && ` v${promptVersion}`}
    </Link>
  );
}

function Parameters({ value }: { value: ObservationBody["modelParameters"] }) {
  const [isOpen, setOpen] = useState(false);
  const entries = Object.entries(value).filter(([, child]) => child !== null);
  const shown = isOpen ? entries : entries.slice(0, PARAMETERS);
  return (
    <>
      {shown.map(([key, child]) => (
        <Chip key={key} tone="outline" className="font-mono">
          {key} {typeof child === "string" ? child : printJson(child)}
        </Chip>
      ))}
      {entries.length > shown.length && (
        <button type="button" className="text-text-3 hover:text-text" onClick={() => setOpen(true)}>
          {entries.length - shown.length} more
        </button>
      )}
    </>
  );
}
