import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { patchKnown } from "@/api/patch";
import { shareTrace } from "@/api/sharing";
import type { TraceBody } from "@/api/traces";
import { CopyButton } from "@/ui/CopyButton";
import { Dialog } from "@/ui/Dialog";
import { Switch } from "@/ui/Field";
import { useDenial } from "@/ui/Permitted";

import { traceKey } from "../useTrace";

export interface ShareDialogProps {
  projectId: string;
  trace: TraceBody;
  address: string;
  onClose: () => void;
}

/** Whether anybody may read a trace, and what that means. */
export function ShareDialog({ projectId, trace, address, onClose }: ShareDialogProps) {
  const queries = useQueryClient();
  const denial = useDenial("member");
  const [isSaving, setSaving] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const { isPublic } = trace;
  const change = async (next: boolean) => {
    setSaving(true);
    setProblem(null);
    try {
      await shareTrace(projectId, trace.id, next);
      patchKnown<TraceBody>(queries, traceKey(projectId, trace.id), (shown) => ({ ...shown, isPublic: next }));
    } catch (error) {
      setProblem(error instanceof Error ? error.message : "It was not saved");
    } finally {
      setSaving(false);
    }
  };
  return (
    <Dialog title="Share this trace" isOpen onClose={onClose}>
      <div className="flex flex-col gap-3">
        <div className="flex items-start gap-3">
          <Switch
            label="Anybody with the link can read this trace"
            isOn={isPublic}
            isDisabled={isSaving || denial !== null}
            onChange={(next) => void change(next)}
          />
          <div>
            <p className="font-medium">Anybody with the link can read this trace</p>
            <p className="mt-1 text-text-2">
              Without signing in they see all of its observations with inputs, outputs, metadata, costs and media, the
              ids of its user and session, and its scores. They see no comments of people, none of your names, and
              nothing else of this project. Switched off, the link is worth nothing at once.
            </p>
          </div>
        </div>
        {denial !== null && <p className="text-12 text-text-3">{denial}</p>}
        {problem !== null && (
          <p role="alert" className="text-danger">
            {problem}
          </p>
        )}
        {isPublic && (
          <div className="flex items-center gap-1 rounded-sm border border-line bg-panel py-1 pr-1 pl-2">
            <code className="min-w-0 grow truncate font-mono text-12" data-testid="public-link" title={address}>
              {address}
            </code>
            <CopyButton text={address} label="Copy the link" />
          </div>
        )}
      </div>
    </Dialog>
  );
}
