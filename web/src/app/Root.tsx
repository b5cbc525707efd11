import { useSuspenseQuery } from "@tanstack/react-query";
import { Outlet } from "@tanstack/react-router";
import { useEffect } from "react";

import { sessionQuery } from "@/api/session";
import { usePreferences } from "@/lib/preferences";
import { shortcuts } from "@/lib/shortcuts";
import { Toasts } from "@/ui/toasts";
import { TooltipProvider } from "@/ui/Tooltip";

/** What every page stands in. Whoever is not signed in is sent there by the first request. */
export function Root() {
  useSuspenseQuery(sessionQuery);
  const { singleKeys } = usePreferences();
  useEffect(() => {
    shortcuts.singleKeys = singleKeys;
  }, [singleKeys]);
  return (
    <TooltipProvider>
      <Outlet />
      <Toasts />
    </TooltipProvider>
  );
}
