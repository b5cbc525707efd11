import type { UserRow } from "@/api/explorer";
import { formatPercent } from "@/lib/formatters";
import { href } from "@/lib/href";
import { CostText, TimeText, TokensText } from "@/ui/values";

import { count, RowLink, text } from "./columns";
import type { LevelLook } from "./levels";
import { NO_USERS } from "./nothing";

const pathOf = (row: UserRow, projectId: string) => href.user({ projectId, userId: row.id });

export const USERS: LevelLook<UserRow> = {
  level: "users",
  title: "Users",
  noun: "user",
  usualSort: "lastSeen",
  idOf: (row) => row.id,
  pathOf,
  hasError: () => false,
  hasHistogram: false,
  isFollowed: false,
  hasPayload: false,
  quick: [],
  placeholder: "user:acme* env:production",
  nothingYet: NO_USERS,
  columns: [
    {
      id: "id",
      label: "User",
      width: 200,
      isUsual: true,
      isPinned: true,
      grows: true,
      sort: "id",
      filter: { field: "user", value: (row) => row.id },
      cell: (row, { projectId }) => <RowLink to={pathOf(row, projectId)}>{text(row.id)}</RowLink>,
    },
    {
      id: "lastSeen",
      isTime: true,
      inFile: ["lastSeenUs"],
      label: "Last seen",
      width: 156,
      isUsual: true,
      sort: "lastSeen",
      cell: (row, { today }) => <TimeText us={row.lastSeenUs} today={today} />,
    },
    {
      id: "traces",
      inFile: ["traceCount"],
      label: "Traces",
      width: 88,
      isUsual: true,
      isNumeric: true,
      sort: "traceCount",
      cell: (row) => count(row.traceCount),
    },
    {
      id: "errors",
      inFile: ["errorCount"],
      label: "With errors",
      width: 112,
      isUsual: true,
      isNumeric: true,
      sort: "errorCount",
      cell: (row) => <ErrorRate row={row} />,
    },
    {
      id: "cost",
      inFile: ["cost", "unpricedCount"],
      label: "Cost",
      width: 100,
      isUsual: true,
      isNumeric: true,
      sort: "cost",
      cell: (row) => <CostText amount={row.cost} unpriced={row.unpricedCount} />,
    },
    {
      id: "tokens",
      inFile: ["inputTokens", "outputTokens", "totalTokens"],
      label: "Tokens",
      width: 124,
      isUsual: true,
      isNumeric: true,
      sort: "totalTokens",
      cell: (row) => <TokensText input={row.inputTokens} output={row.outputTokens} total={row.totalTokens} />,
    },
    {
      id: "sessions",
      inFile: ["sessionCount"],
      label: "Sessions",
      width: 88,
      isUsual: true,
      isNumeric: true,
      sort: "sessionCount",
      cell: (row) => count(row.sessionCount),
    },
    {
      id: "observations",
      inFile: ["observationCount"],
      label: "Observations",
      width: 112,
      isUsual: true,
      isNumeric: true,
      sort: "observationCount",
      cell: (row) => count(row.observationCount),
    },
    {
      id: "firstSeen",
      isTime: true,
      inFile: ["firstSeenUs"],
      label: "First seen",
      width: 156,
      isUsual: true,
      sort: "firstSeen",
      cell: (row, { today }) => <TimeText us={row.firstSeenUs} today={today} />,
    },
  ],
  facets: [
    { field: "env", label: "Environment" },
    { field: "user", label: "User" },
    { field: "name", label: "Name of a trace" },
    { field: "tag", label: "Tags" },
    { field: "version", label: "Version" },
    { field: "release", label: "Release" },
  ],
};

/** The share of the traces in which something failed. */
function ErrorRate({ row: { errorCount, traceCount } }: { row: UserRow }) {
  const share = traceCount === 0 ? 0 : errorCount / traceCount;
  return (
    <span
      className={`tabular ${errorCount > 0 ? "text-danger" : "text-text-3"}`}
      data-value={share}
      title={`${errorCount} of ${traceCount} traces`}
    >
      {errorCount === 0 ? "0" : formatPercent(share)}
    </span>
  );
}
