import { useParams } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { fetchServerTime } from "@/api/ingestion";
import { formatCount, formatDuration } from "@/lib/formatters";
import { clockDifference } from "@/models/arrivals";
import { TimeText } from "@/ui/values";

const clockUs = () => Date.now() * 1000;
const EVERY_MS = 30_000;
/** Differences below it say nothing. */
const AGREES_US = 1_000_000;

interface Read {
  serverUs: number;
  us: number;
  errorUs: number;
}

/** The server's clock beside this browser's, and whether those of senders are ahead. */
export function Clocks({ ahead, aheadUs }: { ahead: number; aheadUs: number }) {
  const { projectId = "" } = useParams({ strict: false });
  const read = useServerClock(projectId);
  return (
    <div className="rounded-md border border-line p-3">
      <dt className="text-12 text-text-2">Server's clock</dt>
      <dd>
        <span className="text-16 font-semibold">{read === null ? "—" : <TimeText us={read.serverUs} />}</span>
        <span className="block text-12 text-text-3">{read === null ? "asking…" : tell(read)}</span>
        {ahead > 0 && (
          <span className="block text-12 text-warn">
            {formatCount(ahead)} observations began after they arrived, by up to {formatDuration(aheadUs)}: the clock of
            a sender is ahead.
          </span>
        )}
      </dd>
    </div>
  );
}

function tell({ us, errorUs }: Read): string {
  if (Math.abs(us) <= AGREES_US + errorUs) return "agrees with this browser's";
  return `this browser's is ${formatDuration(Math.abs(us))} ${us > 0 ? "ahead" : "behind"}`;
}

function useServerClock(projectId: string): Read | null {
  const [read, setRead] = useState<Read | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    const ask = async () => {
      const asked = clockUs();
      const serverUs = await fetchServerTime(projectId, abort.signal);
      setRead({ serverUs, ...clockDifference(asked, serverUs, clockUs()) });
    };
    const follow = () => void ask().catch(() => undefined); // the rest of the page says when the server is away
    follow();
    const timer = setInterval(follow, EVERY_MS);
    return () => {
      abort.abort();
      clearInterval(timer);
    };
  }, [projectId]);
  return read;
}
