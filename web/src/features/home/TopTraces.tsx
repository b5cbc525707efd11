import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { topQuery, type TraceRow } from "@/api/explorer";
import { formatId } from "@/lib/formatters";
import { href } from "@/lib/href";
import { Link } from "@/ui/Link";
import { CostText, DurationText, TimeText } from "@/ui/values";

import { type Board, listPath, spanOf } from "./board";
import { useNear, Widget } from "./Widget";

const SHOWN = 10;

/** The traces that took longest. */
export function SlowestTraces({ board }: { board: Board }) {
  return (
    <TopTraces
      board={board}
      title="Slowest traces"
      orderBy="latency-DESC"
      has={(row) => row.latencyUs !== null}
      renderValue={(row) => <DurationText us={row.latencyUs} isRunning={row.isRunning} />}
    />
  );
}

/** The traces that cost most. */
export function DearestTraces({ board }: { board: Board }) {
  return (
    <TopTraces
      board={board}
      title="Most expensive traces"
      orderBy="cost-DESC"
      has={(row) => row.cost !== null && Number(row.cost) > 0}
      renderValue={(row) => <CostText amount={row.cost} unpriced={row.unpricedCount} />}
    />
  );
}

interface TopTracesProps {
  board: Board;
  title: string;
  orderBy: string;
  /** Whether a row has what they are ordered by. */
  has: (row: TraceRow) => boolean;
  renderValue: (row: TraceRow) => ReactNode;
}

function TopTraces({ board, title, orderBy, has, renderValue }: TopTracesProps) {
  const near = useNear();
  const { span, label } = spanOf(board, "1d");
  const question = { projectId: board.projectId, level: "traces", q: "", env: board.env, ...span } as const;
  const found = useQuery({
    ...topQuery<TraceRow>(question, orderBy, SHOWN),
    enabled: near.isNear && span !== null,
  });
  const rows = (found.data?.rows ?? []).filter(has);
  return (
    <Widget
      title={title}
      note={label}
      near={near}
      readings={[found]}
      isEmpty={rows.length === 0}
      nothing="None in this time."
      tools={
        span !== null && (
          <Link to={listPath(board, "traces", span, [], orderBy)} className="text-12 text-accent hover:underline">
            All
          </Link>
        )
      }
    >
      <ol>
        {rows.map((row) => (
          <li key={row.id} className="border-t border-line first:border-t-0">
            <Link
              to={href.trace({ projectId: board.projectId, traceId: row.id })}
              className="flex h-7 items-center gap-3 rounded-sm px-1 hover:bg-hover"
              data-testid="top-trace"
              data-id={row.id}
            >
              <span className="min-w-0 grow truncate text-left" dir="auto">
                {row.name ?? formatId(row.id)}
              </span>
              <span className="hidden text-12 text-text-3 sm:inline">
                <TimeText us={row.timestampUs} />
              </span>
              <span className="w-20 text-right">{renderValue(row)}</span>
            </Link>
          </li>
        ))}
      </ol>
    </Widget>
  );
}
