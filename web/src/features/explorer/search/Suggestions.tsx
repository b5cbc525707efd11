import { formatCount } from "@/lib/formatters";
import type { Suggestion } from "@/models/query/complete";
import { classes } from "@/ui/classes";

export interface SuggestionsProps {
  id: string;
  suggestions: readonly Suggestion[];
  chosen: number;
  onAccept: (suggestion: Suggestion) => void;
}

/** Below the query: what may be written next. The field has the focus; the pointer only accepts. */
export function Suggestions({ id, suggestions, chosen, onAccept }: SuggestionsProps) {
  return (
    <div
      id={id}
      role="listbox"
      aria-label="Suggestions"
      data-testid="suggestions"
      className="absolute top-full left-0 z-popover mt-1 max-h-80 w-full max-w-120 overflow-auto rounded-md border border-line bg-bg p-1 shadow-popover"
    >
      {suggestions.map((suggestion, at) => (
        // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the field above has the keys
        <div
          key={`${suggestion.text} ${suggestion.label}`}
          id={`${id}-${at}`}
          role="option"
          aria-selected={at === chosen}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onAccept(suggestion)}
          className={classes(
            "flex min-h-7 cursor-pointer items-center gap-3 rounded-sm px-2 hover:bg-hover",
            at === chosen && "bg-selected",
          )}
        >
          <span className="min-w-0 truncate font-mono text-12" dir="auto">
            {suggestion.label}
          </span>
          <span className="tabular ml-auto shrink-0 text-12 text-text-3">
            {suggestion.count === undefined ? suggestion.note : formatCount(suggestion.count)}
          </span>
        </div>
      ))}
    </div>
  );
}
