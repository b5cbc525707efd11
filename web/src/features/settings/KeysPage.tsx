import { useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useRef, useState } from "react";

import { type ApiKey, createKey, type CreatedKey as Created, keysQuery, revokeKey } from "@/api/projects";
import { SnippetTabs } from "@/features/onboarding/SnippetTabs";
import { formatRelative } from "@/lib/formatters";
import { Button } from "@/ui/Button";
import { Chip } from "@/ui/Chip";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { CopyButton } from "@/ui/CopyButton";
import { Dialog } from "@/ui/Dialog";
import { TextField } from "@/ui/fields";
import { EmptyState, ErrorState, Skeleton } from "@/ui/states";
import { Cell, Table } from "@/ui/Table";
import { toast } from "@/ui/toasts";
import { TimeText } from "@/ui/values";

import { accessOf, useRights } from "./access";
import { CreatedKey } from "./CreatedKey";
import { RightButton } from "./RightButton";
import { Section } from "./Section";
import type { SettingsPageProps } from "./SettingsPage";

const DAY_US = 86_400_000_000;
const COLUMNS = [
  { label: "Note" },
  { label: "Public key" },
  { label: "Secret key" },
  { label: "Made" },
  { label: "Last used" },
  { label: "Actions", isHidden: true },
];

export function KeysPage({ projectId }: SettingsPageProps) {
  const rights = useRights(projectId);
  const [isMaking, setMaking] = useState(false);
  return (
    <Section
      title="API keys"
      about="Programs send and read with a pair: the public key names the project, the secret key proves it."
      action={
        <RightButton
          kind="primary"
          size="large"
          isAllowed={rights.isAdmin}
          why={rights.why}
          onClick={() => setMaking(true)}
        >
          Make a key
        </RightButton>
      }
    >
      {rights.isAdmin ? (
        <Keys projectId={projectId} />
      ) : (
        <EmptyState title="Keys are for admins">{rights.why}</EmptyState>
      )}
      <NewKeyDialog projectId={projectId} isOpen={isMaking} onClose={() => setMaking(false)} />
    </Section>
  );
}

function Keys({ projectId }: { projectId: string }) {
  const keys = useQuery(keysQuery(projectId));
  const [going, setGoing] = useState<ApiKey | null>(null);
  if (keys.isError) return <ErrorState error={keys.error} onRetry={() => void keys.refetch()} />;
  if (keys.data === undefined) return <Skeleton className="h-20" />;
  if (keys.data.length === 0)
    return (
      <EmptyState title="No keys yet" icon={<KeyRound className="size-6" strokeWidth={1.5} aria-hidden />}>
        <p className="text-text-2">Nothing can send to this project until there is one.</p>
      </EmptyState>
    );
  return (
    <>
      <Table label="API keys" columns={COLUMNS}>
        {keys.data.map((key) => (
          <tr key={key.id} data-testid="api-key" data-id={key.publicKey}>
            <Cell className="max-w-60 min-w-36">
              <span className="line-clamp-2 break-words" dir="auto">
                {key.note ?? <span className="text-text-3">—</span>}
              </span>
            </Cell>
            <Cell className="max-w-84 min-w-64">
              <span className="flex items-center gap-1">
                <code className="font-mono text-12 break-all">{key.publicKey}</code>
                <CopyButton text={key.publicKey} label="Copy the public key" />
              </span>
            </Cell>
            <Cell className="whitespace-nowrap">
              <code className="font-mono text-12 text-text-2">{key.displaySecretKey}</code>
            </Cell>
            <Cell>{key.createdUs === 0 ? "—" : <TimeText us={key.createdUs} />}</Cell>
            <Cell className="whitespace-nowrap">
              <LastUse apiKey={key} />
            </Cell>
            <Cell className="py-1 text-right">
              <Button size="small" kind="danger" onClick={() => setGoing(key)}>
                Delete
              </Button>
            </Cell>
          </tr>
        ))}
      </Table>
      <RevokeDialog projectId={projectId} apiKey={going} onClose={() => setGoing(null)} />
    </>
  );
}

