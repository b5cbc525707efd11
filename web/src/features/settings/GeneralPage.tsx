import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { changeProject, deleteProject, type Project, projectQuery, storageQuery } from "@/api/projects";
import { sessionQuery } from "@/api/session";
import { useGo } from "@/app/url";
import { formatBytes, formatCount, formatDuration } from "@/lib/formatters";
import { href } from "@/lib/href";
import { Button } from "@/ui/Button";
import { Permitted, useDenial } from "@/ui/Permitted";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { CopyButton } from "@/ui/CopyButton";
import { Switch } from "@/ui/Field";
import { TextAreaField, TextField } from "@/ui/fields";
import { ErrorState, Skeleton } from "@/ui/states";
import { Tooltip } from "@/ui/Tooltip";
import { toast } from "@/ui/toasts";
import { TimeText } from "@/ui/values";

import { Section } from "./Section";
import type { SettingsPageProps } from "./SettingsPage";

export function GeneralPage({ projectId }: SettingsPageProps) {
  const project = useQuery(projectQuery(projectId));
  const isMember = useDenial("member") === null;
  if (project.data === undefined)
    return project.isError ? (
      <ErrorState error={project.error} onRetry={() => void project.refetch()} />
    ) : (
      <Skeleton className="h-6 w-60" />
    );
  return (
    <>
      <Section title="Project">
        <Facts project={project.data} />
        <ProjectForm key={project.data.id} project={project.data} />
      </Section>
      <TextIndex project={project.data} />
      {isMember && <Deletion project={project.data} />}
    </>
  );
}

function Facts({ project }: { project: Project }) {
  return (
    <dl className="mb-4 grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1">
      <dt className="text-text-2">Id</dt>
      <dd className="flex min-w-0 items-center gap-1">
        <code className="min-w-0 font-mono text-12 break-all">{project.id}</code>
        <CopyButton text={project.id} label="Copy the id" />
      </dd>
      <dt className="text-text-2">Organisation</dt>
      <dd className="truncate" dir="auto">
        {project.organizationName}
      </dd>
      <dt className="text-text-2">Made</dt>
      <dd>{project.createdUs === 0 ? "—" : <TimeText us={project.createdUs} />}</dd>
    </dl>
  );
}

function ProjectForm({ project }: { project: Project }) {
  const queries = useQueryClient();
  const [start, setStart] = useState(() => ({
    name: project.name,
    metadata: JSON.stringify(project.metadata ?? {}, null, 2),
    days: project.retentionDays === null ? "" : String(project.retentionDays),
  }));
  const [name, setName] = useState(start.name);
  const [metadata, setMetadata] = useState(start.metadata);
  const [days, setDays] = useState(start.days);
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const save = async () => {
    const read = readForm(name, metadata, days);
    if (read.errors !== null) {
      setErrors(read.errors);
      return;
    }
    try {
      // What stays as it was is not sent: it may have been changed elsewhere, or hold numbers that no browser can.
      const { name: named, metadata: kept, retentionDays } = read.change;
      await changeProject(project.id, {
        ...(name === start.name ? {} : { name: named }),
        ...(metadata === start.metadata ? {} : { metadata: kept }),
        ...(days === start.days ? {} : { retentionDays }),
      });
      setStart({ name, metadata, days });
      setErrors({});
      await Promise.all([
        queries.invalidateQueries({ queryKey: ["project", project.id] }),
        queries.invalidateQueries({ queryKey: sessionQuery.queryKey }),
      ]);
      toast("Saved");
    } catch (error) {
      setErrors({ form: error instanceof Error ? error.message : String(error) });
    }
  };
  const isReadOnly = useDenial("admin") !== null;
  return (
    <form
      className="flex max-w-160 flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <TextField
        label="Name"
        value={name}
        readOnly={isReadOnly}
        error={errors["name"] ?? null}
        onChange={(event) => setName(event.target.value)}
      />
      <TextField
        label="Keep for (days)"
        inputMode="numeric"
        placeholder="for ever"
        value={days}
        readOnly={isReadOnly}
        error={errors["days"] ?? null}
        hint="Empty: traces are kept for ever. This is the agreement that is shown to clients of the API; this release deletes nothing by itself."
        onChange={(event) => setDays(event.target.value)}
      />
      <TextAreaField
        label="Metadata (JSON)"
        rows={4}
        value={metadata}
        readOnly={isReadOnly}
        spellCheck={false}
        error={errors["metadata"] ?? null}
        hint="An object of whatever you want to note about the project."
        onChange={(event) => setMetadata(event.target.value)}
      />
      {errors["form"] !== undefined && (
        <p role="alert" className="text-danger">
          {errors["form"]}
        </p>
      )}
      <div>
        <Permitted needs="admin">
          <Button kind="primary" size="large" type="submit">
            Save
          </Button>
        </Permitted>
      </div>
    </form>
  );
}

