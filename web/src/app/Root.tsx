import { useSuspenseQuery } from "@tanstack/react-query";
import { Outlet } from "@tanstack/react-router";
import { useEffect } from "react";

import { sessionQuery } from "@/api/session";
import { useUrlState } from "./url";
import { setZoneOfLink, usePreferences } from "@/lib/preferences";
import { oneOf } from "@/lib/search";
import { shortcuts } from "@/lib/shortcuts";
import { readZone } from "@/lib/times";
import { MenuLayer } from "@/ui/Menu";
import { Toasts } from "@/ui/toasts";
import { TooltipProvider } from "@/ui/Tooltip";

/** What every page stands in. Whoever is not signed in is sent there by the first request, but from what may be public. */
export function Root() {
  useSuspenseQuery(sessionQuery);
  const { singleKeys } = usePreferences();
  const zone = readZone(oneOf(useUrlState().search, "tz"));
  useEffect(() => setZoneOfLink(zone), [zone]);
  useEffect(() => {
    shortcuts.singleKeys = singleKeys;
  }, [singleKeys]);
  return (
    <TooltipProvider>
      <Outlet />
      <MenuLayer />
      <Toasts />
    </TooltipProvider>
  );
}
