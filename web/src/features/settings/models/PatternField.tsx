import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { testPattern } from "@/api/models";
import { formatCount } from "@/lib/formatters";
import { Chip } from "@/ui/Chip";
import { TextField } from "@/ui/fields";
import { useDebounced } from "@/ui/useDebounced";

const PAUSE_MS = 300;
const SHOWN = 12;

/** A pattern, and beside it which of the names that were sent it is found in, as it is typed. */
export function PatternField({
  projectId,
  value,
  error,
  isReadOnly,
  onChange,
}: {
  projectId: string;
  value: string;
  error: string | undefined;
  isReadOnly: boolean;
  onChange: (value: string) => void;
}) {
  const [tried, setTried] = useState("");
  const pattern = useDebounced(value, PAUSE_MS);
  const names = useDebounced(tried.trim(), PAUSE_MS);
  const tested = useQuery({
    queryKey: ["pattern", projectId, pattern, names],
    queryFn: ({ signal }) => testPattern(projectId, pattern, names === "" ? [] : [names], signal),
    enabled: pattern !== "",
    retry: false,
  });
  const found = tested.data?.filter(({ isMatch }) => isMatch) ?? [];
  const own = tested.data?.find(({ model }) => model === names);
  const wrong = error ?? (pattern === value && tested.isError ? tested.error.message : undefined);
  return (
    <div className="flex flex-col gap-2">
      <TextField
        label="Pattern"
        value={value}
        readOnly={isReadOnly}
        spellCheck={false}
        autoComplete="off"
        error={wrong ?? null}
        hint="A regular expression that is found in the model names it prices; (?i) in front: whatever the case."
        onChange={(event) => onChange(event.target.value)}
      />
      <div className="rounded-md border border-line bg-panel p-2 text-12" data-testid="pattern-test">
        <p className="mb-1 text-text-2">
          {pattern === "" || tested.data === undefined
            ? "Names of the last 30 days that it is found in"
            : `Found in ${formatCount(found.length)} of ${formatCount(tested.data.length)} names of the last 30 days`}
        </p>
        <p className="flex flex-wrap gap-1">
          {found.slice(0, SHOWN).map(({ model }) => (
            <Chip key={model} tone="outline">
              {model}
            </Chip>
          ))}
          {found.length > SHOWN && <span className="text-text-3">and {formatCount(found.length - SHOWN)} more</span>}
        </p>
        <div className="mt-2 flex items-end gap-2">
          <TextField
            label="Try a name"
            value={tried}
            className="w-64 max-w-full"
            onChange={(event) => setTried(event.target.value)}
          />
          {own !== undefined && names !== "" && (
            <span className={`pb-1.5 ${own.isMatch ? "text-success" : "text-danger"}`} data-testid="tried-name">
              {own.isMatch ? "✓ it matches" : "✗ it does not match"}
            </span>
          )}
        </div>
      </div>
    </div>
  );
}
