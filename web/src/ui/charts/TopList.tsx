import type { ReactNode } from "react";

import { Link } from "@/ui/Link";

export interface TopRow {
  id: string;
  label: string;
  /** How long its bar is; null is unknown. */
  value: number | null;
  shown: string;
  /** Smaller, beside the value. */
  note?: ReactNode;
  colour: string;
  to: string;
}

/** The largest first, each with a bar behind it. It is a list, so it needs no table beside it. */
export function TopList({ label, rows, most }: { label: string; rows: readonly TopRow[]; most?: number | undefined }) {
  const longest = most ?? Math.max(0, ...rows.map(({ value }) => value ?? 0));
  return (
    <ol aria-label={label} className="flex flex-col gap-px">
      {rows.map(({ id, label: name, value, shown, note, colour, to }) => (
        <li key={id}>
          <Link
            to={to}
            data-testid="chart-mark"
            data-series={name}
            data-value={value ?? undefined}
            className="relative flex h-7 items-center gap-2 rounded-sm px-2 hover:bg-hover"
          >
            <span
              aria-hidden
              className="absolute inset-y-0.5 left-0 rounded-sm opacity-15"
              style={{ background: colour, width: `${longest > 0 ? ((value ?? 0) / longest) * 100 : 0}%` }}
            />
            <span aria-hidden className="relative size-2 shrink-0 rounded-[2px]" style={{ background: colour }} />
            <span className="relative min-w-0 grow truncate text-left" dir="auto" title={name}>
              {name}
            </span>
            {note !== undefined && <span className="relative text-12 whitespace-nowrap text-text-3">{note}</span>}
            <span className={`tabular relative whitespace-nowrap ${value === null ? "text-text-3" : ""}`}>{shown}</span>
          </Link>
        </li>
      ))}
    </ol>
  );
}
