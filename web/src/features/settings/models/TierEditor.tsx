import { Plus, X } from "lucide-react";

import {
  type ConditionLine,
  type Issues,
  OPERATOR_SIGNS,
  OPERATORS,
  type PriceLine,
  type TierDraft,
} from "@/models/prices/draft";
import { Button, IconButton } from "@/ui/Button";
import { SelectField, TextField } from "@/ui/fields";

const KNOWN_USAGE = [
  "input",
  "output",
  "input_cached_tokens",
  "input_cache_creation",
  "output_reasoning_tokens",
  "input_audio_tokens",
  "output_audio_tokens",
];
const USAGE_LIST = "usage-types";

export interface TierEditorProps {
  tier: TierDraft;
  at: number;
  issues: Issues;
  isReadOnly: boolean;
  onChange: (tier: TierDraft) => void;
  onRemove: () => void;
}

/** One tier: its prices by usage type and, but for the default one, when they hold. */
export function TierEditor({ tier, at, issues, isReadOnly, onChange, onRemove }: TierEditorProps) {
  const isDefault = at === 0;
  const setPrice = (place: number, change: Partial<PriceLine>) =>
    onChange({ ...tier, prices: replaceAt(tier.prices, place, change) });
  const setCondition = (place: number, change: Partial<ConditionLine>) =>
    onChange({ ...tier, conditions: replaceAt(tier.conditions, place, change) });
  return (
    <fieldset className="rounded-md border border-line p-3" data-testid="tier">
      <legend className="px-1 text-12 font-medium text-text-2">
        {isDefault ? "Prices that hold unless a tier below does" : `Tier ${at}`}
      </legend>
      <div className="flex items-end gap-2">
        <TextField
          label="Name of the tier"
          className="grow"
          value={tier.name}
          readOnly={isReadOnly}
          error={issues[`tiers.${at}.name`] ?? null}
          onChange={(event) => onChange({ ...tier, name: event.target.value })}
        />
        {!isDefault && !isReadOnly && (
          <Button kind="danger" size="large" onClick={onRemove}>
            Remove the tier
          </Button>
        )}
      </div>
      {!isDefault && (
        <div className="mt-3 flex flex-col gap-1.5">
          <p className="text-12 font-medium text-text-2">They hold when all of these do</p>
          {tier.conditions.map((condition, place) => (
            // oxlint-disable-next-line react/no-array-index-key -- a line is its place
            <div key={place} className="grid grid-cols-[minmax(0,1fr)_4.5rem_7rem_auto] items-end gap-2">
              <TextField
                label="Sum of usage that matches"
                value={condition.pattern}
                readOnly={isReadOnly}
                error={issues[`tiers.${at}.conditions.${place}`] ?? null}
                onChange={(event) => setCondition(place, { pattern: event.target.value })}
              />
              <SelectField
                label="is"
                value={condition.operator}
                disabled={isReadOnly}
                options={OPERATORS.map((one) => ({ value: one, label: OPERATOR_SIGNS[one] ?? one }))}
                onChange={(event) => setCondition(place, { operator: event.target.value })}
              />
              <TextField
                label="Units"
                inputMode="decimal"
                value={condition.value}
                readOnly={isReadOnly}
                onChange={(event) => setCondition(place, { value: event.target.value })}
              />
              {!isReadOnly && (
                <RemoveButton
                  label="Remove the condition"
                  onClick={() =>
                    onChange({ ...tier, conditions: tier.conditions.filter((_, other) => other !== place) })
                  }
                />
              )}
            </div>
          ))}
          {issues[`tiers.${at}.conditions`] !== undefined && (
            <p className="text-12 text-danger">{issues[`tiers.${at}.conditions`]}</p>
          )}
          {!isReadOnly && (
            <AddButton
              label="Add a condition"
              onClick={() =>
                onChange({
                  ...tier,
                  conditions: [...tier.conditions, { pattern: "^input", operator: "gt", value: "200000" }],
                })
              }
            />
          )}
        </div>
      )}
      <div className="mt-3 flex flex-col gap-1.5">
        {tier.prices.map(({ usage, price }, place) => (
          // oxlint-disable-next-line react/no-array-index-key -- a line is its place
          <div key={place} className="grid grid-cols-[minmax(0,1fr)_9rem_auto] items-start gap-2">
            <TextField
              label={`Usage ${place + 1}`}
              list={USAGE_LIST}
              value={usage}
              readOnly={isReadOnly}
              onChange={(event) => setPrice(place, { usage: event.target.value })}
            />
            <TextField
              label={`Price of ${usage || "it"}, $`}
              inputMode="decimal"
              value={price}
              readOnly={isReadOnly}
              error={issues[`tiers.${at}.prices.${place}`] ?? null}
              onChange={(event) => setPrice(place, { price: event.target.value })}
            />
            {!isReadOnly && tier.prices.length > 1 && (
              <div className="mt-5.5">
                <RemoveButton
                  label={`Remove ${usage || "the price"}`}
                  onClick={() => onChange({ ...tier, prices: tier.prices.filter((_, other) => other !== place) })}
                />
              </div>
            )}
          </div>
        ))}
        {!isReadOnly && (
          <AddButton
            label="Add a usage type"
            onClick={() => onChange({ ...tier, prices: [...tier.prices, { usage: "", price: "" }] })}
          />
        )}
      </div>
    </fieldset>
  );
}

/** What usage types are called, offered while typing. Once on the page. */
export function UsageTypes() {
  return (
    <datalist id={USAGE_LIST}>
      {KNOWN_USAGE.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </datalist>
  );
}

function replaceAt<Line>(lines: readonly Line[], at: number, change: Partial<Line>): Line[] {
  return lines.map((line, other) => (other === at ? { ...line, ...change } : line));
}

function AddButton({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <Button kind="quiet" className="self-start" onClick={onClick}>
      <Plus className="size-4" strokeWidth={1.75} aria-hidden />
      {label}
    </Button>
  );
}

function RemoveButton({ label, onClick }: { label: string; onClick: () => void }) {
  return <IconButton label={label} icon={<X className="size-4" strokeWidth={1.75} />} onClick={onClick} />;
}
