import { RefreshCw } from "lucide-react";
import { useEffect, useMemo, useState } from "react";

import { useShortcuts } from "@/app/useShortcuts";
import { formatRelative } from "@/lib/formatters";
import type { Shortcut } from "@/lib/shortcuts";
import { classes } from "@/ui/classes";
import { Button } from "@/ui/Button";
import { Tooltip } from "@/ui/Tooltip";

const TICK_MS = 30_000;

/** Reads the page anew, and says how old it is. */
export function RefreshButton({
  asOfUs,
  isLoading,
  onRefresh,
}: {
  asOfUs: number | null;
  isLoading: boolean;
  onRefresh: () => void;
}) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === "visible" && setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  const keys = useMemo<Shortcut[]>(() => [{ keys: "r", label: "Refresh", run: onRefresh }], [onRefresh]);
  useShortcuts("page", keys);
  const age = asOfUs === null ? "" : formatRelative(asOfUs, Math.max(now * 1000, asOfUs));
  return (
    <Tooltip label={age === "" ? "Refresh" : `Refresh; read ${age}`} keys="r">
      <Button kind="quiet" aria-label={age === "" ? "Refresh" : `Refresh, read ${age}`} onClick={onRefresh}>
        <RefreshCw className={classes("size-4", isLoading && "motion-safe:animate-spin")} strokeWidth={1.75} />
        <span className="tabular hidden text-12 text-text-3 xl:inline">{age}</span>
      </Button>
    </Tooltip>
  );
}
