import { useQueryClient } from "@tanstack/react-query";
import { LoaderCircle, Search, X } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "react";

import { type QueryMistake, queryMistake, rowsQuery } from "@/api/explorer";
import { useShortcuts } from "@/app/useShortcuts";
import type { Shortcut } from "@/lib/shortcuts";
import { accepted, type Suggestion } from "@/models/query/complete";
import { classes } from "@/ui/classes";
import { KeyHint } from "@/ui/KeyHint";

import { printSort, type View } from "../view";
import { recentOf, remember } from "./recent";
import { Suggestions } from "./Suggestions";
import { useCompletion } from "./useCompletion";

/**
 * The query as text. Enter applies it, once the server has understood it: a text that it does not understand is marked,
 * and the query before stays in force.
 */
export function SearchBar({
  view,
  mistake: opened,
  placeholder,
  onLeave,
}: {
  view: View;
  mistake: QueryMistake | null;
  placeholder: string;
  /** The person is done with it: the focus belongs elsewhere. */
  onLeave: () => void;
}) {
  const { question } = view;
  const [draft, setDraft] = useState(question.q);
  const [recalled, setRecalled] = useState(-1);
  const [cursor, setCursor] = useState(0);
  const completion = useCompletion(question, draft, cursor);
  const listId = useId();
  const caret = useRef<number | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const noteId = useId();
  const keys = useMemo<Shortcut[]>(() => [{ keys: "/", label: "Search", run: () => input.current?.focus() }], []);
  useShortcuts("page", keys);

  const { apply, refused, setRefused, isChecking } = useApply(view, setDraft);
  // Before the next key comes: what is typed quickly goes behind what was accepted.
  useLayoutEffect(() => {
    if (caret.current !== null) input.current?.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  }, [draft]);
  const { suggestions, chosen } = completion;
  const isSuggesting = suggestions.length > 0;
  const accept = (suggestion: Suggestion) => {
    const next = accepted(draft, completion.spot, suggestion);
    setDraft(next.query);
    setCursor(next.cursor);
    caret.current = next.cursor;
    if (!suggestion.isOpen) completion.close();
  };

  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    const suggestion = suggestions[Math.max(chosen, 0)];
    const isTab = event.key === "Tab" && !event.shiftKey;
    if (suggestion !== undefined && (isTab || (event.key === "Enter" && chosen >= 0))) {
      event.preventDefault();
      accept(suggestion);
    } else if (event.key === "Enter") {
      completion.close();
      void apply(draft);
    } else if (event.key === "Escape" && isSuggesting) {
      event.stopPropagation();
      completion.close();
    } else if (event.key === "ArrowDown" && recalled < 0) {
      event.preventDefault();
      completion.open();
      if (isSuggesting) completion.choose(Math.min(chosen + 1, suggestions.length - 1));
    } else if (event.key === "ArrowUp" && chosen >= 0) {
      event.preventDefault();
      completion.choose(chosen - 1);
    } else if (event.key === "Escape") {
      setDraft(question.q);
      setRefused(null);
      input.current?.blur();
      onLeave();
    } else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      const recent = recentOf(question.projectId);
      const next = Math.min(Math.max(recalled + (event.key === "ArrowUp" ? 1 : -1), -1), recent.length - 1);
      event.preventDefault();
      setRecalled(next);
      completion.close();
      setDraft(next < 0 ? question.q : (recent[next] ?? ""));
    }
  };
  const mistake = refused ?? (opened === null ? null : { ...opened, text: question.q });
  return (
    <div className="min-w-0 grow basis-full sm:basis-0">
      <div className="relative">
        <div
          className={classes(
            "flex h-8 items-center gap-2 rounded-sm border bg-bg px-2 focus-within:outline-2 focus-within:outline-accent",
            mistake === null ? "border-line-strong" : "border-danger",
          )}
        >
          {isChecking ? (
            <LoaderCircle className="size-4 shrink-0 animate-spin text-text-3" strokeWidth={1.75} aria-hidden />
          ) : (
            <Search className="size-4 shrink-0 text-text-3" strokeWidth={1.75} aria-hidden />
          )}
          <input
            ref={input}
            data-testid="query-input"
            role="combobox"
            aria-autocomplete="list"
            aria-expanded={isSuggesting}
            aria-controls={isSuggesting ? listId : undefined}
            aria-activedescendant={isSuggesting && chosen >= 0 ? `${listId}-${chosen}` : undefined}
            aria-label={`Search ${question.level}`}
            aria-invalid={mistake !== null}
            aria-describedby={mistake === null ? undefined : noteId}
            value={draft}
            placeholder={placeholder}
            spellCheck={false}
            autoCapitalize="none"
            autoComplete="off"
            onChange={(event) => {
              setDraft(event.target.value);
              setCursor(event.target.selectionStart ?? event.target.value.length);
              setRecalled(-1);
              completion.open();
            }}
            onSelect={(event) => setCursor(event.currentTarget.selectionStart ?? 0)}
            onBlur={completion.close}
            onKeyDown={press}
            className="h-full min-w-0 grow bg-transparent outline-none placeholder:text-text-3"
          />
          {draft === "" ? (
            <KeyHint keys="/" />
          ) : (
            <button
              type="button"
              aria-label="Clear the search"
              className="inline-flex size-6 items-center justify-center rounded-sm text-text-3 hover:bg-hover"
              onClick={() => {
                setDraft("");
                void apply("");
              }}
            >
              <X className="size-3.5" strokeWidth={1.75} />
            </button>
          )}
        </div>
        {isSuggesting && <Suggestions id={listId} suggestions={suggestions} chosen={chosen} onAccept={accept} />}
      </div>
      {mistake !== null && <MistakeNote id={noteId} mistake={mistake} inForce={refused === null ? null : question.q} />}
    </div>
  );
}

