import { CircleUser, LogOut, Settings2 } from "lucide-react";
import { useCallback, useState } from "react";

import { useSession } from "@/api/session";
import { href } from "@/lib/href";
import { setPreferences, type Theme, usePreferences } from "@/lib/preferences";
import type { Zone } from "@/lib/times";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuLine } from "@/ui/Menu";
import { ZoneSelect } from "@/ui/ZoneSelect";

import { leave } from "./leave";
import { chooseTheme } from "./theme";
import { useGo } from "./url";

const THEMES: readonly { value: Theme; label: string }[] = [
  { value: "system", label: "As the system" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];
const ZONES: readonly { value: Zone; label: string }[] = [
  { value: "browser", label: "Of this browser" },
  { value: "UTC", label: "UTC" },
];

export function AccountMenu() {
  const { user } = useSession();
  const { theme, zone } = usePreferences();
  const [isChoosingZone, setChoosingZone] = useState(false);
  const closeZones = useCallback(() => setChoosingZone(false), []);
  const go = useGo();
  return (
    <>
      <Menu
        align="end"
        trigger={
          <Button kind="quiet" className="w-7 px-0" aria-label={`Account of ${user.name ?? user.email}`}>
            <CircleUser className="size-4" strokeWidth={1.75} />
          </Button>
        }
      >
        <div className="px-2 py-1">
          <div className="font-medium" dir="auto">
            {user.name ?? user.email}
          </div>
          {user.name !== null && <div className="text-12 text-text-3">{user.email}</div>}
        </div>
        <MenuLine />
        <MenuItem icon={<Settings2 className="size-4" strokeWidth={1.75} />} onSelect={() => go(href.account())}>
          Account settings
        </MenuItem>
        <MenuLine />
        <MenuLabel>Appearance</MenuLabel>
        <MenuChoice value={theme} options={THEMES} onChange={chooseTheme} />
        <MenuLabel>Time zone</MenuLabel>
        <MenuChoice
          value={zone}
          options={ZONES.some(({ value }) => value === zone) ? ZONES : [...ZONES, { value: zone, label: zone }]}
          onChange={(value) => setPreferences({ zone: value })}
        />
        <MenuItem onSelect={() => setChoosingZone(true)}>Another zone…</MenuItem>
        <MenuLine />
        <MenuItem icon={<LogOut className="size-4" strokeWidth={1.75} />} onSelect={() => void leave()}>
          Sign out
        </MenuItem>
      </Menu>
      <Dialog title="Time zone" isOpen={isChoosingZone} onClose={closeZones} className="max-w-100">
        <ZoneSelect />
        <p className="pt-2 text-12 text-text-3">Times are shown by this clock, and days begin at its midnight.</p>
      </Dialog>
    </>
  );
}
