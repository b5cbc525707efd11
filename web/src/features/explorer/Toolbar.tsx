import { ListFilter, Rows3 } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";

import { fetchThreshold, type Question } from "@/api/explorer";
import { useShortcuts } from "@/app/useShortcuts";
import { preferences, type RowLines, setPreferences, usePreferences } from "@/lib/preferences";
import type { Shortcut } from "@/lib/shortcuts";
import { splitTerms, withComparison, withoutTerm, withTerm } from "@/models/query/terms";
import { Button } from "@/ui/Button";
import { classes } from "@/ui/classes";
import { Dialog } from "@/ui/Dialog";
import { Menu, MenuCheck, MenuChoice, MenuLabel, MenuLine } from "@/ui/Menu";
import { toast } from "@/ui/toasts";

import { ColumnMenu } from "./ColumnMenu";
import { ExportMenu } from "./ExportMenu";
import { Facets } from "./Facets";
import type { LevelLook, QuickQuestion } from "./levels";
import type { View } from "./view";
import type { Taste } from "./views/useTaste";

export interface ToolbarProps<Row> {
  view: View;
  look: LevelLook<Row>;
  taste: Taste;
  onQuery: (q: string) => void;
}

/** Between the query and the rows: facets, quick questions, columns, density. */
export function Toolbar<Row>({ view, look, taste, onQuery }: ToolbarProps<Row>) {
  const { facetsOpen } = usePreferences();
  const keys = useMemo<Shortcut[]>(
    () => [
      {
        keys: "f",
        label: "Show or hide the facets",
        run: () => setPreferences({ facetsOpen: !preferences().facetsOpen }),
      },
    ],
    [],
  );
  useShortcuts("page", keys);
  return (
    <div className="flex h-10 shrink-0 items-center gap-1 overflow-x-auto border-b border-line px-3">
      <Button
        kind="quiet"
        aria-pressed={facetsOpen}
        onClick={() => setPreferences({ facetsOpen: !facetsOpen })}
        className="mr-1 hidden lg:inline-flex"
      >
        <ListFilter className="size-4" strokeWidth={1.75} aria-hidden /> Facets
      </Button>
      <FacetSheet view={view} look={look} onQuery={onQuery} />
      <QuickChips view={view} questions={look.quick} onQuery={onQuery} />
      <div className="ml-auto flex items-center gap-1">
        <ColumnMenu view={view} look={look} taste={taste} />
        <DensityMenu hasHistogram={look.hasHistogram} taste={taste} />
        <ExportMenu view={view} look={look} taste={taste} />
      </div>
    </div>
  );
}

/** The facets where there is no room beside the table. */
function FacetSheet<Row>({ view, look, onQuery }: Omit<ToolbarProps<Row>, "taste">) {
  const [isOpen, setOpen] = useState(false);
  const close = useCallback(() => setOpen(false), []);
  return (
    <>
      <Button kind="quiet" className="lg:hidden" aria-label="Facets" onClick={() => setOpen(true)}>
        <ListFilter className="size-4" strokeWidth={1.75} aria-hidden />
      </Button>
      <Dialog
        title="Facets"
        isOpen={isOpen}
        onClose={close}
        className="max-w-100 [&_aside]:w-full [&_aside]:border-r-0"
      >
        <Facets question={view.question} facets={look.facets} isValid onQuery={onQuery} />
      </Dialog>
    </>
  );
}

function QuickChips({
  view,
  questions,
  onQuery,
}: {
  view: View;
  questions: readonly QuickQuestion[];
  onQuery: (q: string) => void;
}) {
  const { question } = view;
  const [asking, setAsking] = useState<string | null>(null);
  const terms = splitTerms(question.q);
  const has = (text: string) => terms.some((term) => term.text === text);
  const isAbove = (field: string) => terms.some((term) => term.field === field && term.value.startsWith(">"));
  const flip = (text: string) => onQuery(has(text) ? withoutTerm(question.q, text) : withTerm(question.q, text));
  const current = useRef<Question | null>(question);
  useEffect(() => {
    current.current = question;
    return () => {
      current.current = null;
    };
  }, [question]);
  const percentile = async (field: "latency" | "cost") => {
    if (isAbove(field)) {
      onQuery(withComparison(question.q, field, null));
      return;
    }
    setAsking(field);
    try {
      const value = await fetchThreshold(question, field);
      if (current.current !== question) return; // somewhere else by now, or asking for something else
      if (value === null) toast("There is nothing to measure here");
      else onQuery(withComparison(question.q, field, field === "cost" ? `>$${value}` : `>${inUnits(Number(value))}`));
    } catch (error) {
      toast(error instanceof Error ? error.message : "That could not be worked out", "error");
    } finally {
      setAsking(null);
    }
  };
  return (
    <div role="group" aria-label="Quick questions" className="flex items-center gap-1">
      {questions.map((one) =>
        "term" in one ? (
          <QuickChip key={one.label} label={one.label} isOn={has(one.term)} onClick={() => flip(one.term)} />
        ) : (
          <QuickChip
            key={one.label}
            label={one.label}
            isOn={isAbove(one.slowest)}
            isBusy={asking === one.slowest}
            onClick={() => void percentile(one.slowest)}
          />
        ),
      )}
    </div>
  );
}

/** A threshold as one reads it in the query: whole milliseconds below ten seconds. */
function inUnits(us: number): string {
  if (us < 10_000) return `${us / 1000}ms`;
  return us < 10_000_000 ? `${Math.round(us / 1000)}ms` : `${(us / 1_000_000).toFixed(1)}s`;
}

function QuickChip({
  label,
  isOn,
  isBusy = false,
  onClick,
}: {
  label: string;
  isOn: boolean;
  isBusy?: boolean;
  onClick: () => void;
}) {
  return (
    <button
      type="button"
      aria-pressed={isOn}
      aria-busy={isBusy}
      onClick={onClick}
      className={classes(
        "h-6 rounded-full border px-2.5 text-12 whitespace-nowrap",
        isOn ? "border-accent bg-selected text-text" : "border-line text-text-2 hover:bg-hover hover:text-text",
        isBusy && "opacity-60",
      )}
    >
      {label}
    </button>
  );
}

const DENSITIES = [
  { value: "1", label: "1 line" },
  { value: "3", label: "3 lines" },
  { value: "8", label: "8 lines" },
] as const;

function DensityMenu({ hasHistogram, taste }: { hasHistogram: boolean; taste: Taste }) {
  const { histogramOpen } = usePreferences();
  return (
    <Menu
      align="end"
      trigger={
        <Button kind="quiet" data-testid="density" aria-label="Rows">
          <Rows3 className="size-4" strokeWidth={1.75} aria-hidden /> <span className="hidden sm:inline">Rows</span>
        </Button>
      }
    >
      <MenuLabel>Height of a row</MenuLabel>
      <MenuChoice
        value={String(taste.rowLines) as "1" | "3" | "8"}
        options={DENSITIES}
        onChange={(value) => taste.storeRowLines(Number(value) as RowLines)}
      />
      {hasHistogram && (
        <>
          <MenuLine />
          <MenuCheck isChecked={histogramOpen} onChange={(isChecked) => setPreferences({ histogramOpen: isChecked })}>
            Counts over time
          </MenuCheck>
        </>
      )}
    </Menu>
  );
}
