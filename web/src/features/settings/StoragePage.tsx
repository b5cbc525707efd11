import { useQuery } from "@tanstack/react-query";

import { type Storage, storageQuery } from "@/api/projects";
import { formatBytes, formatCount } from "@/lib/formatters";
import { href } from "@/lib/href";
import { isoTime } from "@/lib/times";
import { Link } from "@/ui/Link";
import { ErrorState, Skeleton } from "@/ui/states";
import { Cell, Table } from "@/ui/Table";

import { Section } from "./Section";
import type { SettingsPageProps } from "./SettingsPage";

export function StoragePage({ projectId }: SettingsPageProps) {
  const storage = useQuery(storageQuery(projectId));
  if (storage.isError) return <ErrorState error={storage.error} onRetry={() => void storage.refetch()} />;
  if (storage.data === undefined) return <Skeleton className="h-20" />;
  return (
    <>
      <Section title="This project" about="Counts are exact. Bytes are of rows and payloads, without indexes.">
        <Totals projectId={projectId} storage={storage.data} />
      </Section>
      <Section title="Growth" about="Observations by the day they began, UTC, over the last 30 days.">
        <Growth projectId={projectId} days={storage.data.days} />
      </Section>
      {storage.data.tables !== null && (
        <Section
          title="The whole store"
          about="Every table, of all projects, with its indexes and large values. Only owners of every organisation see this."
        >
          <Tables tables={storage.data.tables} />
        </Section>
      )}
    </>
  );
}

function Totals({ projectId, storage }: { projectId: string; storage: Storage }) {
  const search = { dateRange: "All" };
  const figures = [
    { label: "Traces", value: storage.traces, to: href.list({ projectId, level: "traces", search }) },
    { label: "Observations", value: storage.observations, to: href.list({ projectId, level: "observations", search }) },
  ] as const;
  return (
    <dl className="grid grid-cols-2 gap-3 sm:grid-cols-3">
      {figures.map(({ label, value, to }) => (
        <div key={label} className="rounded-md border border-line p-3">
          <dt className="text-12 text-text-2">{label}</dt>
          <dd className="tabular text-20 font-semibold" data-value={value}>
            <Link to={to} className="hover:underline">
              {formatCount(value)}
            </Link>
          </dd>
        </div>
      ))}
      <div className="rounded-md border border-line p-3">
        <dt className="text-12 text-text-2">Stored{storage.isEstimate ? ", worked out from a sample" : ""}</dt>
        <dd className="tabular text-20 font-semibold" data-value={storage.storedBytes}>
          {storage.isEstimate ? "≈ " : ""}
          {formatBytes(storage.storedBytes)}
        </dd>
      </div>
    </dl>
  );
}

function Growth({ projectId, days }: { projectId: string; days: Storage["days"] }) {
  if (days.length === 0) return <p className="text-text-2">Nothing began within them.</p>;
  const most = Math.max(...days.map(({ observations }) => observations));
  return (
    <Table
      label="Growth"
      columns={[{ label: "Day" }, { label: "Observations", isNumber: true }, { label: "Share of the busiest day" }]}
    >
      {days.toReversed().map(({ dayUs, observations }) => (
        <tr key={dayUs}>
          <Cell className="tabular whitespace-nowrap">{isoTime(dayUs).slice(0, 10)}</Cell>
          <Cell isNumber>
            <Link
              to={href.list({ projectId, level: "observations", search: { dateRange: rangeOfDay(dayUs) } })}
              className="hover:underline"
            >
              {formatCount(observations)}
            </Link>
          </Cell>
          <Cell className="w-1/2">
            <span
              aria-hidden
              className="block h-3 rounded-sm bg-accent"
              style={{ width: `${Math.max(0.5, (observations / most) * 100)}%` }}
            />
          </Cell>
        </tr>
      ))}
    </Table>
  );
}

const DAY_MS = 86_400_000;

function rangeOfDay(dayUs: number): string {
  const fromMs = dayUs / 1000;
  return `${fromMs}-${fromMs + DAY_MS}`;
}

function Tables({ tables }: { tables: NonNullable<Storage["tables"]> }) {
  return (
    <Table
      label="Tables of the store"
      columns={[{ label: "Table" }, { label: "Rows", isNumber: true }, { label: "Size", isNumber: true }]}
    >
      {tables.map(({ name, rows, bytes, isEstimate }) => (
        <tr key={name}>
          <Cell>
            <code className="font-mono text-12">{name}</code>
          </Cell>
          <Cell isNumber>{rows === null ? <span className="text-text-3">not counted</span> : formatCount(rows)}</Cell>
          <Cell isNumber>
            {isEstimate ? "≈ " : ""}
            {formatBytes(bytes)}
          </Cell>
        </tr>
      ))}
    </Table>
  );
}
