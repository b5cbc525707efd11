import { useQuery } from "@tanstack/react-query";

import { type ObservationRow, topQuery } from "@/api/explorer";
import { formatId, oneLine } from "@/lib/formatters";
import { href } from "@/lib/href";
import { Link } from "@/ui/Link";
import { TypeIcon } from "@/ui/TypeIcon";
import { TimeText } from "@/ui/values";

import { type Board, listPath, spanOf } from "./board";
import { useNear, Widget } from "./Widget";

const SHOWN = 10;
const NEWEST = "startTime-DESC";

/** What failed last. */
export function RecentErrors({ board }: { board: Board }) {
  const near = useNear();
  const { span, label } = spanOf(board, "1d");
  const question = {
    projectId: board.projectId,
    level: "observations",
    q: "level:ERROR",
    env: board.env,
    ...span,
  } as const;
  const found = useQuery({
    ...topQuery<ObservationRow>(question, NEWEST, SHOWN),
    enabled: near.isNear && span !== null,
  });
  const rows = found.data?.rows ?? [];
  return (
    <Widget
      title="Recent errors"
      note={label}
      near={near}
      readings={[found]}
      isEmpty={rows.length === 0}
      nothing="Nothing failed in this time."
      isWide
      tools={
        span !== null && (
          <Link
            to={listPath(board, "observations", span, ["level:ERROR"], NEWEST)}
            className="text-12 text-accent hover:underline"
          >
            All
          </Link>
        )
      }
    >
      <ol>
        {rows.map((row) => (
          <li key={row.id} className="border-t border-line first:border-t-0">
            <Link
              to={href.trace({ projectId: board.projectId, traceId: row.traceId, observation: row.id })}
              className="flex h-7 items-center gap-3 rounded-sm px-1 hover:bg-hover"
              data-testid="recent-error"
              data-id={row.id}
            >
              <TypeIcon type={row.type} />
              <span className="w-24 shrink-0 truncate text-left sm:w-40" dir="auto">
                {row.name ?? formatId(row.id)}
              </span>
              <span className="min-w-0 grow truncate text-left text-danger" dir="auto">
                {row.statusMessage === null ? "ERROR" : oneLine(row.statusMessage)}
              </span>
              <span className="hidden text-12 text-text-3 sm:inline">
                <TimeText us={row.startTimeUs} />
              </span>
            </Link>
          </li>
        ))}
      </ol>
    </Widget>
  );
}
