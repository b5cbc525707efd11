import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Bookmark, ChevronDown } from "lucide-react";
import { useMemo, useState } from "react";

import { useSession } from "@/api/session";
import { changeView, type SavedView, setDefaultView, type ViewState, viewQuery, viewsQuery } from "@/api/views";
import { fromHere } from "@/app/url";
import { useShortcuts } from "@/app/useShortcuts";
import { href, withBase } from "@/lib/href";
import type { Shortcut } from "@/lib/shortcuts";
import { BACK_TO_VIEW, differs, stateOf } from "@/models/views";
import { Button } from "@/ui/Button";
import { copyText } from "@/ui/copyText";
import { deferred } from "@/ui/deferred";
import { Menu, MenuCheck, MenuChoice, MenuItem, MenuLabel, MenuLine } from "@/ui/Menu";
import { toast } from "@/ui/toasts";

import type { View } from "../view";
import type { Taste } from "./useTaste";

const NameDialog = deferred(async () => (await import("./ViewDialogs")).NameDialog);
const DeleteDialog = deferred(async () => (await import("./ViewDialogs")).DeleteDialog);

const NO_VIEW = "";

/** Saved views of a list: choose one, save what is on screen, change what was saved. */
export function ViewMenu({ view, taste }: { view: View; taste: Taste }) {
  const { saved } = view;
  const [isOpen, setOpen] = useState(false);
  const [asked, setAsked] = useState<"save" | "rename" | "delete" | null>(null);
  const keys = useMemo<Shortcut[]>(() => [{ keys: "v", label: "Saved views", run: () => setOpen(true) }], []);
  useShortcuts("page", keys);
  const isChanged = saved !== null && (differs(view.url.search, saved.state) || taste.isChanged);
  const name = saved?.name ?? null;
  const close = () => setAsked(null);
  return (
    <>
      <Menu
        isOpen={isOpen}
        onOpenChange={setOpen}
        className="w-72"
        trigger={
          <Button
            size="large"
            data-testid="views"
            aria-label={`Saved views${name === null ? "" : `: ${name}${isChanged ? ", changed" : ""}`}`}
          >
            <Bookmark className="size-3.5 text-text-3" strokeWidth={1.75} aria-hidden />
            <span className="hidden max-w-40 truncate sm:inline" dir="auto">
              {name ?? "Views"}
            </span>
            {isChanged && (
              <span
                data-testid="view-changed"
                title="Changed since it was saved"
                className="size-1.5 rounded-full bg-accent"
              />
            )}
            <ChevronDown className="size-3.5 text-text-3" strokeWidth={1.75} aria-hidden />
          </Button>
        }
      >
        <Choices view={view} />
        <MenuLine />
        {isChanged && <Changes view={view} taste={taste} saved={saved} />}
        <MenuItem onSelect={() => setAsked("save")}>Save as a new view…</MenuItem>
        {saved !== null && name !== null && <Deeds view={view} saved={saved} onAsk={setAsked} />}
      </Menu>
      {asked === "save" && <NameDialog view={view} state={currentState(view, taste)} taste={taste} onClose={close} />}
      {asked === "rename" && <NameDialog view={view} renamed={saved} taste={taste} onClose={close} />}
      {asked === "delete" && saved !== null && <DeleteDialog view={view} saved={saved} onClose={close} />}
    </>
  );
}

/** What is on screen, to be saved. */
function currentState(view: View, taste: Taste): ViewState {
  return { ...stateOf(view.search), columns: taste.columns, rowLines: taste.rowLines } as ViewState;
}

