import { SearchX } from "lucide-react";
import { useEffect, useState } from "react";

import { Button } from "@/ui/Button";
import { EmptyState } from "@/ui/states";

const EVERY_MS = 2000;
const TRIES = 15;

/** What is not there: perhaps it is on its way, so this asks again for half a minute. */
export function NotFoundYet({
  traceId,
  noun = "trace",
  onRetry,
}: {
  traceId: string;
  noun?: string;
  onRetry: () => void;
}) {
  const [tries, setTries] = useState(0);
  const isTrying = tries < TRIES;
  useEffect(() => {
    if (!isTrying) return;
    const timer = setTimeout(() => {
      setTries(tries + 1);
      onRetry();
    }, EVERY_MS);
    return () => clearTimeout(timer);
  }, [tries, isTrying, onRetry]);
  return (
    <EmptyState
      title={isTrying ? "Not found yet" : "Not found"}
      icon={<SearchX className="size-5" strokeWidth={1.75} aria-hidden />}
    >
      <p className="text-text-2">
        This project has no {noun}{" "}
        <span className="font-mono text-12 break-all text-text" dir="auto">
          {traceId}
        </span>
        .{" "}
        {isTrying
          ? "If it was sent just now, it will appear here."
          : "It may have been deleted, or belong to another project."}
      </p>
      {!isTrying && (
        <Button
          onClick={() => {
            setTries(0);
            onRetry();
          }}
        >
          Try again
        </Button>
      )}
    </EmptyState>
  );
}