function LastUse({ apiKey }: { apiKey: ApiKey }) {
  const { lastUsedUs, expiresUs } = apiKey;
  const [nowUs] = useState(() => Date.now() * 1000);
  if (expiresUs !== null && expiresUs < nowUs) return <Chip tone="danger">expired</Chip>;
  if (lastUsedUs === null) return <span className="text-text-3">never</span>;
  return <TimeText us={lastUsedUs} />;
}

function RevokeDialog({
  projectId,
  apiKey,
  onClose,
}: {
  projectId: string;
  apiKey: ApiKey | null;
  onClose: () => void;
}) {
  const queries = useQueryClient();
  const [nowUs] = useState(() => Date.now() * 1000);
  const usedUs = apiKey?.lastUsedUs ?? null;
  const isInUse = usedUs !== null && nowUs - usedUs < DAY_US;
  const revoke = async () => {
    if (apiKey === null) return;
    await revokeKey(projectId, apiKey.id);
    await queries.invalidateQueries({ queryKey: ["api-keys", projectId] });
    toast("The key is deleted; its next request fails");
  };
  return (
    <ConfirmDialog
      title="Delete the key"
      action="Delete the key"
      isOpen={apiKey !== null}
      onClose={onClose}
      onConfirm={revoke}
      {...(isInUse && apiKey !== null ? { typed: apiKey.publicKey.slice(-4) } : {})}
    >
      <p>
        <code className="font-mono text-12 break-all text-text">{apiKey?.publicKey}</code> stops working at once, for
        good.
      </p>
      {isInUse && (
        <p className="mt-2 text-warn">
          It was used {formatRelative(usedUs, nowUs)}: whoever sends by it is refused from then on. The ingestion doctor
          will show such requests.
        </p>
      )}
    </ConfirmDialog>
  );
}

function NewKeyDialog({ projectId, isOpen, onClose }: { projectId: string; isOpen: boolean; onClose: () => void }) {
  const queries = useQueryClient();
  const [note, setNote] = useState("");
  const [created, setCreated] = useState<Created | null>(null);
  const [error, setError] = useState<string | null>(null);
  const isBusy = useRef(false);
  const close = () => {
    setCreated(null);
    setNote("");
    setError(null);
    onClose();
  };
  const make = async () => {
    if (isBusy.current) return; // a second Enter would make a second key
    isBusy.current = true;
    try {
      setCreated(await createKey(projectId, note.trim() === "" ? null : note.trim()));
      await queries.invalidateQueries({ queryKey: ["api-keys", projectId] });
    } catch (failure) {
      setError(failure instanceof Error ? failure.message : String(failure));
    } finally {
      isBusy.current = false;
    }
  };
  return (
    <Dialog
      title={created === null ? "Make a key" : "The new key"}
      isOpen={isOpen}
      onClose={close}
      isKept={created !== null}
      className={created === null ? "" : "max-w-200"}
    >
      {created === null ? (
        <form
          className="flex flex-col gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            void make();
          }}
        >
          <TextField
            label="Note"
            placeholder="production, CI, my laptop…"
            hint="Where it is used: whoever deletes it one day will want to know."
            maxLength={1000}
            value={note}
            error={error}
            onChange={(event) => setNote(event.target.value)}
          />
          <div className="flex justify-end">
            <Button kind="primary" size="large" type="submit">
              Make the key
            </Button>
          </div>
        </form>
      ) : (
        <div className="flex flex-col gap-4">
          <CreatedKey created={created} access={accessOf(created)} />
          <SnippetTabs access={accessOf(created)} />
          <div className="flex justify-end">
            <Button size="large" onClick={close}>
              I have copied the secret
            </Button>
          </div>
        </div>
      )}
    </Dialog>
  );
}
