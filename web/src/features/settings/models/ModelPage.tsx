import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { type FormEvent, useState } from "react";

import { createModel, deleteModel, modelsQuery, type PriceModel, replaceModel } from "@/api/models";
import { fromHere, useGo, useUrlState } from "@/app/url";
import { formatCount } from "@/lib/formatters";
import { href } from "@/lib/href";
import { oneOf } from "@/lib/search";
import {
  bodyOf,
  checkDraft,
  convertDraft,
  draftOf,
  emptyDraft,
  isEditable,
  type Issues,
  type ModelDraft,
} from "@/models/prices/draft";
import { useDenial } from "@/ui/Permitted";
import { Button } from "@/ui/Button";
import { Chip } from "@/ui/Chip";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { CopyButton } from "@/ui/CopyButton";
import { TextField } from "@/ui/fields";
import { Link } from "@/ui/Link";
import { EmptyState, ErrorState, Skeleton } from "@/ui/states";
import { toast } from "@/ui/toasts";

import { Section } from "../Section";
import type { SettingsPageProps } from "../SettingsPage";
import { LinkButton } from "./LinkButton";
import { showDay, Units, usesOf } from "./ModelsPage";
import { PatternField } from "./PatternField";
import { Reprice } from "./Reprice";
import { TierEditor, UsageTypes } from "./TierEditor";

const PER_MILLION = 6;

/** `P/settings/models/{id}`: one model; `?id=new` makes one, from another (`from`) or for a name (`name`). */
export function ModelPage({ projectId }: SettingsPageProps) {
  const { modelId = "" } = useParams({ strict: false }) as Partial<Record<string, string>>;
  const { search } = useUrlState();
  const id = modelId === "-" ? (oneOf(search, "id") ?? "-") : modelId;
  const from = oneOf(search, "from");
  const models = useQuery(modelsQuery(projectId));
  if (models.data === undefined)
    return models.isError ? (
      <ErrorState error={models.error} onRetry={() => void models.refetch()} />
    ) : (
      <Skeleton className="h-40" />
    );
  const find = (wanted: string | undefined) => models.data.find((model) => model.id === wanted);
  if (id === "new") {
    const pattern = find(from);
    const draft = pattern === undefined ? emptyDraft(oneOf(search, "name")) : draftOf(pattern, PER_MILLION);
    return <NewModel key={from} projectId={projectId} draft={draft} />;
  }
  const model = find(id);
  if (model === undefined)
    return <EmptyState title="There is no such model">It may have been deleted since.</EmptyState>;
  return <OneModel key={`${model.id} ${model.createdAt}`} projectId={projectId} model={model} />;
}

function NewModel({ projectId, draft }: { projectId: string; draft: ModelDraft }) {
  const denial = useDenial("admin");
  const go = useGo();
  const queries = useQueryClient();
  const save = async (body: ReturnType<typeof bodyOf>) => {
    const isHere = fromHere();
    const made = await createModel(projectId, body);
    await forgetPrices(queries, projectId);
    toast(`${made.modelName} has prices from now on`);
    if (isHere()) go(href.priceModel({ projectId, modelId: made.id }), { replace: true });
  };
  return (
    <Section title="A new model" about="Its prices hold from the next generation on. What has arrived keeps its cost.">
      <ModelForm
        projectId={projectId}
        start={draft}
        isReadOnly={denial !== null}
        action="Make the model"
        onSave={save}
      />
    </Section>
  );
}

function OneModel({ projectId, model }: { projectId: string; model: PriceModel }) {
  const queries = useQueryClient();
  const isAdmin = useDenial("admin") === null;
  const canEdit = !model.isLangfuseManaged && isEditable(model);
  const save = async (body: ReturnType<typeof bodyOf>) => {
    await replaceModel(projectId, model.id, body);
    await forgetPrices(queries, projectId);
    toast("Saved: the prices hold from the next generation on");
  };
  return (
    <>
      <Section
        title={model.modelName}
        about={
          model.isLangfuseManaged
            ? "Ships with panope and cannot be changed: clone it, and the clone comes first."
            : canEdit
              ? "The project's own. Changes hold from the next generation on; what has arrived keeps its cost."
              : "The project's own. Its conditions look at attributes: it is changed by the API."
        }
        action={
          <div className="flex gap-2">
            <LinkButton
              to={href.priceModel({ projectId, modelId: "new", search: { from: model.id } })}
              label={model.isLangfuseManaged ? "Clone to change" : "Clone"}
            />
            {!model.isLangfuseManaged && isAdmin && <DeleteButton projectId={projectId} model={model} />}
          </div>
        }
      >
        <Facts projectId={projectId} model={model} />
        <ModelForm
          projectId={projectId}
          start={draftOf(model, PER_MILLION)}
          isReadOnly={!canEdit || !isAdmin}
          action="Save"
          onSave={save}
        />
      </Section>
      {!model.isLangfuseManaged && <Reprice projectId={projectId} />}
    </>
  );
}

