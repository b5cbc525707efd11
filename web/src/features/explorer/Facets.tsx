import { useQuery } from "@tanstack/react-query";
import { ChevronDown, ChevronRight, Minus } from "lucide-react";
import { type FormEvent, memo, useMemo, useState } from "react";

import { type Facet, facetQuery, type NumberFacet, type Question, type ValueFacet } from "@/api/explorer";
import { formatCost, formatCount, formatDuration, formatTokens } from "@/lib/formatters";
import { choiceOf, splitTerms, withChoice, withComparison } from "@/models/query/terms";
import { Button } from "@/ui/Button";
import { classes } from "@/ui/classes";
import { Skeleton } from "@/ui/states";

import type { FacetLook } from "./levels";

export interface FacetsProps {
  question: Question;
  facets: readonly FacetLook[];
  /** Whether the query can be asked at all. */
  isValid: boolean;
  onQuery: (q: string) => void;
}

const OPEN_AT_FIRST = 3;

/** Values of the fields, with how many rows have each; choosing one is a term of the query. Closed ones ask nothing. */
export const Facets = memo(function Facets({ question, facets, isValid, onQuery }: FacetsProps) {
  const [toggled, setToggled] = useState<Readonly<Record<string, boolean>>>({});
  return (
    <aside aria-label="Facets" className="w-(--facets) shrink-0 overflow-y-auto border-r border-line">
      {facets.map((facet, at) => {
        const isUsed = splitTerms(question.q).some(({ field }) => field === facet.field);
        const isOpen = toggled[facet.field] ?? (at < OPEN_AT_FIRST || isUsed);
        const Arrow = isOpen ? ChevronDown : ChevronRight;
        return (
          <section key={facet.field} className="border-b border-line" data-testid={`facet-${facet.field}`}>
            <button
              type="button"
              aria-expanded={isOpen}
              onClick={() => setToggled({ ...toggled, [facet.field]: !isOpen })}
              className="flex h-8 w-full items-center gap-1 px-2 text-12 font-medium text-text-2 hover:bg-hover"
            >
              <Arrow className="size-3.5 text-text-3" strokeWidth={1.75} aria-hidden />
              {facet.label}
              {isUsed && <span aria-label="in use" className="ml-auto size-1.5 rounded-full bg-accent" />}
            </button>
            {isOpen && isValid && (
              <FacetBody question={question} field={facet.field} label={facet.label} onQuery={onQuery} />
            )}
          </section>
        );
      })}
    </aside>
  );
});

interface FacetBodyProps {
  question: Question;
  field: string;
  label: string;
  onQuery: (q: string) => void;
}

function FacetBody({ question, field, label, onQuery }: FacetBodyProps) {
  const found = useQuery(facetQuery(question, field));
  if (found.isError) return <p className="px-3 pb-2 text-12 text-text-3">{found.error.message}</p>;
  if (found.data === undefined) {
    return (
      <div className="flex flex-col gap-2 px-3 pb-3">
        <Skeleton className="h-3 w-3/4" />
        <Skeleton className="h-3 w-1/2" />
      </div>
    );
  }
  return <FacetContent facet={found.data} question={question} field={field} label={label} onQuery={onQuery} />;
}

function FacetContent({ facet, ...rest }: FacetBodyProps & { facet: Facet }) {
  return facet.kind === "values" ? <Values facet={facet} {...rest} /> : <Numbers facet={facet} {...rest} />;
}

const SHOWN = 10;

