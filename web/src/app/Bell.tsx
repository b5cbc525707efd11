import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Bell as BellIcon } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import { type Background, backgroundQuery, cancelBackground, forgetRows, isOver } from "@/api/bulk";
import { useSession } from "@/api/session";
import { formatCount } from "@/lib/formatters";
import { reaches, roleOf } from "@/models/roles";
import { Button } from "@/ui/Button";
import { Popover } from "@/ui/Popover";
import { toast } from "@/ui/toasts";
import { TimeText } from "@/ui/values";

/** Work in the background: how far it is, and how to end it. Not there where there never was any. */
export function Bell() {
  const { projectId = "" } = useParams({ strict: false });
  const [isOpen, setOpen] = useState(false);
  const queries = useQueryClient();
  const { data = [] } = useQuery({ ...backgroundQuery(projectId), enabled: projectId !== "" });
  const running = data.filter((one) => !isOver(one)).length;
  useTellWhatEnds(data, () => forgetRows(queries));
  if (data.length === 0) return null;
  return (
    <Popover
      label="Work in the background"
      align="end"
      isOpen={isOpen}
      onOpenChange={(next) => {
        setOpen(next);
        if (next) void queries.invalidateQueries({ queryKey: ["background", projectId] });
      }}
      className="w-80 p-3"
      trigger={
        <Button
          kind="quiet"
          data-testid="bell"
          className="relative w-7 px-0"
          aria-label={running === 0 ? "Work in the background" : `Work in the background: ${running} running`}
        >
          <BellIcon className="size-4" strokeWidth={1.75} aria-hidden />
          {running > 0 && <span className="absolute top-0.5 right-0.5 size-2 rounded-full bg-accent" />}
        </Button>
      }
    >
      <h2 className="mb-2 text-12 font-medium text-text-3">Work in the background</h2>
      <ul className="flex flex-col gap-3">
        {data.map((one) => (
          <Work key={one.id} work={one} projectId={projectId} />
        ))}
      </ul>
    </Popover>
  );
}

const NAMES: Readonly<Record<Background["kind"], string>> = {
  delete: "Delete traces",
  reprice: "Price anew",
  remap: "Read anew",
};
const STATES: Readonly<Record<Background["state"], string>> = {
  waiting: "waits for its turn",
  running: "running",
  done: "done",
  failed: "failed",
  cancelled: "ended early",
};

function Work({ work, projectId }: { work: Background; projectId: string }) {
  const queries = useQueryClient();
  const role = useSession().projects.find(({ id }) => id === projectId)?.role ?? "viewer";
  const { kind, state, done, changed, total } = work;
  const label = `${NAMES[kind]}: ${STATES[state]}`;
  const end = () =>
    cancelBackground(queries, projectId, work.id).catch((error: unknown) =>
      toast(error instanceof Error ? error.message : "It could not be ended", "error"),
    );
  return (
    <li data-testid="background-work" data-state={state} className="flex flex-col gap-1">
      <div className="flex items-center gap-2">
        <span className="min-w-0 grow truncate font-medium">{NAMES[kind]}</span>
        <span className={state === "failed" ? "text-danger" : "text-text-2"}>{STATES[state]}</span>
        {!isOver(work) && reaches(roleOf(role), kind === "delete" ? "member" : "admin") && (
          <Button size="small" onClick={() => void end()}>
            End
          </Button>
        )}
      </div>
      {total !== null && (
        <progress
          aria-label={label}
          value={Math.min(done, total)}
          max={Math.max(total, 1)}
          className="h-1 w-full accent-(--accent)"
        />
      )}
      <div className="tabular flex justify-between gap-2 text-12 text-text-3">
        <span className="truncate" dir="auto">
          {kind === "delete" ? "" : `${formatCount(done)} looked at, `}
          {formatCount(changed)} {kind === "delete" ? "deleted" : "changed"}
          {total !== null && ` of ${formatCount(total)}`}
        </span>
        <TimeText us={work.createdUs} />
      </div>
      {work.query !== null && work.query !== "" && (
        <code className="truncate font-mono text-11 text-text-3" dir="auto">
          {work.query}
        </code>
      )}
      {work.error !== null && <p className="text-12 text-danger">{work.error}</p>}
    </li>
  );
}

/** When work that was running is over: say so, and read anew what it changed. */
function useTellWhatEnds(works: readonly Background[], onEnd: () => void): void {
  const before = useRef(new Set<string>());
  const tell = useRef(onEnd);
  useEffect(() => {
    tell.current = onEnd;
  }, [onEnd]);
  useEffect(() => {
    const ended = works.filter((one) => isOver(one) && before.current.has(one.id));
    before.current = new Set(works.filter((one) => !isOver(one)).map(({ id }) => id));
    if (ended.length === 0) return;
    for (const { kind, state } of ended)
      toast(`${NAMES[kind]}: ${STATES[state]}`, state === "failed" ? "error" : "plain");
    tell.current();
  }, [works]);
}
