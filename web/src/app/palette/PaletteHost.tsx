import { useQuery } from "@tanstack/react-query";
import { useParams, useRouterState } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useState } from "react";

import { useSession } from "@/api/session";
import { preferences } from "@/lib/preferences";
import { noteRecent } from "@/lib/recents";
import { type ListedShortcut, type Shortcut, shortcuts } from "@/lib/shortcuts";
import { readAddress } from "@/models/palette/address";
import { deferred } from "@/ui/deferred";

import { useShortcuts } from "../useShortcuts";

const Palette = deferred(async () => (await import("./Palette")).default);

const OPEN = "panope:palette";

/** Open the palette from a button. */
export function openPalette(): void {
  window.dispatchEvent(new Event(OPEN));
}

/** The palette of commands, loaded when it is first asked for; and the memory of what was opened. Once in the app. */
export function PaletteHost() {
  const [listed, setListed] = useState<ListedShortcut[] | null>(null);
  const { projectId } = useParams({ strict: false });
  const { projects } = useSession();
  const known = [projectId, preferences().lastProject].find((id) => projects.some((project) => project.id === id));
  const toggle = useCallback(() => setListed((before) => (before === null ? shortcuts.list() : null)), []);
  const close = useCallback(() => setListed(null), []);
  const keys = useMemo<Shortcut[]>(() => [{ keys: "mod+k", label: "Find anything", run: toggle }], [toggle]);
  useShortcuts("global", keys);
  useEffect(() => {
    window.addEventListener(OPEN, toggle);
    return () => window.removeEventListener(OPEN, toggle);
  }, [toggle]);
  useNoteRecent();
  if (listed === null) return null;
  return <Palette projectId={known ?? projects[0]?.id ?? ""} listed={listed} onClose={close} />;
}

/** Remember the object that the address names, and its name once somebody has loaded it. */
function useNoteRecent(): void {
  const path = useRouterState({ select: ({ location }) => location.href });
  const address = useMemo(() => readAddress(path), [path]);
  const { kind, projectId, id } = address ?? {};
  // Whoever shows the trace asks for it: a function of this one's own would be called in place of theirs.
  const { data } = useQuery<{ name?: string | null }>({ queryKey: ["trace", projectId, id], enabled: false });
  const name = kind === "trace" ? (data?.name ?? null) : null;
  const isThere = kind !== "trace" || data !== undefined;
  useEffect(() => {
    if (kind === undefined || id === undefined || projectId === undefined || projectId === null || !isThere) return;
    noteRecent({ kind, projectId, id, name });
  }, [kind, projectId, id, name, isThere]);
}
