/** Cells of the lists that are more than a value. */
import { Check, X } from "lucide-react";
import type { ReactNode } from "react";

import type { TraceRow } from "@/api/explorer";
import { formatScore } from "@/lib/formatters";
import { Chip } from "@/ui/Chip";

/** The preview of an input or output: one line, or as many as the rows have. */
export function PreviewCell({ text, lines }: { text: string | null; lines: number }) {
  if (text === null) return <span className="text-text-3 italic">—</span>;
  if (text === "") return <span className="text-text-3 italic">&quot;&quot;</span>;
  return (
    <span
      dir="auto"
      title={text}
      className={lines === 1 ? "truncate text-text-2" : "text-text-2 wrap-anywhere"}
      style={
        lines === 1
          ? undefined
          : { display: "-webkit-box", WebkitBoxOrient: "vertical", WebkitLineClamp: lines, overflow: "hidden" }
      }
    >
      {text}
    </span>
  );
}

type Score = TraceRow["scores"][number];
const SHOWN_SCORES = 3;

export function ScoreChips({ scores, lines }: { scores: readonly Score[]; lines: number }) {
  if (scores.length === 0) return <span className="text-text-3">—</span>;
  const shown = scores.slice(0, SHOWN_SCORES);
  return (
    <ChipList lines={lines}>
      {shown.map((score) => (
        <Chip
          key={score.id}
          data-testid="score-chip"
          title={`${score.name}: ${score.stringValue ?? score.value ?? ""}`}
        >
          <span className="text-text-3">{score.name}</span> {scoreText(score)}
        </Chip>
      ))}
      {scores.length > shown.length && <Chip tone="outline">+{scores.length - shown.length}</Chip>}
    </ChipList>
  );
}

export function scoreText({ dataType, value, stringValue }: Score): ReactNode {
  if (dataType === "BOOLEAN") {
    const isTrue = value === 1;
    const Icon = isTrue ? Check : X;
    return (
      <>
        <Icon
          aria-hidden
          className={`inline size-3 align-[-2px] ${isTrue ? "text-success" : "text-danger"}`}
          strokeWidth={2.5}
        />{" "}
        {isTrue ? "true" : "false"}
      </>
    );
  }
  if (stringValue !== null && dataType !== "NUMERIC") return stringValue;
  return value === null ? "—" : formatScore(value);
}

/** Chips in a cell: in a row of one line they do not wrap. */
export function ChipList({ lines, children }: { lines: number; children: ReactNode }) {
  return <span className={`flex min-w-0 gap-1 overflow-hidden ${lines === 1 ? "" : "flex-wrap"}`}>{children}</span>;
}

const STEPS = [0.5, 0.9] as const;

/** A value with a thin bar that says how slow it is against the slowest 5 % of the page: three steps. */
export function HeatBar({ value, limit, children }: { value: number | null; limit: number; children: ReactNode }) {
  const share = value === null || limit <= 0 ? 0 : Math.min(1, value / limit);
  const step = share >= STEPS[1] ? "bg-warn" : share >= STEPS[0] ? "bg-text-3" : "bg-line-strong opacity-60";
  return (
    <>
      {children}
      {share > 0 && (
        <span
          aria-hidden
          className={`absolute right-2 bottom-0.5 h-0.5 ${step}`}
          style={{ width: `calc((100% - 16px) * ${Math.max(0.02, share)})` }}
        />
      )}
    </>
  );
}
