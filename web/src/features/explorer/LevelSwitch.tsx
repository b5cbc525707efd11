import { href, LIST_LEVELS, type ListLevel } from "@/lib/href";
import { printRange } from "@/models/dateRange";
import { classes } from "@/ui/classes";
import { Link } from "@/ui/Link";

import type { View } from "./view";

const LEVEL_NAMES: Readonly<Record<ListLevel, string>> = { traces: "Traces", observations: "Observations" };

/** The same question at another level: traces, or the observations within them. */
export function LevelSwitch({ projectId, level, view }: { projectId: string; level: ListLevel; view: View }) {
  const search = {
    q: view.question.q === "" ? undefined : view.question.q,
    env: [...view.question.env],
    dateRange: printRange(view.range),
  };
  return (
    <div role="group" aria-label="Level" className="flex h-8 shrink-0 rounded-sm border border-line bg-panel p-0.5">
      {LIST_LEVELS.map((one) => (
        <Link
          key={one}
          to={href.list({ projectId, level: one, search })}
          aria-current={one === level ? "true" : undefined}
          className={classes(
            "flex items-center rounded-[3px] px-2 text-12",
            one === level ? "bg-selected font-medium text-text" : "text-text-2 hover:text-text",
          )}
        >
          {LEVEL_NAMES[one]}
        </Link>
      ))}
    </div>
  );
}
