import { CircleUser, LogOut, Settings2 } from "lucide-react";

import { signOut, useSession } from "@/api/session";
import { href, withBase } from "@/lib/href";
import { setPreferences, type Theme, usePreferences } from "@/lib/preferences";
import { Button } from "@/ui/Button";
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuLine } from "@/ui/Menu";

import { chooseTheme } from "./theme";
import { useGo } from "./url";

const THEMES: readonly { value: Theme; label: string }[] = [
  { value: "system", label: "As the system" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];
const ZONES = [
  { value: "browser", label: "Of this browser" },
  { value: "UTC", label: "UTC" },
] as const;

async function leave(): Promise<void> {
  await signOut();
  window.location.assign(withBase(href.signIn({})));
}

export function AccountMenu() {
  const { user } = useSession();
  const { theme, zone } = usePreferences();
  const go = useGo();
  return (
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
        value={zone === "UTC" ? "UTC" : "browser"}
        options={ZONES}
        onChange={(value) => setPreferences({ zone: value })}
      />
      <MenuLine />
      <MenuItem icon={<LogOut className="size-4" strokeWidth={1.75} />} onSelect={() => void leave()}>
        Sign out
      </MenuItem>
    </Menu>
  );
}