type Read =
  | { errors: Record<string, string>; change?: undefined }
  | { errors: null; change: { name: string; metadata: Record<string, unknown>; retentionDays: number } };

function readForm(name: string, metadata: string, days: string): Read {
  const errors: Record<string, string> = {};
  if (name.trim() === "") errors["name"] = "Give it a name.";
  const kept = days.trim() === "" ? 0 : Number(days);
  if (!Number.isInteger(kept) || kept < 0) errors["days"] = "A whole number of days, or nothing for ever.";
  let read: unknown = null;
  try {
    read = JSON.parse(metadata.trim() === "" ? "{}" : metadata);
  } catch {
    // told below
  }
  if (typeof read !== "object" || read === null || Array.isArray(read)) errors["metadata"] = "This is no JSON object.";
  if (Object.keys(errors).length > 0) return { errors };
  return {
    errors: null,
    change: { name: name.trim(), metadata: read as Record<string, unknown>, retentionDays: kept },
  };
}

/** Whether searches of words in inputs and outputs have an index. */
function TextIndex({ project }: { project: Project }) {
  const queries = useQueryClient();
  const { enabled, lagUs, waitingRows, rows, bytes } = project.textIndex;
  const change = async (isOn: boolean) => {
    try {
      await changeProject(project.id, { textIndex: isOn });
      await queries.invalidateQueries({ queryKey: ["project", project.id] });
      toast(isOn ? "The index of texts is being made" : "The index of texts is off");
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error), "error");
    }
  };
  return (
    <Section
      title="Index of texts"
      about="Words in inputs and outputs are found without reading every row. It takes space beside what is stored; without it such searches read the rows themselves."
      action={<IndexSwitch isOn={enabled} onChange={(isOn) => void change(isOn)} />}
    >
      <p className="text-text-2" data-testid="text-index" data-value={enabled}>
        {!enabled
          ? "It is off."
          : rows === null || bytes === null
            ? "It is on, and nothing is known of it yet."
            : `It is on: ${formatCount(rows)} rows in ${formatBytes(bytes)}.`}
        {enabled && waitingRows !== null && waitingRows > 0 && lagUs !== null
          ? ` Up to ${formatCount(waitingRows)} rows wait, the oldest for ${formatDuration(lagUs)}; searches read those themselves.`
          : ""}
      </p>
    </Section>
  );
}

function IndexSwitch({ isOn, onChange }: { isOn: boolean; onChange: (isOn: boolean) => void }) {
  const denial = useDenial("admin");
  const control = <Switch label="Index of texts" isOn={isOn} isDisabled={denial !== null} onChange={onChange} />;
  if (denial === null) return control;
  return (
    <Tooltip label={denial}>
      <span>{control}</span>
    </Tooltip>
  );
}

function Deletion({ project }: { project: Project }) {
  const [isOpen, setOpen] = useState(false);
  const storage = useQuery({ ...storageQuery(project.id), enabled: isOpen });
  const queries = useQueryClient();
  const go = useGo();
  const remove = async () => {
    await deleteProject(project.id, project.name);
    await queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
    toast(`${project.name} is deleted`);
    go(href.root(), { replace: true });
  };
  return (
    <Section title="Delete the project" about="Its keys fail at once, and what it holds is erased within minutes.">
      <Permitted needs="admin">
        <Button kind="danger" size="large" onClick={() => setOpen(true)}>
          Delete this project
        </Button>
      </Permitted>
      <ConfirmDialog
        title="Delete the project"
        action="Delete the project for good"
        typed={project.name}
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        onConfirm={remove}
      >
        {storage.isError && storage.data === undefined ? (
          <p>
            How much it holds could not be counted. All its traces and observations are erased, with their scores,
            prompts, datasets, media and keys. It cannot be undone.
          </p>
        ) : storage.data === undefined ? (
          <p>Counting what it holds…</p>
        ) : (
          <p>
            This erases <strong>{formatCount(storage.data.traces)} traces</strong> and{" "}
            <strong>{formatCount(storage.data.observations)} observations</strong> with their scores, prompts, datasets,
            media and keys. It cannot be undone.
          </p>
        )}
      </ConfirmDialog>
    </Section>
  );
}
