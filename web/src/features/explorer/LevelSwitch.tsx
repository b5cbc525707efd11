import { href, type ListLevel } from "@/lib/href";
import { printRange } from "@/models/dateRange";
import { classes } from "@/ui/classes";
import { Link } from "@/ui/Link";

import type { View } from "./view";

const LEVELS: readonly { level: ListLevel; name: string }[] = [
  { level: "traces", name: "Traces" },
  { level: "observations", name: "Observations" },
  { level: "sessions", name: "Sessions" },
];

/** The same question at another level: traces, the observations within them, or the sessions around them. */
export function LevelSwitch({ projectId, level, view }: { projectId: string; level: ListLevel; view: View }) {
  if (!LEVELS.some((one) => one.level === level)) return null;
  const search = {
    q: view.question.q === "" ? undefined : view.question.q,
    env: [...view.question.env],
    dateRange: printRange(view.range),
  };
  return (
    <div role="group" aria-label="Level" className="flex h-8 shrink-0 rounded-sm border border-line bg-panel p-0.5">
      {LEVELS.map(({ level: one, name }) => (
        <Link
          key={one}
          to={href.list({ projectId, level: one, search })}
          aria-current={one === level ? "true" : undefined}
          className={classes(
            "flex items-center rounded-[3px] px-2 text-12",
            one === level ? "bg-selected font-medium text-text" : "text-text-2 hover:text-text",
          )}
        >
          {name}
        </Link>
      ))}
    </div>
  );
}
