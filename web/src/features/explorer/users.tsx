import type { UserRow } from "@/api/explorer";
import { formatPercent } from "@/lib/formatters";
import { href } from "@/lib/href";

import { COST, counts, moments, RowLink, text, TOKENS } from "./columns";
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
    moments({ id: "lastSeen", inFile: ["lastSeenUs"], label: "Last seen", sort: "lastSeen" }, (row) => row.lastSeenUs),
    counts({ id: "traces", inFile: ["traceCount"], label: "Traces", sort: "traceCount" }, (row) => row.traceCount),
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
    COST,
    { ...TOKENS, width: 124 },
    counts(
      { id: "sessions", inFile: ["sessionCount"], label: "Sessions", sort: "sessionCount" },
      (row) => row.sessionCount,
    ),
    counts(
      { id: "observations", inFile: ["observationCount"], label: "Observations", width: 112, sort: "observationCount" },
      (row) => row.observationCount,
    ),
    moments(
      { id: "firstSeen", inFile: ["firstSeenUs"], label: "First seen", sort: "firstSeen" },
      (row) => row.firstSeenUs,
    ),
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
