import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { cancelRepricing, fetchRepricing, type Repricing, requestRepricing } from "@/api/models";
import { formatCost, formatCount } from "@/lib/formatters";
import { Permitted } from "@/ui/Permitted";
import { Button } from "@/ui/Button";
import { SelectField } from "@/ui/fields";
import { useAlone } from "@/ui/useAlone";

const DAY_US = 86_400_000_000;
const EVERY_MS = 700;
const SPANS = [
  { value: "7", label: "the last 7 days" },
  { value: "30", label: "the last 30 days" },
  { value: "90", label: "the last 90 days" },
  { value: "all", label: "everything" },
];
/** First words of the keys of what shows costs, and of what shows that it runs. */
const SHOWING = new Set(
  "background unpriced-models rows top metrics trace skeleton observation turns user modelUse".split(" "),
);
const OVER = new Set(["done", "failed", "cancelled"]);

/** Prices history again by the prices of now: first it says what would change, then it does it, with its progress. */
export function Reprice({ projectId }: { projectId: string }) {
  const [span, setSpan] = useState("30");
  const [asked, setAsked] = useState<Repricing | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [isAsking, setAsking] = useState(false);
  const alone = useAlone();
  const state = useProgress(projectId, asked);
  const ask = async (dryRun: boolean) => {
    setError(null);
    setAsking(true);
    const sinceUs = span === "all" ? 0 : Date.now() * 1000 - Number(span) * DAY_US;
    try {
      setAsked(await requestRepricing(projectId, { sinceUs: Math.floor(sinceUs), model: null, dryRun }));
    } catch (failure) {
      setError(failure instanceof Error ? failure.message : String(failure));
    } finally {
      setAsking(false);
    }
  };
  const cancel = async (id: string) => {
    try {
      setAsked(await cancelRepricing(projectId, id));
    } catch (failure) {
      setError(failure instanceof Error ? failure.message : String(failure));
    }
  };
  const isRunning = state !== null && !OVER.has(state.state);
  useChanged(state);
  return (
    <section aria-labelledby="reprice" className="mt-6 rounded-md border border-line p-3">
      <h3 id="reprice" className="font-semibold">
        Price history again
      </h3>
      <p className="mt-0.5 mb-3 text-text-2">
        What has arrived keeps its cost when prices change. This works the cost of all generations out again, whatever
        their model, by the prices of now; costs that the sender stated stay. The command{" "}
        <code className="font-mono text-12">panope reprice</code> does the same.
      </p>
      <div className="flex flex-wrap items-end gap-2">
        <SelectField
          label="Generations of"
          value={span}
          options={SPANS}
          disabled={isRunning || isAsking}
          className="w-44"
          onChange={(event) => {
            setSpan(event.target.value);
            setAsked(null);
          }}
        />
        <Permitted needs="admin">
          <Button
            size="large"
            aria-disabled={isRunning || isAsking}
            onClick={() => !isRunning && void alone(() => ask(true))}
          >
            Show what would change
          </Button>
        </Permitted>
        {state !== null && state.dryRun && state.state === "done" && state.changed > 0 && (
          <Button kind="primary" size="large" onClick={() => void alone(() => ask(false))}>
            Reprice {formatCount(state.changed)} {state.changed === 1 ? "generation" : "generations"}
          </Button>
        )}
        {isRunning && state !== null && (
          <Button size="large" onClick={() => void cancel(state.id)}>
            Cancel
          </Button>
        )}
      </div>
      {error !== null && (
        <p role="alert" className="mt-2 text-danger">
          {error}
        </p>
      )}
      {state !== null && <Outcome state={state} />}
    </section>
  );
}

/** The operation as it stands, asked again until it is over. */
function useProgress(projectId: string, asked: Repricing | null): Repricing | null {
  const id = asked?.id;
  const read = useQuery({
    queryKey: ["repricing", projectId, id],
    queryFn: ({ signal }) => fetchRepricing(projectId, id ?? "", signal),
    enabled: id !== undefined,
    refetchInterval: ({ state }) => (state.data !== undefined && OVER.has(state.data.state) ? false : EVERY_MS),
  });
  return asked === null ? null : (read.data ?? asked);
}

/** Costs change while it runs: what shows them is read anew at its beginning and at its end. */
function useChanged(state: Repricing | null): void {
  const queries = useQueryClient();
  const stage = state === null || state.dryRun ? null : `${state.id} ${OVER.has(state.state) ? "over" : "begun"}`;
  useEffect(() => {
    if (stage === null) return;
    void queries.invalidateQueries({ predicate: ({ queryKey }) => SHOWING.has(String(queryKey[0])) });
  }, [queries, stage]);
}

function Outcome({ state }: { state: Repricing }) {
  const isOver = OVER.has(state.state);
  const would = state.dryRun ? "would change" : "changed";
  return (
    <div role="status" data-testid="repricing" data-state={state.state} className="mt-3">
      <p>
        {isOver ? TOLD[state.state] : state.dryRun ? "Looking…" : "Repricing…"} {formatCount(state.observations)} looked
        at, <strong>{formatCount(state.changed)}</strong> {would}
        {state.error === null ? "." : `: ${state.error}.`}
      </p>
      {state.changed > 0 && (
        <p className="tabular text-text-2">
          Cost {formatCost(state.costBefore)} → <strong>{formatCost(state.costAfter)}</strong>; without price{" "}
          {formatCount(state.unpricedBefore)} → <strong>{formatCount(state.unpricedAfter)}</strong>
        </p>
      )}
    </div>
  );
}

const TOLD: Readonly<Record<string, string>> = {
  done: "Done.",
  failed: "It failed.",
  cancelled: "Cancelled where it stood.",
};
