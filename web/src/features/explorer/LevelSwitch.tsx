import { useQuery } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";

import { languageQuery } from "@/api/language";
import { href, type ListLevel } from "@/lib/href";
import { printRange } from "@/models/dateRange";
import { queryFor } from "@/models/query/levels";
import { classes } from "@/ui/classes";
import { Link } from "@/ui/Link";
import { toast } from "@/ui/toasts";

import type { View } from "./view";

const LEVELS: readonly { level: ListLevel; name: string }[] = [
  { level: "traces", name: "Traces" },
  { level: "observations", name: "Observations" },
  { level: "sessions", name: "Sessions" },
];
const UNDO_MS = 8000;

/**
 * The same question at another level: traces, the observations within them, or the sessions around them. Terms that the
 * other level does not know stay behind.
 */
export function LevelSwitch({ projectId, level, view }: { projectId: string; level: ListLevel; view: View }) {
  const { q, env } = view.question;
  const router = useRouter();
  const isThere = LEVELS.some((one) => one.level === level);
  const { data: language } = useQuery({ ...languageQuery, enabled: isThere && q !== "" });
  if (!isThere) return null;
  return (
    <div role="group" aria-label="Level" className="flex h-8 shrink-0 rounded-sm border border-line bg-panel p-0.5">
      {LEVELS.map(({ level: one, name }) => {
        const { query, dropped } =
          language === undefined || one === level ? { query: q, dropped: [] } : queryFor(q, language, one);
        const search = { q: query === "" ? undefined : query, env: [...env], dateRange: printRange(view.range) };
        return (
          <Link
            key={one}
            to={href.list({ projectId, level: one, search })}
            onClick={() => {
              if (dropped.length === 0) return;
              const { pathname, search: before } = window.location;
              const run = () => router.history.push(pathname + before);
              const left = `Left out, as ${one} do not know it: ${dropped.join(" ")}`;
              toast(left, "plain", { label: "Undo", run, ms: UNDO_MS });
            }}
            aria-current={one === level ? "true" : undefined}
            className={classes(
              "flex items-center rounded-[3px] px-2 text-12",
              one === level ? "bg-selected font-medium text-text" : "text-text-2 hover:text-text",
            )}
          >
            {name}
          </Link>
        );
      })}
    </div>
  );
}
