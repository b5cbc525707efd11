/** Values of scores as somebody types or picks them. */

export const DATA_TYPES = ["NUMERIC", "BOOLEAN", "CATEGORICAL", "TEXT"] as const;
export type DataType = (typeof DATA_TYPES)[number];
export type ScoreInput = number | string;

/** What scores of a name have to be like; a score under a free name has a type alone. */
export interface Rule {
  dataType: string;
  minValue?: number | null;
  maxValue?: number | null;
  categories?: readonly { label: string; value: number }[] | null;
}

export interface Choice {
  label: string;
  value: ScoreInput;
}

export const MAX_TEXT_CHARS = 500;

/** What there is to choose from; none where a value is typed. */
export function choicesOf({ dataType, categories }: Rule): Choice[] {
  if (dataType === "BOOLEAN") {
    const named = (value: 0 | 1) => categories?.find((one) => one.value === value)?.label;
    return [
      { label: named(1) ?? "True", value: 1 },
      { label: named(0) ?? "False", value: 0 },
    ];
  }
  if (dataType === "CATEGORICAL") return (categories ?? []).map(({ label }) => ({ label, value: label }));
  return [];
}

export type Reading = { value: ScoreInput } | { problem: string };

/** Reads what was typed, or says what is wrong with it. */
export function readValue(rule: Rule, typed: string): Reading {
  const text = typed.trim();
  if (text === "") return { problem: "A score needs a value" };
  if (rule.dataType !== "NUMERIC" && rule.dataType !== "BOOLEAN") {
    return [...text].length > MAX_TEXT_CHARS ? { problem: `At most ${MAX_TEXT_CHARS} characters` } : { value: text };
  }
  const number = Number(text.replace(",", "."));
  if (!Number.isFinite(number)) return { problem: "A number, such as 0.75" };
  if (rule.dataType === "BOOLEAN" && number !== 0 && number !== 1) return { problem: "0 or 1" };
  const { minValue = null, maxValue = null } = rule;
  if (minValue !== null && number < minValue) return { problem: `At least ${minValue}` };
  if (maxValue !== null && number > maxValue) return { problem: `At most ${maxValue}` };
  return { value: number };
}

/** What a score says, as it would be typed. */
export function typedValue({
  dataType,
  value,
  stringValue,
}: {
  dataType: string;
  value: number;
  stringValue: string | null;
}): string {
  return dataType === "NUMERIC" || dataType === "BOOLEAN" ? String(value) : (stringValue ?? "");
}

/** How the range of a number is told beside it. */
export function rangeText({ minValue = null, maxValue = null }: Rule): string | null {
  if (minValue === null && maxValue === null) return null;
  if (minValue === null) return `up to ${maxValue}`;
  return maxValue === null ? `from ${minValue}` : `${minValue} to ${maxValue}`;
}

/** Reads a number of a form; raises with the name of its field when it is none. */
export function readNumber(label: string, typed: string): number {
  const number = typed.trim() === "" ? Number.NaN : Number(typed.trim().replace(",", "."));
  if (!Number.isFinite(number)) throw new Error(`${label}: a number, such as 0.75`);
  return number;
}
