import { Outlet } from "@tanstack/react-router";
import { useEffect } from "react";

import { useVisitorOrSession } from "@/api/session";
import { PaletteHost } from "./palette/PaletteHost";
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
  const isSignedIn = useVisitorOrSession() !== null;
  const { singleKeys } = usePreferences();
  const zone = readZone(oneOf(useUrlState().search, "tz"));
  useEffect(() => setZoneOfLink(zone), [zone]);
  useEffect(() => {
    shortcuts.singleKeys = singleKeys;
  }, [singleKeys]);
  return (
    <TooltipProvider>
      <Outlet />
      {isSignedIn && <PaletteHost />}
      <MenuLayer />
      <Toasts />
    </TooltipProvider>
  );
}
