import { useQuery } from "@tanstack/react-query";
import { ChevronDown } from "lucide-react";

import { metricsQuery } from "@/api/metrics";
import { formatCount } from "@/lib/formatters";
import type { ListLevel } from "@/lib/href";
import { preferences, setPreferences, usePreferences } from "@/lib/preferences";
import { exactTerm } from "@/models/chart/drill";
import { seriesId } from "@/models/chart/series";
import { unquoted } from "@/models/chart/summary";
import { Button } from "@/ui/Button";
import { TopList } from "@/ui/charts/TopList";
import { Menu, MenuChoice } from "@/ui/Menu";

import { type Board, listPath, spanOf } from "./board";
import { numberAt, textAt } from "./values";
import { useNear, Widget } from "./Widget";

const TITLE = "Traces by agent";
const SHOWN = 10;

interface Way {
  label: string;
  view: "traces" | "observations";
  dimension: string;
  filters?: readonly object[];
  level: ListLevel;
  terms: (name: string | null) => readonly string[];
  none: string;
  /** Whether texts may have been sent as JSON. */
  isJson?: boolean;
  noun: string;
}

/** What an agent is told apart by: applications do it in different ways. */
const WAYS = {
  metadata: {
    label: "Metadata agent",
    view: "traces",
    dimension: "metadata.agent",
    level: "traces",
    terms: (name) => [exactTerm("meta", name, "agent")],
    none: "(no agent in the metadata)",
    isJson: true,
    noun: "traces",
  },
  tag: {
    label: "Tag",
    view: "traces",
    dimension: "tag",
    level: "traces",
    terms: (name) => [exactTerm("tag", name)],
    none: "(no tag)",
    noun: "traces",
  },
  agent: {
    label: "Agent observation",
    view: "observations",
    dimension: "name",
    filters: [{ column: "type", type: "stringOptions", operator: "any of", value: ["AGENT"] }],
    level: "observations",
    terms: (name) => ["type:AGENT", exactTerm("name", name)],
    none: "(no name)",
    noun: "runs of agents",
  },
  name: {
    label: "Trace name",
    view: "traces",
    dimension: "name",
    level: "traces",
    terms: (name) => [exactTerm("name", name)],
    none: "(no name)",
    noun: "traces",
  },
} as const satisfies Record<string, Way>;
type WayName = keyof typeof WAYS;
const CHOICES = (Object.keys(WAYS) as WayName[]).map((value) => ({ value, label: WAYS[value].label }));

/** How often each agent was at work. */
export function TracesByAgent({ board }: { board: Board }) {
  const near = useNear();
  const { agentDimension } = usePreferences();
  const { projectId } = board;
  const chosen = agentDimension[projectId] ?? "";
  const wayName: WayName = chosen in WAYS ? (chosen as WayName) : "metadata";
  const way: Way = WAYS[wayName];
  const { span, label } = spanOf(board, "1d");
  const found = useQuery({
    ...metricsQuery({
      projectId,
      view: way.view,
      metrics: ["count count"],
      dimensions: [way.dimension],
      ...(way.filters === undefined ? {} : { filters: way.filters }),
      largest: "count count",
      rowLimit: SHOWN,
      env: board.env,
      ...(span ?? { fromUs: 0, untilUs: 1 }),
    }),
    enabled: near.isNear && span !== null,
  });
  const rows = found.data?.rows ?? [];
  return (
    <Widget
      title={TITLE}
      note={`${way.noun} · ${label}`}
      near={near}
      readings={[found]}
      isEmpty={rows.length === 0}
      nothing={way.view === "traces" ? "No traces in this time." : "No observations of type AGENT in this time."}
      tools={
        <Menu
          align="end"
          trigger={
            <Button size="small" data-testid="agent-dimension">
              {way.label}
              <ChevronDown className="size-3.5 text-text-3" strokeWidth={1.75} aria-hidden />
            </Button>
          }
        >
          <MenuChoice
            value={wayName}
            options={CHOICES}
            onChange={(value) =>
              setPreferences({ agentDimension: { ...preferences().agentDimension, [projectId]: value } })
            }
          />
        </Menu>
      }
    >
      {span !== null && (
        <TopList
          label={`${TITLE}, the most frequent first`}
          rows={rows.map((row) => {
            const name = textAt(row, 0);
            const count = numberAt(row, 0) ?? 0;
            return {
              id: seriesId(name),
              label: name === null ? way.none : way.isJson === true ? unquoted(name) : name,
              value: count,
              shown: formatCount(count),
              colour: name === null ? "var(--line-strong)" : "var(--accent)",
              to: listPath(board, way.level, span, way.terms(name)),
            };
          })}
        />
      )}
    </Widget>
  );
}
