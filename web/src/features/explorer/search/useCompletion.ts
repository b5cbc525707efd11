import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { facetQuery, type Question } from "@/api/explorer";
import { languageQuery } from "@/api/language";
import { askedFor, spotAt, suggested, suggestedValues, type Spot, type Suggestion } from "@/models/query/complete";
import { useDebounced } from "@/ui/useDebounced";

const PAUSE_MS = 150;
const MAX_SHOWN = 10;

export interface Completion {
  spot: Spot;
  suggestions: readonly Suggestion[];
  /** The one that the arrows are on; −1: none. */
  chosen: number;
  choose: (at: number) => void;
  open: () => void;
  close: () => void;
}

/** What may be written next where the cursor is: fields at once, values when the server has counted them. */
export function useCompletion(question: Question, draft: string, cursor: number): Completion {
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState({ draft, at: -1 });
  const { data: language } = useQuery({ ...languageQuery, enabled: isOpen });
  const spot = useMemo(() => spotAt(draft, cursor), [draft, cursor]);
  const field = isOpen && language !== undefined ? askedFor(spot, language, question.level) : null;
  const asked = useDebounced(field, PAUSE_MS);
  const facet = useQuery({ ...facetQuery(question, asked ?? ""), enabled: asked !== null && asked === field });
  const values =
    field !== null && facet.data?.kind === "values" && facet.data.field === field ? facet.data.values : null;
  const suggestions = useMemo(() => {
    if (!isOpen || language === undefined) return [];
    const named = suggested(spot, language, question.level);
    const counted = (values ?? []).map(({ value, count }) => ({ value: String(value), count }));
    return [...named, ...suggestedValues(spot, counted)].slice(0, MAX_SHOWN);
  }, [isOpen, language, spot, question.level, values]);
  return {
    spot,
    suggestions,
    chosen: chosen.draft === draft && chosen.at < suggestions.length ? chosen.at : -1,
    choose: (at) => setChosen({ draft, at }),
    open: () => setOpen(true),
    close: () => setOpen(false),
  };
}
