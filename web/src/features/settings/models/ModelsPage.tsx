import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { modelsQuery, type PriceModel, type UnpricedNames, unpricedQuery } from "@/api/models";
import { useUrlState } from "@/app/url";
import { formatCount, formatTokens } from "@/lib/formatters";
import { href } from "@/lib/href";
import { oneOf } from "@/lib/search";
import { PRICE_UNITS, showPrice } from "@/models/prices/decimals";
import { writeTerm } from "@/models/query/terms";
import { Chip } from "@/ui/Chip";
import { TextField } from "@/ui/fields";
import { Link } from "@/ui/Link";
import { Segmented } from "@/ui/Segmented";
import { EmptyState, ErrorState, Skeleton } from "@/ui/states";
import { Cell, Table } from "@/ui/Table";
import { Tabs } from "@/ui/Tabs";

import { Section } from "../Section";
import type { SettingsPageProps } from "../SettingsPage";
import { LinkButton } from "./LinkButton";
import { Reprice } from "./Reprice";

const SHOWN = 100;

/** What tokens cost, by model name: what ships with panope, what the project says, and what nobody has said. */
export function ModelsPage({ projectId }: SettingsPageProps) {
  const { search, replace } = useUrlState();
  const unpriced = useQuery(unpricedQuery(projectId));
  const tab = oneOf(search, "tab") === "unpriced" ? "unpriced" : "models";
  const count = unpriced.data?.names.filter(({ hasModel }) => !hasModel).length ?? 0;
  return (
    <Section
      title="Models and prices"
      about="A generation costs what the model says whose pattern is found in the name that was sent. The project's own models come first."
      action={<LinkButton to={href.priceModel({ projectId, modelId: "new" })} label="Make a model" />}
    >
      <Tabs
        label="Models"
        value={tab}
        options={[
          { value: "models", label: "Models" },
          { value: "unpriced", label: count === 0 ? "Without price" : `Without price (${formatCount(count)})` },
        ]}
        onChange={(next) => replace({ tab: next === "models" ? undefined : next })}
      >
        {tab === "models" ? <Models projectId={projectId} /> : <Unpriced projectId={projectId} />}
      </Tabs>
    </Section>
  );
}

const COLUMNS = [
  { label: "Name" },
  { label: "Pattern" },
  { label: "Input, $", isNumber: true },
  { label: "Output, $", isNumber: true },
  { label: "Uses, 7 days", isNumber: true },
  { label: "Last used" },
];

function Models({ projectId }: { projectId: string }) {
  const models = useQuery(modelsQuery(projectId));
  const [sought, setSought] = useState("");
  const [places, setPlaces] = useState(6);
  if (models.isError) return <ErrorState error={models.error} onRetry={() => void models.refetch()} />;
  if (models.data === undefined) return <Skeleton className="h-40" />;
  const found = matching(models.data, sought);
  return (
    <>
      <div className="mb-3 flex flex-wrap items-end justify-between gap-3">
        <TextField
          label="Find a model"
          type="search"
          value={sought}
          className="w-72 max-w-full"
          onChange={(event) => setSought(event.target.value)}
        />
        <Units places={places} onChange={setPlaces} />
      </div>
      {found.length === 0 ? (
        <EmptyState title="No model is called so" />
      ) : (
        <Table label="Models" columns={COLUMNS}>
          {found.slice(0, SHOWN).map((model) => (
            <Row key={model.id} projectId={projectId} model={model} places={places} />
          ))}
        </Table>
      )}
      {found.length > SHOWN && (
        <p className="mt-2 text-12 text-text-3">
          {formatCount(SHOWN)} of {formatCount(found.length)} shown, those used most first: look for a name to see
          others.
        </p>
      )}
    </>
  );
}

/** Own ones first, then those that are used, then the rest by name. */
function matching(models: readonly PriceModel[], sought: string): PriceModel[] {
  const word = sought.trim().toLowerCase();
  const found = word === "" ? [...models] : models.filter(({ modelName }) => modelName.toLowerCase().includes(word));
  const rank = (model: PriceModel) => (model.isLangfuseManaged ? 1 : 0);
  return found.toSorted(
    (one, other) =>
      rank(one) - rank(other) || other.weekUses - one.weekUses || one.modelName.localeCompare(other.modelName),
  );
}

export function Units({ places, onChange }: { places: number; onChange: (places: number) => void }) {
  return (
    <div className="flex items-center gap-2">
      <span className="text-12 text-text-2">Prices per</span>
      <Segmented
        label="Prices per"
        value={String(places)}
        options={PRICE_UNITS.map((unit) => ({ value: String(unit.places), label: unit.label }))}
        onChange={(next) => onChange(Number(next))}
      />
    </div>
  );
}

