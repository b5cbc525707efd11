import { href } from "@/lib/href";
import type { SearchPatch } from "@/lib/search";
import { classes } from "@/ui/classes";
import { Link } from "@/ui/Link";

export const USER_TABS = ["traces", "sessions", "scores", "costs"] as const;
export type UserTab = (typeof USER_TABS)[number];

const LABELS: Readonly<Record<UserTab, string>> = {
  traces: "Traces",
  sessions: "Sessions",
  scores: "Scores",
  costs: "Costs by model",
};

export interface UserTabsProps {
  projectId: string;
  userId: string;
  tab: UserTab;
  /** What the tabs share: time and environments. */
  kept: SearchPatch;
}

/** What there is of a user. Each is a page of its own, so links open in tabs and Back goes back. */
export function UserTabs({ projectId, userId, tab, kept }: UserTabsProps) {
  return (
    <nav aria-label="Of this user" className="flex h-9 shrink-0 items-end gap-1 border-b border-line px-3">
      {USER_TABS.map((one) => (
        <Link
          key={one}
          to={href.user({ projectId, userId, search: { ...kept, tab: one === "traces" ? undefined : one } })}
          aria-current={one === tab ? "page" : undefined}
          className={classes(
            "flex h-9 items-center border-b-2 px-2 text-13",
            one === tab ? "border-accent font-medium text-text" : "border-transparent text-text-2 hover:text-text",
          )}
        >
          {LABELS[one]}
        </Link>
      ))}
    </nav>
  );
}
