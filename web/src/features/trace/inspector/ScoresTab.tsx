import type { ScoreBody } from "@/api/traces";
import { TimeText } from "@/ui/values";

import { Block } from "./AttributesTab";
import { ScoreValue } from "./ScoreValue";

export interface ScoresTabProps {
  /** Of the trace and all its observations. */
  scores: readonly ScoreBody[];
  observationId: string | null;
  nameOf: (observationId: string) => string;
  onOpen: (observationId: string) => void;
}

/** Scores of what is selected, then those of the rest of the trace. */
export function ScoresTab({ scores, observationId, nameOf, onOpen }: ScoresTabProps) {
  const own = scores.filter((score) => (score.observationId ?? null) === observationId);
  const others = scores.filter((score) => (score.observationId ?? null) !== observationId);
  if (scores.length === 0) return <p className="p-3 text-12 text-text-3 italic">— no scores</p>;
  return (
    <>
      {own.length > 0 && (
        <Block title={observationId === null ? "Of the trace" : "Of this observation"}>
          <Table scores={own} />
        </Block>
      )}
      {others.length > 0 && (
        <Block title={observationId === null ? "Of its observations" : "Elsewhere in the trace"}>
          <Table scores={others} nameOf={nameOf} onOpen={onOpen} />
        </Block>
      )}
    </>
  );
}

function Table({
  scores,
  nameOf,
  onOpen,
}: {
  scores: readonly ScoreBody[];
  nameOf?: ScoresTabProps["nameOf"];
  onOpen?: ScoresTabProps["onOpen"];
}) {
  return (
    <div className="overflow-x-auto">
      <table className="w-full text-12">
        <thead>
          <tr className="border-b border-line text-left text-text-3">
            <th className="py-1 pr-3 font-normal">Name</th>
            <th className="py-1 pr-3 font-normal">Value</th>
            {nameOf !== undefined && <th className="py-1 pr-3 font-normal">Of</th>}
            <th className="py-1 pr-3 font-normal">Source</th>
            <th className="py-1 pr-3 font-normal">Comment</th>
            <th className="py-1 font-normal">Time</th>
          </tr>
        </thead>
        <tbody>
          {scores.map((score) => (
            <tr key={score.id} className="border-b border-line align-top last:border-b-0" data-testid="score-row">
              <td className="py-1 pr-3 font-medium" dir="auto">
                {score.name}
              </td>
              <td className="py-1 pr-3">
                <ScoreValue score={score} />
              </td>
              {nameOf !== undefined && (
                <td className="py-1 pr-3">
                  {score.observationId === null ? (
                    "trace"
                  ) : (
                    <button
                      type="button"
                      className="text-accent hover:underline"
                      onClick={() => onOpen?.(score.observationId as string)}
                    >
                      {nameOf(score.observationId)}
                    </button>
                  )}
                </td>
              )}
              <td className="py-1 pr-3 text-text-2">{score.source.toLowerCase()}</td>
              <td className="py-1 pr-3 whitespace-pre-wrap text-text-2" dir="auto">
                {score.comment ?? <span className="text-text-3">—</span>}
              </td>
              <td className="py-1 whitespace-nowrap text-text-2">
                <TimeText us={score.timestampUs} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
