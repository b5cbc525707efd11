import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import {
  type Arrivals,
  arrivalsQuery,
  type IngestionHealth,
  ingestionHealthQuery,
  type RefusedKey,
  type SeenRequest,
} from "@/api/ingestion";
import { formatBytes, formatCount, formatDuration } from "@/lib/formatters";
import { href } from "@/lib/href";
import { nameClient, nameKey, nameReason } from "@/models/arrivals";
import { Chip } from "@/ui/Chip";
import { Link } from "@/ui/Link";
import { Segmented } from "@/ui/Segmented";
import { EmptyState, ErrorState, Skeleton } from "@/ui/states";
import { Cell, Table } from "@/ui/Table";
import { TimeText } from "@/ui/values";

import { Section } from "../Section";
import type { SettingsPageProps } from "../SettingsPage";
import { Clocks } from "./Clocks";

const SHOWN = 200;
const EVERY_MS = 5000;
type Which = "all" | "troubled";

/** What arrives, what is refused and why: the first place to look when traces are missing. */
export function IngestionPage({ projectId }: SettingsPageProps) {
  const arrivals = useQuery(arrivalsQuery(projectId, SHOWN, EVERY_MS));
  const health = useQuery(ingestionHealthQuery(projectId));
  return (
    <>
      <Section title="Now" about="Over the last 24 hours.">
        {health.isError && <ErrorState error={health.error} onRetry={() => void health.refetch()} />}
        {health.data === undefined ? !health.isError && <Skeleton className="h-16" /> : <Now health={health.data} />}
      </Section>
      {arrivals.isError && <ErrorState error={arrivals.error} onRetry={() => void arrivals.refetch()} />}
      {arrivals.data !== undefined && (
        <>
          <Refused arrivals={arrivals.data} />
          <Requests projectId={projectId} arrivals={arrivals.data} />
        </>
      )}
      {health.data !== undefined && <Clients health={health.data} />}
    </>
  );
}

function Now({ health }: { health: IngestionHealth }) {
  const { lag, queueDepth } = health;
  return (
    <dl className="grid grid-cols-1 gap-3 sm:grid-cols-2 xl:grid-cols-4">
      <Figure
        label="From start to stored, half of it within"
        value={lag === null ? "—" : formatDuration(lag.p50Us)}
        data={lag?.p50Us}
        note={lag === null ? "Nothing arrived." : `the latest ${formatCount(lag.observations)} observations`}
      />
      <Figure
        label="95 % of it within"
        value={lag === null ? "—" : formatDuration(lag.p95Us)}
        data={lag?.p95Us}
        note="holds the time that the observation itself took"
      />
      <Figure
        label="Waiting to be stored"
        value={queueDepth === null ? "—" : formatCount(queueDepth)}
        data={queueDepth ?? undefined}
        note="requests at this moment"
      />
      <Clocks ahead={lag === null ? 0 : lag.ahead} aheadUs={lag === null ? 0 : lag.aheadUs} />
    </dl>
  );
}

function Figure({
  label,
  value,
  data,
  note,
}: {
  label: string;
  value: string;
  data?: number | undefined;
  note: string;
}) {
  return (
    <div className="rounded-md border border-line p-3">
      <dt className="text-12 text-text-2">{label}</dt>
      <dd>
        <span className="tabular text-16 font-semibold" data-value={data}>
          {value}
        </span>
        <span className="block text-12 text-text-3">{note}</span>
      </dd>
    </div>
  );
}

function Refused({ arrivals }: { arrivals: Arrivals }) {
  const { refused, strangers } = arrivals;
  return (
    <Section
      title="Refused keys"
      about="Requests that were turned away with 401. The secret that was sent is neither stored nor shown."
    >
      {refused.length === 0 ? (
        <p className="text-text-2">None of this project's keys was refused within the last day.</p>
      ) : (
        <RefusedTable label="Refused keys of this project" rows={refused} />
      )}
      {strangers !== null && strangers.length > 0 && (
        <div className="mt-4">
          <h3 className="mb-1 text-13 font-medium">With keys that no project here has</h3>
          <p className="mb-2 text-12 text-text-3">Only owners of every organisation see these.</p>
          <RefusedTable label="Keys that no project has" rows={strangers} />
        </div>
      )}
    </Section>
  );
}

const REFUSED_COLUMNS = [
  { label: "Last" },
  { label: "Key" },
  { label: "Times", isNumber: true },
  { label: "What was wrong" },
];

function RefusedTable({ label, rows }: { label: string; rows: readonly RefusedKey[] }) {
  return (
    <Table label={label} columns={REFUSED_COLUMNS}>
      {rows.map((one) => (
        <tr key={`${one.keyPrefix} ${one.reason}`} data-testid="refused-key" data-reason={one.reason}>
          <Cell>
            <TimeText us={one.lastUs} />
          </Cell>
          <Cell className="max-w-72 min-w-52">
            <code className="font-mono text-12 break-all">{nameKey(one)}</code>
            {one.note !== null && (
              <span className="block text-12 break-words text-text-3" dir="auto">
                {one.note}
              </span>
            )}
          </Cell>
          <Cell isNumber>{formatCount(one.count)}</Cell>
          <Cell className="min-w-60">
            401: {nameReason(one)}
            <span className="block text-12 text-text-2">{one.advice}</span>
          </Cell>
        </tr>
      ))}
    </Table>
  );
}

const isTroubled = ({ status, rejected, reasons }: SeenRequest) => status >= 400 || rejected > 0 || reasons.length > 0;

const REQUEST_COLUMNS = [
  { label: "Time" },
  { label: "Key" },
  { label: "Client" },
  { label: "Size", isNumber: true },
  { label: "Stored", isNumber: true },
  { label: "Rejected", isNumber: true },
  { label: "What was wrong" },
];