function Values({ facet, question, field, label, onQuery }: FacetBodyProps & { facet: ValueFacet }) {
  const [text, setText] = useState("");
  const choice = useMemo(() => choiceOf(question.q, field), [question.q, field]);
  const values = facet.values.map(({ value, count }) => ({ value: String(value), count }));
  const counted = values.filter(({ value }) => value.toLowerCase().includes(text.toLowerCase()));
  const missing = [...choice.included, ...choice.excluded].filter(
    (value) => !values.some((one) => one.value === value),
  );
  const shown = [...missing.map((value) => ({ value, count: 0 })), ...counted].slice(
    0,
    Math.max(SHOWN, missing.length),
  );
  const choose = (included: readonly string[], excluded: readonly string[]) =>
    onQuery(withChoice(question.q, field, { included, excluded }));
  const without = (values: readonly string[], value: string) => values.filter((one) => one !== value);
  if (facet.values.length === 0 && missing.length === 0)
    return <p className="px-3 pb-2 text-12 text-text-3">No values.</p>;
  return (
    <div className="pb-2">
      {facet.values.length > SHOWN && (
        <div className="px-2 pb-1">
          <input
            type="search"
            aria-label={`Search ${label}`}
            placeholder="Search"
            value={text}
            onChange={(event) => setText(event.target.value)}
            className="h-6 w-full rounded-sm border border-line bg-bg px-2 text-12"
          />
        </div>
      )}
      <ul>
        {shown.map(({ value, count }) => {
          const isIn = choice.included.includes(value);
          const isOut = choice.excluded.includes(value);
          return (
            <li
              key={value}
              className="group flex h-6.5 items-center gap-1.5 pr-2 pl-3 hover:bg-hover"
              data-testid="facet-value"
              data-value={value}
            >
              <label className="flex min-w-0 grow items-center gap-1.5">
                <input
                  type="checkbox"
                  className="size-3.5 shrink-0 accent-(--accent)"
                  checked={isIn}
                  onChange={() =>
                    choose(
                      isIn ? without(choice.included, value) : [...choice.included, value],
                      without(choice.excluded, value),
                    )
                  }
                />
                <span className={classes("truncate", isOut && "text-text-3 line-through")} dir="auto" title={value}>
                  {value === "" ? '""' : value}
                </span>
              </label>
              <span className="hidden shrink-0 gap-0.5 group-focus-within:flex group-hover:flex">
                <Button kind="quiet" size="small" className="h-5 px-1 text-11" onClick={() => choose([value], [])}>
                  only
                </Button>
                <Button
                  kind="quiet"
                  size="small"
                  className="h-5 w-5 px-0"
                  aria-label={isOut ? `Stop excluding ${value}` : `Exclude ${value}`}
                  aria-pressed={isOut}
                  onClick={() =>
                    choose(
                      without(choice.included, value),
                      isOut ? without(choice.excluded, value) : [...choice.excluded, value],
                    )
                  }
                >
                  <Minus className="size-3" strokeWidth={2} />
                </Button>
              </span>
              <span className="tabular shrink-0 text-12 text-text-3 group-focus-within:hidden group-hover:hidden">
                {formatCount(count)}
              </span>
            </li>
          );
        })}
      </ul>
      {counted.length > SHOWN && (
        <p className="px-3 pt-1 text-11 text-text-3">{formatCount(counted.length - SHOWN)} more: search for them</p>
      )}
      {facet.isPartial && <p className="px-3 pt-1 text-11 text-text-3">Counted over a part of the rows.</p>}
    </div>
  );
}

type Unit = NumberFacet["unit"];

/** How a number is written for people. */
function forPeople(unit: Unit, value: number | string): string {
  if (unit === "us") return formatDuration(Number(value));
  return unit === "usd" ? formatCost(String(value)) : formatTokens(Number(value));
}

const US_PER_S = 1_000_000;

/** How it is written in a query; money stays the decimal that it is. */
function forQuery(unit: Unit, value: number | string): string {
  if (unit === "us") return `${Number((Number(value) / US_PER_S).toPrecision(6))}s`;
  return unit === "usd" ? String(value) : String(Number(Number(value).toPrecision(6)));
}

function Numbers({ facet, question, field, label, onQuery }: FacetBodyProps & { facet: NumberFacet }) {
  const { min, max, buckets, unit } = facet;
  const [low, setLow] = useState("");
  const [high, setHigh] = useState("");
  if (min === null || max === null) return <p className="px-3 pb-2 text-12 text-text-3">No values.</p>;
  const most = Math.max(1, ...buckets.map(({ count }) => count));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const [from, to] = [low.trim(), high.trim()];
    const value =
      from !== "" && to !== "" ? `${from}..${to}` : from !== "" ? `>=${from}` : to !== "" ? `<=${to}` : null;
    onQuery(withComparison(question.q, field, value));
  };
  return (
    <div className="px-3 pb-2">
      <div className="flex h-8 items-end gap-px" aria-hidden={false}>
        {buckets.map(({ from, to, count }) => (
          <button
            key={from}
            type="button"
            title={`${forPeople(unit, from)} – ${forPeople(unit, to)}: ${formatCount(count)}`}
            aria-label={`${label} ${forPeople(unit, from)} to ${forPeople(unit, to)}, ${formatCount(count)}`}
            onClick={() => onQuery(withComparison(question.q, field, `${forQuery(unit, from)}..${forQuery(unit, to)}`))}
            className="flex h-full min-w-0 grow items-end hover:bg-hover"
          >
            <span
              className="w-full rounded-t-[1px] bg-accent/50"
              style={{ height: `${count === 0 ? 0 : Math.max(4, (count / most) * 100)}%` }}
            />
          </button>
        ))}
      </div>
      <div className="tabular flex justify-between text-11 text-text-3">
        <span>{forPeople(unit, min)}</span>
        <span>{forPeople(unit, max)}</span>
      </div>
      <form onSubmit={submit} className="mt-1 flex items-center gap-1">
        <input
          aria-label={`Least ${label}`}
          placeholder="from"
          value={low}
          onChange={(event) => setLow(event.target.value)}
          className="tabular h-6 w-0 min-w-0 grow rounded-sm border border-line bg-bg px-1.5 text-12"
        />
        <input
          aria-label={`Most ${label}`}
          placeholder="to"
          value={high}
          onChange={(event) => setHigh(event.target.value)}
          className="tabular h-6 w-0 min-w-0 grow rounded-sm border border-line bg-bg px-1.5 text-12"
        />
        <Button type="submit" size="small">
          Apply
        </Button>
      </form>
    </div>
  );
}
