import { useId } from "react";

import { setPreferences, usePreferences } from "@/lib/preferences";
import type { Zone } from "@/lib/times";

import { useZoneName } from "./ZoneName";

const ZONES: readonly Zone[] = Intl.supportedValuesOf("timeZone").filter((name) => name !== "UTC");

/** By whose clock times are shown and days begin, on every page. */
export function ZoneSelect() {
  const { zone } = usePreferences();
  const [own, browsers] = [useZoneName(), useZoneName("browser")];
  const id = useId();
  const isListed = zone === "browser" || zone === "UTC" || ZONES.includes(zone);
  return (
    <div className="flex flex-col gap-0.5">
      <label htmlFor={id} className="text-12 text-text-2">
        Time zone ({own})
      </label>
      <select
        id={id}
        data-testid="zone"
        value={zone}
        onChange={(event) => setPreferences({ zone: event.target.value })}
        className="h-7 w-full min-w-0 rounded-sm border border-line-strong bg-bg px-1.5"
      >
        <option value="browser">Of this browser ({browsers})</option>
        <option value="UTC">UTC</option>
        {!isListed && <option value={zone}>{zone}</option>}
        {ZONES.map((name) => (
          <option key={name} value={name}>
            {name.replaceAll("_", " ")}
          </option>
        ))}
      </select>
    </div>
  );
}
