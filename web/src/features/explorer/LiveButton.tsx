import { Radio } from "lucide-react";
import { useMemo } from "react";

import { useShortcuts } from "@/app/useShortcuts";
import type { Shortcut } from "@/lib/shortcuts";
import { Button } from "@/ui/Button";
import { classes } from "@/ui/classes";
import { Tooltip } from "@/ui/Tooltip";

import type { Live } from "./useLive";

/** Switches following on and off. */
export function LiveButton({ live }: { live: Live }) {
  const { isLive, toggle } = live;
  const keys = useMemo<Shortcut[]>(() => [{ keys: "l", label: "Follow what arrives", run: toggle }], [toggle]);
  useShortcuts("page", keys);
  return (
    <Tooltip label={isLive ? "Stop following" : "Follow what arrives"} keys="l">
      <Button
        kind="quiet"
        aria-pressed={isLive}
        aria-label="Live"
        onClick={toggle}
        className={classes(isLive && "text-accent")}
      >
        <Radio className="size-4" strokeWidth={1.75} aria-hidden />
        {isLive && <span className="hidden text-12 sm:inline">Live</span>}
      </Button>
    </Tooltip>
  );
}

/** How many rows wait; a click shows them. */
export function NewRows({ count, onShow }: { count: number; onShow: () => void }) {
  if (count === 0) return null;
  return (
    <button
      type="button"
      data-testid="new-rows"
      onClick={onShow}
      className="absolute top-9 left-1/2 z-panel h-7 -translate-x-1/2 rounded-full bg-accent px-3 text-12 font-medium text-on-accent shadow-popover"
    >
      {count >= 100 ? "100 or more new" : `${count} new`}
    </button>
  );
}
