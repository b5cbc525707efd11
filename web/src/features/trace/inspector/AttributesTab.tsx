import type { ReactNode } from "react";

import type { ObservationBody, TraceBody } from "@/api/traces";
import { formatCount } from "@/lib/formatters";
import type { Json } from "@/models/json/value";
import { TimeText } from "@/ui/values";

import { JsonTree } from "../io/JsonTree";
import { Facts } from "./Facts";

type Row = readonly [string, ReactNode, string?];
const mono = (text: string): ReactNode => <span className="font-mono">{text}</span>;
const row = (name: string, value: string | null): Row[] =>
  value === null || value === "" ? [] : [[name, mono(value), value]];

/** Everything about a trace or an observation that is neither its texts nor its scores. */
export function AttributesTab({ trace, observation }: { trace: TraceBody; observation: ObservationBody | undefined }) {
  const subject = observation ?? trace;
  const rows: Row[] = observation === undefined ? traceRows(trace) : observationRows(observation);
  return (
    <div className="flex flex-col">
      <Block title="Metadata">
        {Object.keys(subject.metadata).length === 0 ? (
          <p className="text-12 text-text-3 italic">— none</p>
        ) : (
          <Framed>
            <JsonTree key={subject.id} value={subject.metadata} label="Metadata" maxRows={40} />
          </Framed>
        )}
      </Block>
      {observation !== undefined && <Lists observation={observation} />}
      <Block title={observation === undefined ? "Trace" : "Observation"}>
        <Facts rows={rows} />
      </Block>
    </div>
  );
}

function traceRows(trace: TraceBody): Row[] {
  return [
    ...row("Trace id", trace.id),
    ...row("User", trace.userId),
    ...row("Session", trace.sessionId),
    ...row("Environment", trace.environment),
    ...row("Release", trace.release),
    ...row("Version", trace.version),
    ["Observations", formatCount(trace.observationCount)],
    ["Received", <TimeText key="c" us={trace.createdUs} withMs />],
    ["Last change", <TimeText key="u" us={trace.updatedUs} withMs />],
  ];
}

function observationRows(observation: ObservationBody): Row[] {
  const { retryNumber, endTimeUs } = observation;
  return [
    ...row("Observation id", observation.id),
    ...row("Parent id", observation.parentId),
    ...row("Trace id", observation.traceId),
    ["Start", <TimeText key="s" us={observation.startTimeUs} withMs />],
    ["End", endTimeUs === null ? "running" : <TimeText key="e" us={endTimeUs} withMs />],
    ...row("Agent", observation.agent),
    ...row("Tool", observation.tool),
    ...row("Graph node", observation.graphNode),
    ...row("Thread", observation.threadId),
    ...row("Error type", observation.errorType),
    ...(retryNumber === null ? [] : ([["Retry", String(retryNumber)]] as Row[])),
    ...row("Environment", observation.environment),
    ...row("Release", observation.release),
    ...row("Version", observation.version),
    ["Received", <TimeText key="c" us={observation.createdUs} withMs />],
    ["Last change", <TimeText key="u" us={observation.updatedUs} withMs />],
  ];
}

function Lists({ observation }: { observation: ObservationBody }) {
  const parts: [string, Json, boolean][] = [
    ["Usage", observation.usageDetails, Object.keys(observation.usageDetails).length > 0],
    ["Model parameters", observation.modelParameters, Object.keys(observation.modelParameters).length > 0],
    ["Span events", observation.spanEvents, observation.spanEvents.length > 0],
    ["Links", observation.links, observation.links.length > 0],
  ];
  return parts
    .filter(([, , isThere]) => isThere)
    .map(([title, value]) => (
      <Block key={title} title={title}>
        <Framed>
          <JsonTree key={observation.id} value={value} label={title} maxRows={16} />
        </Framed>
      </Block>
    ));
}

export function Block({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="border-b border-line px-3 pt-1 pb-3">
      <h2 className="flex h-7 items-center text-12 font-medium">{title}</h2>
      {children}
    </section>
  );
}

const Framed = ({ children }: { children: ReactNode }) => (
  <div className="overflow-hidden rounded-md border border-line">{children}</div>
);
