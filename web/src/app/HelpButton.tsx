import { Keyboard } from "lucide-react";
import { useCallback, useMemo, useState } from "react";

import { setPreferences, usePreferences } from "@/lib/preferences";
import { type ListedShortcut, SCOPES, type Scope, type Shortcut, shortcuts } from "@/lib/shortcuts";
import { IconButton } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { KeyHint } from "@/ui/KeyHint";

import { useShortcuts } from "./useShortcuts";

const TITLES: Readonly<Record<Scope, string>> = {
  global: "Everywhere",
  page: "On this page",
  panel: "In the panel",
  aside: "Beside the page",
  dialog: "In the dialog",
};

/** The sheet of keys: what the registry holds at this moment. */
export function HelpButton() {
  const [listed, setListed] = useState<ListedShortcut[] | null>(null);
  const open = useCallback(() => setListed(shortcuts.list()), []);
  const close = useCallback(() => setListed(null), []);
  const keys = useMemo<Shortcut[]>(() => [{ keys: "?", label: "Show all keys", run: open }], [open]);
  useShortcuts("global", keys);
  return (
    <>
      <IconButton
        className="hidden sm:inline-flex"
        label="Keys"
        keys="?"
        icon={<Keyboard className="size-4" strokeWidth={1.75} />}
        onClick={open}
      />
      <Dialog title="Keys" isOpen={listed !== null} onClose={close}>
        <KeySheet listed={listed ?? []} />
      </Dialog>
    </>
  );
}

function KeySheet({ listed }: { listed: readonly ListedShortcut[] }) {
  const { singleKeys } = usePreferences();
  return (
    <>
      {SCOPES.toReversed().map((scope) => {
        const inScope = listed.filter((shortcut) => shortcut.scope === scope);
        if (inScope.length === 0) return null;
        return (
          <section key={scope} className="mb-4">
            <h3 className="mb-1 text-12 font-medium text-text-3">{TITLES[scope]}</h3>
            <dl className="grid grid-cols-[1fr_auto] gap-x-4">
              {inScope.map(({ keys, label }) => (
                <div key={keys} className="col-span-2 grid min-h-7 grid-cols-subgrid items-center border-b border-line">
                  <dt>{label}</dt>
                  <dd>
                    <KeyHint keys={keys} />
                    <span className="sr-only">{keys}</span>
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        );
      })}
      <label className="flex items-center gap-2">
        <input
          type="checkbox"
          className="size-4 accent-(--accent)"
          checked={singleKeys}
          onChange={(event) => setPreferences({ singleKeys: event.target.checked })}
        />
        Keys without Ctrl or ⌘ work
      </label>
    </>
  );
}
