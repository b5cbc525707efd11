import { useMemo } from "react";

import { href } from "@/lib/href";
import { preferences, setPreferences } from "@/lib/preferences";
import type { Shortcut } from "@/lib/shortcuts";

import { useGo } from "./url";
import { useShortcuts } from "./useShortcuts";

/** Keys that work on every page of a project. */
export function useShellShortcuts(projectId: string): void {
  const go = useGo();
  const keys = useMemo<Shortcut[]>(
    () => [
      { keys: "g h", label: "Go home", run: () => go(href.project({ projectId })) },
      { keys: "g t", label: "Go to traces", run: () => go(href.list({ projectId, level: "traces" })) },
      { keys: "g o", label: "Go to observations", run: () => go(href.list({ projectId, level: "observations" })) },
      { keys: "g s", label: "Go to sessions", run: () => go(href.list({ projectId, level: "sessions" })) },
      { keys: "g u", label: "Go to users", run: () => go(href.list({ projectId, level: "users" })) },
      { keys: "g c", label: "Go to scores", run: () => go(href.list({ projectId, level: "scores" })) },
      { keys: "g ,", label: "Go to the settings", run: () => go(href.settings({ projectId })) },
      {
        keys: "[",
        label: "Show or hide the sidebar",
        run: () => setPreferences({ sidebarCollapsed: !preferences().sidebarCollapsed }),
      },
    ],
    [go, projectId],
  );
  useShortcuts("global", keys);
}