/** Puts a query in force, once the server has understood it; tells the one that is in force, wherever it came from. */
function useApply({ question, range, sort, url }: View, onInForce: (q: string) => void) {
  const env = question.env.join("\n");
  const queries = useQueryClient();
  const [refused, setRefused] = useState<(QueryMistake & { text: string }) | null>(null);
  const [isChecking, setChecking] = useState(false);
  const runs = useRef(0);
  const applied = useRef<string | null>(null);
  // What is typed while the server looks at a query is no part of it, and stays.
  useEffect(() => {
    if (applied.current !== question.q) onInForce(question.q);
    applied.current = null;
    setRefused(null);
  }, [question.q, onInForce]);
  // Whoever is somewhere else by then, or asked for something else, is not moved.
  useEffect(
    () => () => {
      runs.current += 1;
      setChecking(false);
    },
    [question.q, env, range],
  );
  const apply = async (text: string) => {
    const q = text.trim();
    runs.current += 1;
    const run = runs.current;
    if (q === question.q) {
      setChecking(false);
      setRefused(null);
      return;
    }
    setChecking(true);
    const error: unknown = await queries.fetchInfiniteQuery(rowsQuery({ ...question, q }, printSort(sort))).then(
      () => null,
      (reason: unknown) => reason,
    );
    if (run !== runs.current) return;
    setChecking(false);
    const mistake = queryMistake(error);
    setRefused(mistake === null ? null : { ...mistake, text: q });
    if (mistake !== null) return;
    remember(question.projectId, q);
    applied.current = q;
    url.push({ q: q === "" ? undefined : q });
  };
  return { apply, refused, setRefused, isChecking };
}

/** What is wrong with a query, and which one is in force meanwhile. */
function MistakeNote({
  id,
  mistake,
  inForce,
}: {
  id: string;
  mistake: QueryMistake & { text: string };
  inForce: string | null;
}) {
  return (
    <p id={id} role="alert" data-testid="query-error" className="mt-1 text-12 text-danger">
      <MarkedText text={mistake.text} position={mistake.position} /> {mistake.message}.
      {inForce !== null && (
        <span className="text-text-2">
          {" "}
          The list still shows {inForce === "" ? "everything" : <code className="font-mono">{inForce}</code>}.
        </span>
      )}
    </p>
  );
}

/** The text from just before the mistake on, the mistaken word underlined. */
function MarkedText({ text, position }: { text: string; position: number | null }) {
  if (position === null) return null;
  const letters = [...text];
  const word = letters.slice(position).join("").split(/\s/)[0] ?? "";
  return (
    <code className="mr-1 font-mono">
      {letters.slice(Math.max(0, position - 12), position).join("")}
      <span className="underline decoration-wavy underline-offset-2">{word === "" ? "␣" : word}</span>
    </code>
  );
}
