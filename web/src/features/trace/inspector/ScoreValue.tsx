import { Check, X } from "lucide-react";

import type { ScoreBody } from "@/api/traces";
import { formatScore } from "@/lib/formatters";

/** A value after its kind: a word beside the tick, so that colour alone says nothing. */
export function ScoreValue({
  score: { dataType, value, stringValue },
}: {
  score: Pick<ScoreBody, "dataType" | "value" | "stringValue">;
}) {
  if (dataType === "BOOLEAN") {
    const Icon = value === 1 ? Check : X;
    return (
      <span className="inline-flex items-center gap-1" data-value={value}>
        <Icon className={`size-3.5 ${value === 1 ? "text-success" : "text-danger"}`} strokeWidth={2} aria-hidden />
        {value === 1 ? "true" : "false"}
      </span>
    );
  }
  if (stringValue !== null) {
    return (
      <span data-value={stringValue} dir="auto" className="whitespace-pre-wrap">
        {stringValue}
      </span>
    );
  }
  return (
    <span className="tabular" data-value={value}>
      {formatScore(value)}
    </span>
  );
}