function Row({ projectId, model, places }: { projectId: string; model: PriceModel; places: number }) {
  const to = href.priceModel({ projectId, modelId: model.id });
  return (
    <tr data-testid="price-model" data-id={model.id}>
      <Cell className="max-w-72 min-w-44">
        <Link to={to} className="font-medium break-words text-accent hover:underline" dir="auto">
          {model.modelName}
        </Link>
        <span className="mt-0.5 flex flex-wrap gap-1">
          <Chip tone={model.isLangfuseManaged ? "muted" : "outline"}>
            {model.isLangfuseManaged ? "shipped" : "own"}
          </Chip>
          {model.pricingTiers.length > 1 && <Chip>{model.pricingTiers.length} tiers</Chip>}
          {model.startDate !== null && <Chip>from {model.startDate.slice(0, 10)}</Chip>}
        </span>
      </Cell>
      <Cell className="max-w-72 min-w-52">
        <code className="line-clamp-2 font-mono text-12 break-all text-text-2" title={model.matchPattern}>
          {model.matchPattern}
        </code>
      </Cell>
      <Price model={model} usage="input" places={places} />
      <Price model={model} usage="output" places={places} />
      <Cell isNumber>
        {model.weekUses === 0 ? (
          <span className="text-text-3">0</span>
        ) : (
          <Link to={usesOf(projectId, model.usedNames, "7d")} className="hover:underline">
            {formatCount(model.weekUses)}
          </Link>
        )}
      </Cell>
      <Cell className="whitespace-nowrap">{showDay(model.lastDayUs)}</Cell>
    </tr>
  );
}

function Price({ model, usage, places }: { model: PriceModel; usage: string; places: number }) {
  const price = model.prices[usage]?.price;
  return (
    <Cell isNumber>{price === undefined ? <span className="text-text-3">—</span> : showPrice(price, places)}</Cell>
  );
}

/** The rows behind a number of uses. */
export function usesOf(projectId: string, names: readonly string[], dateRange: string): string {
  return href.list({ projectId, level: "observations", search: { q: writeTerm("model", names), dateRange } });
}

export function showDay(us: number | null) {
  if (us === null) return <span className="text-text-3">—</span>;
  return (
    <span className="tabular whitespace-nowrap">
      {new Date(us / 1000).toISOString().slice(0, 10)} <span className="text-text-3">UTC</span>
    </span>
  );
}

const UNPRICED_COLUMNS = [
  { label: "Model name as it was sent" },
  { label: "Uses, 30 days", isNumber: true },
  { label: "Tokens", isNumber: true },
  { label: "Last used" },
  { label: "Actions", isHidden: true },
];

function Unpriced({ projectId }: { projectId: string }) {
  const unpriced = useQuery(unpricedQuery(projectId));
  if (unpriced.isError) return <ErrorState error={unpriced.error} onRetry={() => void unpriced.refetch()} />;
  if (unpriced.data === undefined) return <Skeleton className="h-40" />;
  const without = unpriced.data.names.filter(({ hasModel }) => !hasModel);
  const since = unpriced.data.names.filter(({ hasModel }) => hasModel);
  return (
    <>
      {without.length === 0 ? (
        <EmptyState title="Every model name of the last 30 days has a price" />
      ) : (
        <>
          <p className="mb-3 max-w-160 text-text-2">
            Generations with these names used tokens and cost an unknown amount, which is not nothing: sums that hold
            them show a plus.
          </p>
          <UnpricedTable projectId={projectId} label="Model names without price" names={without} />
        </>
      )}
      {since.length > 0 && (
        <>
          <p className="mt-6 mb-3 max-w-160 text-text-2">
            These have a price by now. What arrived before, or used a type that the price leaves out, still costs an
            unknown amount.
          </p>
          <UnpricedTable projectId={projectId} label="Model names with a price by now" names={since} isPriced />
        </>
      )}
      <Reprice projectId={projectId} />
    </>
  );
}

function UnpricedTable({
  projectId,
  label,
  names,
  isPriced = false,
}: {
  projectId: string;
  label: string;
  names: UnpricedNames["names"];
  /** Nothing has to be done. */
  isPriced?: boolean;
}) {
  return (
    <Table label={label} columns={isPriced ? UNPRICED_COLUMNS.slice(0, -1) : UNPRICED_COLUMNS}>
      {names.map(({ model, uses, totalTokens, lastUs }) => (
        <tr key={model} data-testid={isPriced ? "priced-since" : "unpriced-model"} data-id={model}>
          <Cell className="max-w-96 min-w-52">
            <code className="line-clamp-3 font-mono text-12 break-all" dir="auto" title={model}>
              {model}
            </code>
          </Cell>
          <Cell isNumber>
            <Link to={usesOf(projectId, [model], "30d")} className="hover:underline">
              {formatCount(uses)}
            </Link>
          </Cell>
          <Cell isNumber>{totalTokens === null ? "—" : formatTokens(totalTokens)}</Cell>
          <Cell className="whitespace-nowrap">{showDay(lastUs)}</Cell>
          {!isPriced && (
            <Cell className="py-1 text-right">
              <LinkButton
                to={href.priceModel({ projectId, modelId: "new", search: { name: model } })}
                label="Give it a price"
                isSmall
              />
            </Cell>
          )}
        </tr>
      ))}
    </Table>
  );
}
