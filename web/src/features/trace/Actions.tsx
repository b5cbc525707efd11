import { Copy, Download, Ellipsis, Globe, Link2, PencilLine, Trash2 } from "lucide-react";
import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useState } from "react";

import { deleteTraces } from "@/api/deletion";
import { fetchObservationLines, fetchTraceTexts, type TraceBody } from "@/api/traces";
import { useGo, useUrlState } from "@/app/url";
import { saveText } from "@/lib/download";
import { formatCount } from "@/lib/formatters";
import { href, withBase } from "@/lib/href";
import type { JsonObject } from "@/models/json/value";
import { fileNameOf, traceFile } from "@/models/trace/file";
import { Button } from "@/ui/Button";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { copyText } from "@/ui/copyText";
import { Menu, MenuItem, MenuLine } from "@/ui/Menu";
import { Permitted, useDenial, useRole } from "@/ui/Permitted";
import { toast } from "@/ui/toasts";

const ShareDialog = lazy(() => import("./sharing/ShareDialog").then((module) => ({ default: module.ShareDialog })));

const ICON = "size-4";

export interface ActionsProps {
  projectId: string;
  trace: TraceBody;
  isAnnotating: boolean;
  onAnnotate: () => void;
}

const copied = (text: string, what: string) => void copyText(text, `${what} copied`);

async function download(projectId: string, trace: TraceBody): Promise<void> {
  try {
    const [texts, lines] = await Promise.all([
      fetchTraceTexts(projectId, trace.id),
      fetchObservationLines(projectId, trace.id),
    ]);
    const file = traceFile({ ...(trace as unknown as JsonObject), ...texts }, lines);
    saveText(fileNameOf(trace.id, "json"), file, "application/json");
  } catch (error) {
    toast(error instanceof Error ? error.message : "The file could not be made", "error");
  }
}

/** What can be done with a trace. */
export function Actions({ projectId, trace, isAnnotating, onAnnotate }: ActionsProps) {
  const [open, setOpen] = useState<"share" | "delete" | null>(null);
  const denial = useDenial("member");
  const role = useRole();
  const go = useGo();
  const { search, push } = useUrlState();
  // Beside a list the list stays as it is.
  const leave = () => {
    if (search["peek"] === undefined) go(href.list({ projectId, level: "traces" }));
    else push({ peek: undefined, traceId: undefined, observation: undefined });
  };
  const queries = useQueryClient();
  const close = useCallback(() => setOpen(null), []);
  const address = `${window.location.origin}${withBase(href.trace({ projectId, traceId: trace.id }))}`;
  return (
    <>
      {trace.isPublic && (
        <button
          type="button"
          className="inline-flex h-6 items-center gap-1 rounded-sm bg-chip-warn px-1.5 text-12 text-warn"
          title="Anybody with the link can read this trace"
          data-testid="public-chip"
          onClick={() => setOpen("share")}
        >
          <Globe className="size-3.5" strokeWidth={1.75} aria-hidden />
          public
        </button>
      )}
      <Permitted needs="member">
        <Button size="small" aria-pressed={isAnnotating} onClick={onAnnotate} data-testid="annotate-button">
          <PencilLine className="size-3.5" strokeWidth={1.75} aria-hidden />
          Annotate
        </Button>
      </Permitted>
      <Menu
        align="end"
        trigger={
          <Button kind="quiet" size="small" className="w-6 px-0" aria-label="More actions" data-testid="trace-menu">
            <Ellipsis className={ICON} strokeWidth={1.75} />
          </Button>
        }
      >
        <MenuItem icon={<Globe className={ICON} strokeWidth={1.75} />} onSelect={() => setOpen("share")}>
          {trace.isPublic ? "Public link…" : "Share publicly…"}
        </MenuItem>
        <MenuItem icon={<Link2 className={ICON} strokeWidth={1.75} />} onSelect={() => copied(address, "Link")}>
          Copy link
        </MenuItem>
        <MenuItem icon={<Copy className={ICON} strokeWidth={1.75} />} onSelect={() => copied(trace.id, "Id")}>
          Copy id
        </MenuItem>
        <MenuItem
          icon={<Download className={ICON} strokeWidth={1.75} />}
          onSelect={() => void download(projectId, trace)}
        >
          Download JSON
        </MenuItem>
        {role !== "viewer" && (
          <>
            <MenuLine />
            <MenuItem
              icon={<Trash2 className={ICON} strokeWidth={1.75} />}
              isDisabled={denial !== null}
              title={denial ?? undefined}
              onSelect={() => setOpen("delete")}
            >
              Delete…
            </MenuItem>
          </>
        )}
      </Menu>
      <Suspense fallback={null}>
        {open === "share" && <ShareDialog projectId={projectId} trace={trace} address={address} onClose={close} />}
      </Suspense>
      <ConfirmDialog
        title="Delete this trace?"
        action="Delete trace"
        isOpen={open === "delete"}
        onClose={close}
        onConfirm={async () => {
          await deleteTraces(projectId, [trace.id]);
          toast("Trace deleted");
          leave();
          await queries.invalidateQueries();
        }}
      >
        <span className="font-medium break-words text-text" dir="auto">
          {trace.name ?? trace.id}
        </span>{" "}
        goes with its {formatCount(trace.observationCount)}{" "}
        {trace.observationCount === 1 ? "observation" : "observations"} and all their scores. This cannot be undone.
      </ConfirmDialog>
    </>
  );
}