function Requests({ projectId, arrivals }: { projectId: string; arrivals: Arrivals }) {
  const [which, setWhich] = useState<Which>("all");
  const shown = which === "all" ? arrivals.requests : arrivals.requests.filter(isTroubled);
  return (
    <Section
      title="Requests"
      about={`The last ${SHOWN} that brought telemetry, the newest first. What they held is not kept here.`}
      action={
        <Segmented
          label="Which requests"
          value={which}
          options={[
            { value: "all", label: "All" },
            { value: "troubled", label: "With rejections" },
          ]}
          onChange={setWhich}
        />
      }
    >
      {arrivals.requests.length === 0 ? (
        <EmptyState title="Nothing arrived yet">
          <Link to={href.setup({ projectId })} className="text-accent hover:underline">
            Send your first trace
          </Link>
        </EmptyState>
      ) : shown.length === 0 ? (
        <p className="text-text-2">None of these requests had anything rejected.</p>
      ) : (
        <Table label="Requests" columns={REQUEST_COLUMNS}>
          {shown.map((request) => (
            <RequestRow key={request.requestId} projectId={projectId} request={request} />
          ))}
        </Table>
      )}
    </Section>
  );
}

const MINUTE_MS = 60_000;

/** The observations that began around a request: the rows that it most likely brought. */
function around(us: number): string {
  const ms = Math.floor(us / 1000);
  return `${ms - 5 * MINUTE_MS}-${ms + MINUTE_MS}`;
}

function RequestRow({ projectId, request }: { projectId: string; request: SeenRequest }) {
  const isRefused = request.status >= 400;
  return (
    <tr data-testid="ingestion-request">
      <Cell>
        <TimeText us={request.receivedUs} withMs />
      </Cell>
      <Cell className="max-w-72 min-w-44">
        {request.publicKey === null ? (
          <span className="text-text-3">{request.sdkName === "panope-web" ? "this web app" : "—"}</span>
        ) : (
          <code className="font-mono text-12 break-all">{request.publicKey}</code>
        )}
        {request.isRevoked && <Chip tone="warn">revoked since</Chip>}
        {request.note !== null && (
          <span className="line-clamp-1 text-12 break-words text-text-3" dir="auto">
            {request.note}
          </span>
        )}
      </Cell>
      <Cell className="max-w-52 min-w-36 break-words">
        <span dir="auto">{nameClient(request)}</span>
        {request.sdkName !== null && <span className="block text-12 text-text-3">{request.protocol}</span>}
      </Cell>
      <Cell isNumber>{formatBytes(request.bodyBytes)}</Cell>
      <Cell isNumber>
        <Link
          className="hover:underline"
          to={href.list({ projectId, level: "observations", search: { dateRange: around(request.receivedUs) } })}
        >
          {formatCount(request.accepted)}
        </Link>
      </Cell>
      <Cell isNumber className={request.rejected > 0 ? "text-danger" : ""}>
        {formatCount(request.rejected)}
      </Cell>
      <Cell className="min-w-72">
        {isRefused && <span className="mb-0.5 block">Refused whole with {request.status}.</span>}
        <Codes codes={request.reasons} />
        <Codes codes={request.repairs} isRepair />
        {!isRefused && request.reasons.length + request.repairs.length === 0 && <span className="text-text-3">—</span>}
      </Cell>
    </tr>
  );
}

function Codes({ codes, isRepair = false }: { codes: SeenRequest["reasons"]; isRepair?: boolean }) {
  return codes.map(({ code, count, advice }) => (
    <span key={code} className="mb-0.5 block">
      <Chip tone={isRepair ? "warn" : "danger"}>
        {isRepair ? "repaired " : ""}
        {code} × {formatCount(count)}
      </Chip>{" "}
      <span className="text-12 text-text-2">{advice}</span>
    </span>
  ));
}

const CLIENT_COLUMNS = [
  { label: "Client" },
  { label: "Last" },
  { label: "Requests", isNumber: true },
  { label: "Stored", isNumber: true },
  { label: "Rejected", isNumber: true },
  { label: "What to change" },
];

function Clients({ health }: { health: IngestionHealth }) {
  return (
    <Section
      title="Senders"
      about={`SDKs and exporters of the last 24 hours, by version.${health.isCut ? " More arrived than was read; these are of the newest requests." : ""}`}
    >
      {health.clients.length === 0 ? (
        <p className="text-text-2">Nothing was sent within the last day.</p>
      ) : (
        <Table label="Senders" columns={CLIENT_COLUMNS}>
          {health.clients.map((client) => (
            <tr key={`${client.sdkName} ${client.sdkVersion} ${client.protocol}`} data-testid="sender">
              <Cell className="max-w-60 min-w-36 break-words">
                <span dir="auto">{nameClient(client)}</span>
                {client.sdkName !== null && <span className="block text-12 text-text-3">{client.protocol}</span>}
              </Cell>
              <Cell>
                <TimeText us={client.lastUs} />
              </Cell>
              <Cell isNumber>{formatCount(client.requests)}</Cell>
              <Cell isNumber>{formatCount(client.accepted)}</Cell>
              <Cell isNumber className={client.rejected > 0 ? "text-danger" : ""}>
                {formatCount(client.rejected)}
              </Cell>
              <Cell className="min-w-72">
                {client.refused > 0 && (
                  <span className="mb-0.5 block">{formatCount(client.refused)} requests were refused whole.</span>
                )}
                <Codes codes={client.reasons} />
                <Codes codes={client.repairs} isRepair />
                {client.reasons.length + client.repairs.length === 0 && <span className="text-text-3">nothing</span>}
              </Cell>
            </tr>
          ))}
        </Table>
      )}
    </Section>
  );
}
