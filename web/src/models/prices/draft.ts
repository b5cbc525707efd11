/** A price model while somebody edits it: texts as they are typed, and what they mean for the server. */
import { shiftDecimal } from "./decimals";

export interface PriceLine {
  usage: string;
  /** Per as many units as the editor shows. */
  price: string;
}

export interface ConditionLine {
  pattern: string;
  operator: string;
  value: string;
}

export interface TierDraft {
  name: string;
  prices: readonly PriceLine[];
  /** None: the default tier. */
  conditions: readonly ConditionLine[];
}

export interface ModelDraft {
  name: string;
  pattern: string;
  /** Empty: from ever on. */
  startDate: string;
  tiers: readonly TierDraft[];
}

/** What the server shows of a model, as far as it can be edited here. */
export interface ShownModel {
  modelName: string;
  matchPattern: string;
  startDate: string | null;
  pricingTiers: readonly {
    name: string;
    isDefault: boolean;
    priority: number;
    prices: Readonly<Record<string, number>>;
    conditions: readonly unknown[];
  }[];
}

export interface ModelBody {
  modelName: string;
  matchPattern: string;
  startDate?: string;
  pricingTiers: {
    name: string;
    isDefault: boolean;
    priority: number;
    prices: Record<string, number>;
    conditions: { usageDetailPattern: string; operator: string; value: number; caseSensitive: boolean }[];
  }[];
}

export const OPERATORS = ["gt", "gte", "lt", "lte", "eq", "neq"] as const;
export const OPERATOR_SIGNS: Readonly<Record<string, string>> = {
  gt: ">",
  gte: "≥",
  lt: "<",
  lte: "≤",
  eq: "=",
  neq: "≠",
};

/** A pattern that is found in exactly this name, whatever its case. */
export function patternFor(name: string): string {
  return `(?i)^(${name.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")})$`;
}

/** A model to begin with, for a name that has no price yet. */
export function emptyDraft(name = ""): ModelDraft {
  const prices = [
    { usage: "input", price: "" },
    { usage: "output", price: "" },
  ];
  return {
    name,
    pattern: name === "" ? "" : patternFor(name),
    startDate: "",
    tiers: [{ name: "Standard", prices, conditions: [] }],
  };
}

/** Whether a model can be edited here: conditions on attributes are for the API. */
export function isEditable(model: ShownModel): boolean {
  return model.pricingTiers.every(({ conditions }) => conditions.every((one) => readCondition(one) !== null));
}

/** A model as it is, with its prices per 10^places units. */
export function draftOf(model: ShownModel, places: number): ModelDraft {
  return {
    name: model.modelName,
    pattern: model.matchPattern,
    startDate: model.startDate ?? "",
    tiers: model.pricingTiers
      .toSorted((one, other) => one.priority - other.priority)
      .map(({ name, prices, conditions }) => ({
        name,
        prices: Object.entries(prices).map(([usage, price]) => ({
          usage,
          price: shiftDecimal(String(price), places) ?? "",
        })),
        conditions: conditions.map(readCondition).filter((one) => one !== null),
      })),
  };
}

/** The same prices per another number of units. What is no number stays as it is. */
export function convertDraft(draft: ModelDraft, by: number): ModelDraft {
  return {
    ...draft,
    tiers: draft.tiers.map((tier) => ({
      ...tier,
      prices: tier.prices.map(({ usage, price }) => ({ usage, price: shiftDecimal(price, by) ?? price })),
    })),
  };
}

export type Issues = Readonly<Record<string, string>>;

/** What is wrong with a draft, by place: `name`, `pattern`, `tiers.0.prices.1`; empty when nothing is. */
export function checkDraft(draft: ModelDraft): Issues {
  const issues: Record<string, string> = {};
  if (draft.name.trim() === "") issues["name"] = "Give it a name.";
  if (draft.pattern === "") issues["pattern"] = "Say which model names it prices.";
  if (draft.startDate !== "" && Number.isNaN(Date.parse(draft.startDate))) issues["startDate"] = "This is no time.";
  for (const [at, tier] of draft.tiers.entries()) checkTier(tier, at, issues);
  return issues;
}

function checkTier(tier: TierDraft, at: number, issues: Record<string, string>): void {
  if (tier.name.trim() === "") issues[`tiers.${at}.name`] = "Give the tier a name.";
  if (at > 0 && tier.conditions.length === 0) issues[`tiers.${at}.conditions`] = "Say when these prices hold.";
  for (const [place, { usage, price }] of tier.prices.entries()) {
    if (usage.trim() === "") issues[`tiers.${at}.prices.${place}`] = "Name the usage.";
    else if (shiftDecimal(price, 0) === null) issues[`tiers.${at}.prices.${place}`] = "A number from 0.";
  }
  for (const [place, { pattern, value }] of tier.conditions.entries())
    if (pattern === "" || shiftDecimal(value, 0) === null)
      issues[`tiers.${at}.conditions.${place}`] = "A pattern and a number.";
}

/** What the server wants of a draft that has no issues, its prices being per 10^places units. */
export function bodyOf(draft: ModelDraft, places: number): ModelBody {
  const body: ModelBody = {
    modelName: draft.name.trim(),
    matchPattern: draft.pattern,
    pricingTiers: draft.tiers.map((tier, at) => ({
      name: tier.name.trim(),
      isDefault: at === 0,
      priority: at,
      prices: Object.fromEntries(
        tier.prices.map(({ usage, price }) => [usage.trim(), Number(shiftDecimal(price, -places))]),
      ),
      conditions: tier.conditions.map(({ pattern, operator, value }) => ({
        usageDetailPattern: pattern,
        operator,
        value: Number(value),
        caseSensitive: false,
      })),
    })),
  };
  if (draft.startDate !== "") body.startDate = new Date(draft.startDate).toISOString();
  return body;
}

function readCondition(condition: unknown): ConditionLine | null {
  if (typeof condition !== "object" || condition === null) return null;
  const { usageDetailPattern, operator, value, caseSensitive } = condition as Readonly<Record<string, unknown>>;
  if (typeof usageDetailPattern !== "string" || typeof operator !== "string") return null;
  if (typeof value !== "number" || caseSensitive === true) return null;
  return { pattern: usageDetailPattern, operator, value: String(value) };
}