function Choices({ view }: { view: View }) {
  const { projectId, level } = view.question;
  const queries = useQueryClient();
  const { data, isError } = useQuery(viewsQuery(projectId));
  const views = data?.views.filter((one) => one.level === level) ?? [];
  const open = (id: string) => {
    const chosen = views.find((one) => one.id === id);
    if (chosen !== undefined) queries.setQueryData(viewQuery(projectId, id).queryKey, chosen);
    view.bare.push({ ...BACK_TO_VIEW, viewId: id });
  };
  const options = views.map(({ id, name, isShared, isOwn }) => ({
    value: id,
    label: (
      <span data-testid="saved-view" className="flex min-w-0 items-center gap-2">
        <span className="min-w-0 truncate" dir="auto">
          {name}
        </span>
        <span className="ml-auto shrink-0 text-11 text-text-3">{isShared ? (isOwn ? "shared" : "of others") : ""}</span>
      </span>
    ),
  }));
  return (
    <>
      <MenuLabel>Saved views</MenuLabel>
      <MenuChoice
        value={view.saved?.id ?? NO_VIEW}
        options={[{ value: NO_VIEW, label: `All ${level}` }, ...options]}
        onChange={open}
      />
      {isError && <p className="px-2 py-1 text-12 text-danger">They could not be read.</p>}
    </>
  );
}

function Changes({ view, taste, saved }: { view: View; taste: Taste; saved: SavedView }) {
  const { projectId } = view.question;
  const queries = useQueryClient();
  const mayChange = useMayChange(projectId, saved);
  const reset = () => {
    view.bare.push(BACK_TO_VIEW);
    taste.reset();
  };
  const update = () =>
    void told(async () => {
      const isHere = fromHere();
      await changeView(queries, projectId, saved.id, { state: currentState(view, taste) });
      if (isHere()) {
        view.bare.replace(BACK_TO_VIEW);
        taste.reset();
      }
      toast(`${saved.name ?? "The view"} is as you see it`);
    });
  return (
    <>
      {saved.name !== null && mayChange && <MenuItem onSelect={update}>Update {saved.name}</MenuItem>}
      <MenuItem onSelect={reset}>Reset</MenuItem>
    </>
  );
}

interface DeedsProps {
  view: View;
  saved: SavedView;
  onAsk: (what: "rename" | "delete") => void;
}

function Deeds({ view, saved, onAsk }: DeedsProps) {
  const { projectId, level } = view.question;
  const queries = useQueryClient();
  const role = useRole(projectId);
  const mayChange = useMayChange(projectId, saved);
  const { data } = useQuery(viewsQuery(projectId));
  const isDefault = (forAll: boolean) =>
    data?.defaults.some((one) => one.level === level && one.forAll === forAll && one.viewId === saved.id) === true;
  const begin = (forAll: boolean, isOn: boolean) =>
    void told(() => setDefaultView(queries, projectId, level, { viewId: isOn ? saved.id : null, forAll }));
  const copy = () => {
    const path = href.list({ projectId, level, search: { viewId: saved.id } });
    void copyText(new URL(withBase(path), window.location.href).href, "Link copied");
  };
  return (
    <>
      <MenuLine />
      <MenuItem onSelect={copy}>Copy its link</MenuItem>
      <MenuCheck isChecked={isDefault(false)} onChange={(isOn) => begin(false, isOn)}>
        Begin with it
      </MenuCheck>
      <MenuCheck
        isChecked={isDefault(true)}
        isDisabled={role !== "owner" && role !== "admin"}
        onChange={(isOn) => begin(true, isOn)}
      >
        Everybody begins with it
      </MenuCheck>
      <MenuCheck
        isChecked={saved.isShared}
        isDisabled={!mayChange || role === "viewer"}
        onChange={(isShared) => void told(() => changeView(queries, projectId, saved.id, { isShared }))}
      >
        Everybody finds it here
      </MenuCheck>
      <MenuItem isDisabled={!mayChange} onSelect={() => onAsk("rename")}>
        Rename…
      </MenuItem>
      <MenuItem isDisabled={!mayChange} onSelect={() => onAsk("delete")}>
        Delete…
      </MenuItem>
    </>
  );
}

function useRole(projectId: string): string {
  return useSession().projects.find(({ id }) => id === projectId)?.role ?? "viewer";
}

/** A view is its owner's; one that is shared is an admin's too. */
function useMayChange(projectId: string, saved: SavedView): boolean {
  const role = useRole(projectId);
  return saved.isOwn || (saved.isShared && (role === "owner" || role === "admin"));
}

/** Do something, and say so when it fails. */
async function told(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    toast(error instanceof Error ? error.message : "That did not work", "error");
  }
}
