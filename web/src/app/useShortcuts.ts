import { useEffect } from "react";

import { type Scope, type Shortcut, shortcuts } from "@/lib/shortcuts";

/** Make keys work while a component is shown. Pass a list that stays the same between renders. */
export function useShortcuts(scope: Scope, list: readonly Shortcut[]): void {
  useEffect(() => shortcuts.add(scope, list), [scope, list]);
}
