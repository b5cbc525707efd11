import { useQuery } from "@tanstack/react-query";
import { Layers } from "lucide-react";
import { useMemo, useState } from "react";

import { facetQuery, type Question } from "@/api/explorer";
import { formatCount } from "@/lib/formatters";
import { Button } from "@/ui/Button";
import { HueDot } from "@/ui/Chip";
import { Popover } from "@/ui/Popover";

/** Environments that servers and SDKs make for themselves: hidden until somebody asks for them. */
function isInternal(name: string): boolean {
  return name.startsWith("langfuse-") || name.startsWith("panope-") || name.startsWith("sdk-experiment");
}

/** Which environments a page shows: all but the internal ones, or those that were chosen. */
export function EnvironmentPicker({
  question,
  onChoose,
}: {
  question: Question;
  onChoose: (env: readonly string[]) => void;
}) {
  const [isOpen, setOpen] = useState(false);
  const chosen = question.env;
  return (
    <Popover
      label="Environments"
      align="end"
      isOpen={isOpen}
      onOpenChange={setOpen}
      className="w-64 p-2"
      trigger={
        <Button data-testid="environments">
          <Layers className="size-3.5 text-text-3" strokeWidth={1.75} aria-hidden />
          <span className="hidden max-w-40 truncate lg:inline">
            {chosen.length === 0 ? "All environments" : chosen.join(", ")}
          </span>
        </Button>
      }
    >
      <EnvironmentList question={question} onChoose={onChoose} />
    </Popover>
  );
}

function EnvironmentList({ question, onChoose }: { question: Question; onChoose: (env: readonly string[]) => void }) {
  const everywhere = useMemo(() => ({ ...question, q: "", env: [] }), [question]);
  const facet = useQuery(facetQuery(everywhere, "env"));
  const counted =
    facet.data?.kind === "values" ? facet.data.values.map(({ value, count }) => ({ value: String(value), count })) : [];
  const names = [...new Set([...counted.map(({ value }) => value), ...question.env])];
  const hidden = counted.filter(({ value }) => isInternal(value)).length;
  const toggle = (name: string) =>
    onChoose(question.env.includes(name) ? question.env.filter((one) => one !== name) : [...question.env, name]);
  return (
    <>
      <label className="flex h-7 items-center gap-2 px-1">
        <input
          type="radio"
          className="size-4 accent-(--accent)"
          checked={question.env.length === 0}
          onChange={() => onChoose([])}
        />
        All{hidden === 0 ? "" : `, ${hidden} internal hidden`}
      </label>
      <ul className="mt-1 border-t border-line pt-1">
        {names.map((name) => (
          <li key={name}>
            <label className="flex h-7 items-center gap-2 rounded-sm px-1 hover:bg-hover">
              <input
                type="checkbox"
                className="size-4 accent-(--accent)"
                checked={question.env.includes(name)}
                onChange={() => toggle(name)}
              />
              <HueDot name={name} />
              <span className="min-w-0 grow truncate">{name}</span>
              {isInternal(name) && <span className="text-11 text-text-3">internal</span>}
              <span className="tabular text-text-3">
                {formatCount(counted.find(({ value }) => value === name)?.count ?? 0)}
              </span>
            </label>
          </li>
        ))}
      </ul>
      {facet.isPending && <p className="px-1 py-2 text-text-3">Loading…</p>}
      {facet.isError && <p className="px-1 py-2 text-danger">The environments could not be read.</p>}
    </>
  );
}
