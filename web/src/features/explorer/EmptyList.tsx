import { useQuery } from "@tanstack/react-query";
import { Inbox, SearchX, X } from "lucide-react";

import { countQuery } from "@/api/explorer";
import { formatCount, formatEstimate } from "@/lib/formatters";
import { href, serverUrl } from "@/lib/href";
import { labelOf } from "@/models/dateRange";
import { splitTerms, withoutTerm } from "@/models/query/terms";
import { Button } from "@/ui/Button";
import { CopyButton } from "@/ui/CopyButton";
import { Link } from "@/ui/Link";
import { EmptyState } from "@/ui/states";

import type { NothingYet as NothingYetLook } from "./levels";
import { chooseRange, type View } from "./view";

/** Why there are no rows: nothing was ever sent, or nothing matches. The two call for different things. */
export function EmptyList({
  view,
  nothingYet,
  onQuery,
}: {
  view: View;
  nothingYet: NothingYetLook;
  onQuery: (q: string) => void;
}) {
  const { question } = view;
  const everything = { ...question, q: "", fixed: undefined, env: [], fromUs: undefined, untilUs: undefined };
  const ever = useQuery(countQuery(everything));
  if (ever.data === undefined && !ever.isError) return null;
  return ever.data?.count === 0 ? (
    <NothingYet look={nothingYet} projectId={question.projectId} />
  ) : (
    <NothingMatches view={view} onQuery={onQuery} />
  );
}

function NothingYet({ look: { title, text, snippet }, projectId }: { look: NothingYetLook; projectId: string }) {
  return (
    <EmptyState title={title} icon={<Inbox className="size-6" strokeWidth={1.5} aria-hidden />}>
      <p className="text-text-2">{text}</p>
      {snippet === undefined ? (
        <p className="flex max-w-full items-center gap-1">
          <code className="min-w-0 font-mono text-12 break-all">{serverUrl()}</code>
          <CopyButton text={serverUrl()} label="Copy the address" />
        </p>
      ) : (
        <div className="relative w-full max-w-160 text-left">
          <pre className="rounded-md border border-line bg-panel p-3 font-mono text-12 wrap-anywhere whitespace-pre-wrap">
            {snippet}
          </pre>
          <CopyButton text={snippet} className="absolute top-1.5 right-1.5" />
        </div>
      )}
      <Link
        to={href.setup({ projectId })}
        className="mt-1 inline-flex h-8 items-center rounded-sm bg-accent px-3 font-medium text-on-accent hover:opacity-90"
      >
        Send your first trace
      </Link>
    </EmptyState>
  );
}

function NothingMatches({ view, onQuery }: { view: View; onQuery: (q: string) => void }) {
  const { question, range, url } = view;
  const always = useQuery(countQuery({ ...question, fromUs: undefined, untilUs: undefined }));
  const terms = splitTerms(question.q);
  const found = always.data?.count ?? 0;
  return (
    <EmptyState
      title={`No ${question.level} match`}
      icon={<SearchX className="size-6" strokeWidth={1.5} aria-hidden />}
    >
      <div className="flex flex-wrap justify-center gap-1.5">
        {terms.map(({ text, start }) => (
          <RemovableChip key={start} text={text} onRemove={() => onQuery(withoutTerm(question.q, text))} />
        ))}
        {question.env.map((name) => (
          <RemovableChip
            key={name}
            text={`environment ${name}`}
            onRemove={() => url.push({ env: question.env.filter((one) => one !== name) })}
          />
        ))}
        {!(range.kind === "relative" && range.token === "All") && (
          <RemovableChip
            text={range.kind === "relative" ? labelOf(range.token) : "this time"}
            onRemove={() => chooseRange(question.projectId, url, { kind: "relative", token: "All" })}
          />
        )}
      </div>
      {found > 0 && (
        <p className="text-text-2">
          Without a limit of time {always.data?.isExact === true ? formatCount(found) : formatEstimate(found)} match.{" "}
          <Button
            kind="quiet"
            className="text-accent"
            onClick={() => chooseRange(question.projectId, url, { kind: "relative", token: "All" })}
          >
            Show all time
          </Button>
        </p>
      )}
    </EmptyState>
  );
}

function RemovableChip({ text, onRemove }: { text: string; onRemove: () => void }) {
  return (
    <span className="inline-flex h-6 max-w-full items-center gap-1 rounded-sm bg-chip-muted pl-2 text-12">
      <span className="truncate" dir="auto">
        {text}
      </span>
      <button
        type="button"
        aria-label={`Remove ${text}`}
        className="inline-flex size-6 items-center justify-center rounded-sm text-text-3 hover:text-text"
        onClick={onRemove}
      >
        <X className="size-3" strokeWidth={2} />
      </button>
    </span>
  );
}