function Facts({ projectId, model }: { projectId: string; model: PriceModel }) {
  return (
    <dl className="mb-4 grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1">
      <dt className="text-text-2">Whose</dt>
      <dd>
        <Chip tone={model.isLangfuseManaged ? "muted" : "outline"}>{model.isLangfuseManaged ? "shipped" : "own"}</Chip>
      </dd>
      <dt className="text-text-2">Id</dt>
      <dd className="flex min-w-0 items-center gap-1">
        <code className="min-w-0 font-mono text-12 break-all">{model.id}</code>
        <CopyButton text={model.id} label="Copy the id" />
      </dd>
      <dt className="text-text-2">Uses, 7 days</dt>
      <dd className="tabular" data-testid="model-uses" data-value={model.weekUses}>
        {model.weekUses === 0 ? (
          "0"
        ) : (
          <Link to={usesOf(projectId, model.usedNames, "7d")} className="text-accent hover:underline">
            {formatCount(model.weekUses)}
          </Link>
        )}
      </dd>
      <dt className="text-text-2">Last used</dt>
      <dd>{showDay(model.lastDayUs)}</dd>
    </dl>
  );
}

function DeleteButton({ projectId, model }: { projectId: string; model: PriceModel }) {
  const [isOpen, setOpen] = useState(false);
  const queries = useQueryClient();
  const go = useGo();
  const remove = async () => {
    await deleteModel(projectId, model.id);
    go(href.settings({ projectId, page: "models" }), { replace: true });
    await forgetPrices(queries, projectId);
    toast(`${model.modelName} is deleted`);
  };
  return (
    <>
      <Button kind="danger" size="large" onClick={() => setOpen(true)}>
        Delete
      </Button>
      <ConfirmDialog
        title="Delete the model"
        action="Delete the model"
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        onConfirm={remove}
      >
        What was priced by <strong className="break-words text-text">{model.modelName}</strong> keeps its cost. Names
        that only it matches have no price any more.
      </ConfirmDialog>
    </>
  );
}

interface ModelFormProps {
  projectId: string;
  start: ModelDraft;
  isReadOnly: boolean;
  action: string;
  onSave: (body: ReturnType<typeof bodyOf>) => Promise<void>;
}

function ModelForm({ projectId, start, isReadOnly, action, onSave }: ModelFormProps) {
  const [draft, setDraft] = useState(start);
  const [places, setPlaces] = useState(PER_MILLION);
  const [issues, setIssues] = useState<Issues>({});
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const found = checkDraft(draft);
    setIssues(found);
    setError(null);
    if (Object.keys(found).length > 0 || isBusy) return;
    setBusy(true);
    try {
      await onSave(bodyOf(draft, places));
    } catch (failure) {
      setError(failure instanceof Error ? failure.message : String(failure));
    } finally {
      setBusy(false);
    }
  };
  const changeUnit = (next: number) => {
    setDraft(convertDraft(draft, next - places));
    setPlaces(next);
  };
  const first = draft.tiers[0];
  return (
    <form className="flex max-w-180 flex-col gap-4" onSubmit={(event) => void submit(event)}>
      <UsageTypes />
      <div className="grid grid-cols-1 gap-3 sm:grid-cols-2">
        <TextField
          label="Name"
          value={draft.name}
          readOnly={isReadOnly}
          error={issues["name"] ?? null}
          onChange={(event) => setDraft({ ...draft, name: event.target.value })}
        />
        <TextField
          label="Prices valid from"
          placeholder="ever"
          value={draft.startDate}
          readOnly={isReadOnly}
          error={issues["startDate"] ?? null}
          hint="A time such as 2026-06-01T00:00Z; empty: always."
          onChange={(event) => setDraft({ ...draft, startDate: event.target.value })}
        />
      </div>
      <PatternField
        projectId={projectId}
        value={draft.pattern}
        error={issues["pattern"]}
        isReadOnly={isReadOnly}
        onChange={(pattern) => setDraft({ ...draft, pattern })}
      />
      <Units places={places} onChange={changeUnit} />
      {draft.tiers.map((tier, at) => (
        <TierEditor
          // oxlint-disable-next-line react/no-array-index-key -- a tier is its place
          key={at}
          tier={tier}
          at={at}
          issues={issues}
          isReadOnly={isReadOnly}
          onChange={(next) =>
            setDraft({ ...draft, tiers: draft.tiers.map((one, other) => (other === at ? next : one)) })
          }
          onRemove={() => setDraft({ ...draft, tiers: draft.tiers.filter((_, other) => other !== at) })}
        />
      ))}
      {!isReadOnly && first !== undefined && (
        <Button
          kind="quiet"
          className="self-start"
          onClick={() =>
            setDraft({
              ...draft,
              tiers: [
                ...draft.tiers,
                {
                  name: `Tier ${draft.tiers.length}`,
                  prices: first.prices,
                  conditions: [{ pattern: "^input", operator: "gt", value: "200000" }],
                },
              ],
            })
          }
        >
          <Plus className="size-4" strokeWidth={1.75} aria-hidden />
          Add a tier
        </Button>
      )}
      {error !== null && (
        <p role="alert" className="text-danger">
          {error}
        </p>
      )}
      {!isReadOnly && (
        <div>
          <Button kind="primary" size="large" type="submit" aria-disabled={isBusy}>
            {action}
          </Button>
        </div>
      )}
    </form>
  );
}

function forgetPrices(queries: ReturnType<typeof useQueryClient>, projectId: string) {
  return Promise.all([
    queries.invalidateQueries({ queryKey: ["price-models", projectId] }),
    queries.invalidateQueries({ queryKey: ["unpriced-models", projectId] }),
  ]);
}
