import { useQuery } from "@tanstack/react-query";
import { CircleAlert, CircleCheck, LoaderCircle, TriangleAlert } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import { type Arrivals, arrivalsQuery, sendSampleTrace } from "@/api/ingestion";
import { fetchNewestTrace } from "@/api/explorer";
import { TracePeek } from "@/features/trace/TracePeek";
import { href } from "@/lib/href";
import { type Arrival, nameKey, nameReason, tellArrivals } from "@/models/arrivals";
import { Button } from "@/ui/Button";
import { Permitted } from "@/ui/Permitted";
import { Link } from "@/ui/Link";
import { ErrorState } from "@/ui/states";
import { toast } from "@/ui/toasts";
import { useAlone } from "@/ui/useAlone";
import { TimeText } from "@/ui/values";

const EVERY_MS = 1000;
const SHOWN = 20;

/** Waits for the first trace, tells what arrives meanwhile, and opens the trace where one is looking. */
export function Watch({ projectId }: { projectId: string }) {
  const arrivals = useQuery(arrivalsQuery(projectId, SHOWN, EVERY_MS));
  const since = useFirst(arrivals.data);
  const told = arrivals.data === undefined || since === null ? [] : tellArrivals(arrivals.data, since);
  const [traceId, setTraceId] = useState<string | null>(null);
  const isStored = told.some(({ tone }) => tone !== "bad");
  useNewest(projectId, isStored && traceId === null, setTraceId);
  const section = useShown(traceId ?? told[0]?.key ?? null);
  return (
    <section ref={section} aria-labelledby="watching" className="mt-8 scroll-mt-4">
      <div className="flex flex-wrap items-center gap-2">
        <h2 id="watching" className="flex grow items-center gap-2 text-14 font-semibold">
          <Progress isDone={traceId !== null} />
          {traceId === null ? "Waiting for your first trace" : "Your trace arrived"}
        </h2>
        <SampleButton projectId={projectId} onSent={setTraceId} />
      </div>
      {arrivals.isError && <ErrorState error={arrivals.error} onRetry={() => void arrivals.refetch()} />}
      {traceId === null && told.length === 0 && !arrivals.isError && (
        <p className="mt-1 text-text-2">
          Whatever this project's keys send shows here within a second, also what is refused and why.
        </p>
      )}
      <ul aria-live="polite" aria-label="What arrived" className="mt-2 flex flex-col gap-1">
        {told.map((arrival) => (
          <ArrivalRow key={arrival.key} arrival={arrival} />
        ))}
      </ul>
      <Strangers arrivals={arrivals.data} since={since} />
      {traceId !== null && <ArrivedTrace projectId={projectId} traceId={traceId} />}
    </section>
  );
}

/** Brings the section into view whenever something new shows: whoever comes back from a terminal looks for it. */
function useShown(news: string | null) {
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    if (news !== null) section.current?.scrollIntoView({ block: "start" });
  }, [news]);
  return section;
}

/** The server's time of the first answer: what was before is not news. */
function useFirst(arrivals: Arrivals | undefined): number | null {
  const [since, setSince] = useState<number | null>(null);
  useEffect(() => {
    if (arrivals !== undefined && since === null) setSince(arrivals.nowUs);
  }, [arrivals, since]);
  return since;
}

/** Once something was stored, ask for the newest trace until it is another than the newest was at first. */
function useNewest(projectId: string, isWanted: boolean, onFound: (traceId: string) => void) {
  const before = useQuery({
    queryKey: ["newest-trace", projectId, "before"],
    queryFn: ({ signal }) => fetchNewestTrace(projectId, signal),
    gcTime: 0,
    staleTime: Infinity,
  });
  const newest = useQuery({
    queryKey: ["newest-trace", projectId],
    queryFn: ({ signal }) => fetchNewestTrace(projectId, signal),
    enabled: isWanted && before.data !== undefined,
    refetchInterval: EVERY_MS,
    gcTime: 0,
    staleTime: 0,
  });
  const found = isWanted && !newest.isFetching ? newest.data : undefined;
  useEffect(() => {
    if (found !== undefined && found !== null && found !== before.data) onFound(found);
  }, [found, before.data, onFound]);
}

function Progress({ isDone }: { isDone: boolean }) {
  if (isDone) return <CircleCheck className="size-4 text-success" strokeWidth={2} aria-hidden />;
  return <LoaderCircle className="size-4 animate-spin text-accent" strokeWidth={2} aria-hidden />;
}

function SampleButton({ projectId, onSent }: { projectId: string; onSent: (traceId: string) => void }) {
  const alone = useAlone();
  const [isBusy, setBusy] = useState(false);
  const send = async () => {
    setBusy(true);
    try {
      onSent(await sendSampleTrace(projectId));
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error), "error");
    } finally {
      setBusy(false);
    }
  };
  return (
    <Permitted needs="member">
      <Button aria-disabled={isBusy} onClick={() => void alone(send)}>
        Send a test trace from here
      </Button>
    </Permitted>
  );
}

const ICONS = { ok: CircleCheck, warn: TriangleAlert, bad: CircleAlert } as const;
const COLOURS = { ok: "text-success", warn: "text-warn", bad: "text-danger" } as const;

function ArrivalRow({ arrival }: { arrival: Arrival }) {
  const Icon = ICONS[arrival.tone];
  return (
    <li
      data-testid="arrival"
      data-tone={arrival.tone}
      className="flex items-start gap-2 rounded-sm border border-line bg-panel px-2 py-1.5"
    >
      <Icon className={`mt-0.5 size-4 shrink-0 ${COLOURS[arrival.tone]}`} strokeWidth={1.75} aria-hidden />
      <div className="min-w-0 grow">
        <p className="break-words" dir="auto">
          {arrival.title}
        </p>
        {arrival.advice.map((line) => (
          <p key={line} className="text-12 break-words text-text-2" dir="auto">
            {line}
          </p>
        ))}
      </div>
      <span className="shrink-0 text-12 text-text-3">
        <TimeText us={arrival.us} />
      </span>
    </li>
  );
}

/** Keys that are nobody's: shown to those who own everything here, for it may be theirs with a letter missing. */
function Strangers({ arrivals, since }: { arrivals: Arrivals | undefined; since: number | null }) {
  const strangers = (arrivals?.strangers ?? []).filter(({ lastUs }) => since !== null && lastUs > since);
  if (strangers.length === 0) return null;
  return (
    <div className="mt-3">
      <h3 className="text-12 font-medium text-text-2">With keys that no project here has</h3>
      <ul className="mt-1 flex flex-col gap-1">
        {strangers.map((one) => (
          <li key={`${one.keyPrefix} ${one.reason}`} data-testid="stranger" className="text-12 break-words text-text-2">
            <code className="font-mono">{nameKey(one)}</code>: {nameReason(one)}. {one.advice}
          </li>
        ))}
      </ul>
    </div>
  );
}

function ArrivedTrace({ projectId, traceId }: { projectId: string; traceId: string }) {
  return (
    <div className="mt-3 flex h-[70vh] min-h-100 flex-col overflow-hidden rounded-md border border-line">
      <div className="flex items-center justify-between gap-2 border-b border-line bg-panel px-3 py-1.5">
        <span className="text-12 text-text-2">Here it is.</span>
        <Link to={href.trace({ projectId, traceId })} className="text-accent hover:underline">
          Open its page
        </Link>
      </div>
      <TracePeek projectId={projectId} traceId={traceId} />
    </div>
  );
}
