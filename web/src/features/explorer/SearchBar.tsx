import { useQueryClient } from "@tanstack/react-query";
import { LoaderCircle, Search, X } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from "react";

import { type QueryMistake, queryMistake, rowsQuery } from "@/api/explorer";
import { useShortcuts } from "@/app/useShortcuts";
import type { Shortcut } from "@/lib/shortcuts";
import { classes } from "@/ui/classes";
import { KeyHint } from "@/ui/KeyHint";

import { printSort, type View } from "./view";

const RECENT_MAX = 20;

function recentOf(projectId: string): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(`panope.recent.${projectId}`) ?? "[]");
    return Array.isArray(stored) ? stored.filter((text) => typeof text === "string") : [];
  } catch {
    return [];
  }
}

function remember(projectId: string, text: string): void {
  if (text === "") return;
  const recent = [text, ...recentOf(projectId).filter((one) => one !== text)].slice(0, RECENT_MAX);
  try {
    localStorage.setItem(`panope.recent.${projectId}`, JSON.stringify(recent));
  } catch {
    // Without storage there is no history, which is all that is lost.
  }
}

/**
 * The query as text. Enter applies it, once the server has understood it: a text that it does not understand is marked,
 * and the query before stays in force.
 */
export function SearchBar({
  view,
  mistake: opened,
  placeholder,
}: {
  view: View;
  mistake: QueryMistake | null;
  placeholder: string;
}) {
  const { question, sort, url } = view;
  const queries = useQueryClient();
  const [draft, setDraft] = useState(question.q);
  const [refused, setRefused] = useState<(QueryMistake & { text: string }) | null>(null);
  const [isChecking, setChecking] = useState(false);
  const [recalled, setRecalled] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  const noteId = useId();
  useEffect(() => {
    setDraft(question.q);
    setRefused(null);
  }, [question.q]);
  const keys = useMemo<Shortcut[]>(() => [{ keys: "/", label: "Search", run: () => input.current?.focus() }], []);
  useShortcuts("page", keys);

  const apply = async (text: string) => {
    const q = text.trim();
    if (q === question.q) return;
    setChecking(true);
    try {
      await queries.fetchInfiniteQuery(rowsQuery({ ...question, q }, printSort(sort)));
    } catch (error) {
      const mistake = queryMistake(error);
      if (mistake !== null) {
        setRefused({ ...mistake, text: q });
        return;
      }
    } finally {
      setChecking(false);
    }
    setRefused(null);
    remember(question.projectId, q);
    url.push({ q: q === "" ? undefined : q });
  };

  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Enter") void apply(draft);
    else if (event.key === "Escape") {
      setDraft(question.q);
      setRefused(null);
      input.current?.blur();
    } else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      const recent = recentOf(question.projectId);
      const next = Math.min(Math.max(recalled + (event.key === "ArrowUp" ? 1 : -1), -1), recent.length - 1);
      event.preventDefault();
      setRecalled(next);
      setDraft(next < 0 ? question.q : (recent[next] ?? ""));
    }
  };
  const mistake = refused ?? (opened === null ? null : { ...opened, text: question.q });
  const isStale = refused !== null;
  return (
    <div className="min-w-0 grow">
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
            setRecalled(-1);
          }}
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
            onClick={() => void apply("").then(() => setDraft(""))}
          >
            <X className="size-3.5" strokeWidth={1.75} />
          </button>
        )}
      </div>
      {mistake !== null && (
        <p id={noteId} role="alert" data-testid="query-error" className="mt-1 text-12 text-danger">
          <MarkedText text={mistake.text} position={mistake.position} /> {mistake.message}.
          {isStale && (
            <span className="text-text-2">
              {" "}
              The list still shows {question.q === "" ? "everything" : <code className="font-mono">{question.q}</code>}.
            </span>
          )}
        </p>
      )}
    </div>
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
