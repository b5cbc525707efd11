import { useState } from "react";

import { formatScore } from "@/lib/formatters";
import type { FoundDocument } from "@/models/chat/documents";

const SHOWN = 400;

/** What a retriever found, by rank. */
export function Documents({ documents }: { documents: readonly FoundDocument[] }) {
  const best = Math.max(...documents.map(({ score }) => score ?? 0), 0);
  return (
    <ol className="flex flex-col" data-testid="documents">
      {documents.map((found, at) => (
        // oxlint-disable-next-line react/no-array-index-key -- documents may share ids; their rank is what they are
        <DocumentRow key={at} rank={at + 1} found={found} best={best} />
      ))}
    </ol>
  );
}

function DocumentRow({ rank, found, best }: { rank: number; found: FoundDocument; best: number }) {
  const [isOpen, setOpen] = useState(false);
  const isLong = found.text.length > SHOWN;
  return (
    <li className="border-b border-line px-3 py-2 last:border-b-0">
      <div className="flex items-center gap-2 text-12">
        <span className="tabular w-5 text-right text-text-3">{rank}</span>
        {found.score !== null && (
          <>
            <span className="h-1.5 w-16 shrink-0 overflow-hidden rounded-full bg-chip-muted" aria-hidden>
              <span
                className="block h-full bg-(--type-retriever)"
                style={{ width: `${best > 0 ? Math.max(0, (found.score / best) * 100) : 0}%` }}
              />
            </span>
            <span className="tabular text-text-2" data-value={found.score}>
              {formatScore(found.score)}
            </span>
          </>
        )}
        <span className="truncate text-text-2" dir="auto">
          {found.source ?? found.id}
        </span>
      </div>
      <p className="mt-0.5 ml-7 break-words whitespace-pre-wrap" dir="auto">
        {isOpen || !isLong ? found.text : `${found.text.slice(0, SHOWN)}…`}
      </p>
      {isLong && (
        <button type="button" className="ml-7 text-12 text-accent hover:underline" onClick={() => setOpen(!isOpen)}>
          {isOpen ? "less" : "more"}
        </button>
      )}
    </li>
  );
}
