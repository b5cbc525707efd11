import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Gauge } from "lucide-react";
import { useState } from "react";

import { changeScoreConfig, type ScoreConfig, scoreConfigsQuery } from "@/api/scoreConfigs";
import { formatScore } from "@/lib/formatters";
import { Button } from "@/ui/Button";
import { Permitted } from "@/ui/Permitted";
import { Chip } from "@/ui/Chip";
import { classes } from "@/ui/classes";
import { EmptyState, ErrorState, Skeleton } from "@/ui/states";
import { Cell, Table } from "@/ui/Table";
import { toast } from "@/ui/toasts";

import { Section } from "../Section";
import type { SettingsPageProps } from "../SettingsPage";
import { ScoreConfigDialog } from "./ScoreConfigDialog";

const COLUMNS = [
  { label: "Name" },
  { label: "Type" },
  { label: "Values" },
  { label: "Description" },
  { label: "Actions", isHidden: true },
];

export function ScoreConfigsPage({ projectId }: SettingsPageProps) {
  const configs = useQuery(scoreConfigsQuery(projectId));
  const [edited, setEdited] = useState<ScoreConfig | "new" | null>(null);
  return (
    <Section
      title="Score configs"
      about="What scores of one name have to be like: their type and their values. People who annotate choose among them, and scores that name one are checked by it."
      action={
        <Permitted needs="member">
          <Button kind="primary" size="large" onClick={() => setEdited("new")}>
            Make a score config
          </Button>
        </Permitted>
      }
    >
      {configs.isError && <ErrorState error={configs.error} onRetry={() => void configs.refetch()} />}
      {configs.data === undefined && !configs.isError && <Skeleton className="h-20" />}
      {configs.data?.length === 0 && (
        <EmptyState title="No score configs yet" icon={<Gauge className="size-6" strokeWidth={1.5} aria-hidden />}>
          <p className="text-text-2">Scores can be sent without any; with one, they cannot be sent wrongly.</p>
        </EmptyState>
      )}
      {configs.data !== undefined && configs.data.length > 0 && (
        <Table label="Score configs" columns={COLUMNS}>
          {configs.data.map((config) => (
            <Row key={config.id} projectId={projectId} config={config} onEdit={() => setEdited(config)} />
          ))}
        </Table>
      )}
      <ScoreConfigDialog
        key={edited === null || edited === "new" ? "new" : edited.id}
        projectId={projectId}
        config={edited === "new" ? null : edited}
        isOpen={edited !== null}
        onClose={() => setEdited(null)}
      />
    </Section>
  );
}

function Row({ projectId, config, onEdit }: { projectId: string; config: ScoreConfig; onEdit: () => void }) {
  const queries = useQueryClient();
  const archive = async () => {
    try {
      await changeScoreConfig(projectId, config.id, { isArchived: !config.isArchived });
      await queries.invalidateQueries({ queryKey: ["score-configs", projectId] });
      toast(config.isArchived ? `${config.name} is in use again` : `${config.name} is archived`);
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error), "error");
    }
  };
  return (
    <tr data-testid="score-config" className={classes(config.isArchived && "text-text-2")}>
      <Cell className="font-medium break-words">
        <span dir="auto">{config.name}</span>
        {config.isArchived && <Chip className="ml-2">archived</Chip>}
      </Cell>
      <Cell className="whitespace-nowrap">{config.dataType.toLowerCase()}</Cell>
      <Cell className="max-w-72 min-w-36">
        <Values config={config} />
      </Cell>
      <Cell className="max-w-80 min-w-52 break-words">
        <span className="line-clamp-3" dir="auto">
          {config.description ?? <span className="text-text-3">—</span>}
        </span>
      </Cell>
      <Cell className="py-1 text-right whitespace-nowrap">
        <Permitted needs="member">
          <Button size="small" onClick={onEdit}>
            Edit
          </Button>
        </Permitted>{" "}
        <Permitted needs="member">
          <Button size="small" onClick={() => void archive()}>
            {config.isArchived ? "Use again" : "Archive"}
          </Button>
        </Permitted>
      </Cell>
    </tr>
  );
}

function Values({ config }: { config: ScoreConfig }) {
  const { minValue, maxValue, categories } = config;
  if (categories !== null && categories.length > 0)
    return (
      <span className="flex flex-wrap gap-1">
        {categories.map(({ label, value }) => (
          <Chip key={label} title={`${label} = ${value}`}>
            {label}
          </Chip>
        ))}
      </span>
    );
  if (minValue === null && maxValue === null) return <span className="text-text-3">any</span>;
  return (
    <span className="tabular">
      {minValue === null ? "−∞" : formatScore(minValue)} … {maxValue === null ? "∞" : formatScore(maxValue)}
    </span>
  );
}
