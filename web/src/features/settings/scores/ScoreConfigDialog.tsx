import { useQueryClient } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { useState } from "react";

import { ApiError } from "@/api/errors";
import { changeScoreConfig, createScoreConfig, type ScoreConfig, type ScoreConfigDraft } from "@/api/scoreConfigs";
import { readNumber } from "@/models/scoring/values";
import { Button, IconButton } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { SelectField, TextAreaField, TextField } from "@/ui/fields";
import { toast } from "@/ui/toasts";
import { useAlone } from "@/ui/useAlone";

interface CategoryLine {
  label: string;
  value: string;
}

const TYPES = [
  { value: "NUMERIC", label: "Number" },
  { value: "CATEGORICAL", label: "Category" },
  { value: "BOOLEAN", label: "True or false" },
  { value: "TEXT", label: "Text" },
];
const NEW_CATEGORIES: CategoryLine[] = [
  { label: "", value: "0" },
  { label: "", value: "1" },
];

/** Makes a config, or changes what may change: name, type and bounds are agreed once. */
export function ScoreConfigDialog({
  projectId,
  config,
  isOpen,
  onClose,
}: {
  projectId: string;
  /** Null: a new one. */
  config: ScoreConfig | null;
  isOpen: boolean;
  onClose: () => void;
}) {
  const queries = useQueryClient();
  const [name, setName] = useState(config?.name ?? "");
  const [dataType, setType] = useState(config?.dataType ?? "NUMERIC");
  const [description, setDescription] = useState(config?.description ?? "");
  const [min, setMin] = useState("");
  const [max, setMax] = useState("");
  const [categories, setCategories] = useState<CategoryLine[]>(
    config?.categories?.map(({ label, value }) => ({ label, value: String(value) })) ?? NEW_CATEGORIES,
  );
  const [error, setError] = useState<string | null>(null);
  const isNew = config === null;
  const close = () => {
    setError(null);
    if (isNew) {
      setName("");
      setType("NUMERIC");
      setMin("");
      setMax("");
      setDescription("");
      setCategories(NEW_CATEGORIES);
    }
    onClose();
  };
  const alone = useAlone();
  const save = async () => {
    const isCategorical = dataType === "CATEGORICAL";
    try {
      const read = isCategorical
        ? categories.map(({ label, value }) => ({ label: label.trim(), value: readNumber(`Value of ${label}`, value) }))
        : [];
      if (isNew) {
        const draft: ScoreConfigDraft = { name: name.trim(), dataType };
        if (description.trim() !== "") draft.description = description.trim();
        if (isCategorical) draft.categories = read;
        if (dataType === "NUMERIC" && min.trim() !== "") draft.minValue = readNumber("Smallest value", min);
        if (dataType === "NUMERIC" && max.trim() !== "") draft.maxValue = readNumber("Largest value", max);
        await createScoreConfig(projectId, draft);
      } else {
        await changeScoreConfig(projectId, config.id, {
          description: description.trim() === "" ? null : description.trim(),
          ...(isCategorical ? { categories: read } : {}),
        });
      }
      await queries.invalidateQueries({ queryKey: ["score-configs", projectId] });
      toast("Saved");
      close();
    } catch (failure) {
      setError(tell(failure));
    }
  };
  return (
    <Dialog title={isNew ? "Make a score config" : `Edit ${config.name}`} isOpen={isOpen} onClose={close}>
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void alone(save);
        }}
      >
        <div className="grid grid-cols-2 gap-3">
          <TextField
            label="Name"
            value={name}
            maxLength={35}
            disabled={!isNew}
            onChange={(event) => setName(event.target.value)}
          />
          <SelectField
            label="Type"
            value={dataType}
            options={TYPES}
            disabled={!isNew}
            onChange={(event) => setType(event.target.value)}
          />
        </div>
        {!isNew && <p className="text-12 text-text-3">Name and type stay: scores that were given refer to them.</p>}
        {isNew && dataType === "NUMERIC" && (
          <div className="grid grid-cols-2 gap-3">
            <TextField
              label="Smallest value"
              inputMode="decimal"
              placeholder="none"
              value={min}
              onChange={(event) => setMin(event.target.value)}
            />
            <TextField
              label="Largest value"
              inputMode="decimal"
              placeholder="none"
              value={max}
              onChange={(event) => setMax(event.target.value)}
            />
          </div>
        )}
        {dataType === "CATEGORICAL" && <Categories lines={categories} onChange={setCategories} />}
        <TextAreaField
          label="Description"
          hint="Shown to whoever annotates: what to look for, and when to give which value."
          value={description}
          onChange={(event) => setDescription(event.target.value)}
        />
        {error !== null && (
          <p role="alert" className="text-danger">
            {error}
          </p>
        )}
        <div className="flex justify-end gap-2">
          <Button size="large" onClick={close}>
            Cancel
          </Button>
          <Button kind="primary" size="large" type="submit">
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Categories({ lines, onChange }: { lines: CategoryLine[]; onChange: (lines: CategoryLine[]) => void }) {
  const set = (at: number, change: Partial<CategoryLine>) =>
    onChange(lines.map((line, other) => (other === at ? { ...line, ...change } : line)));
  return (
    <fieldset className="flex flex-col gap-1.5">
      <legend className="mb-1 text-12 font-medium text-text-2">Categories</legend>
      {lines.map(({ label, value }, at) => (
        // oxlint-disable-next-line react/no-array-index-key -- a line is its place
        <div key={at} className="grid grid-cols-[minmax(0,1fr)_6rem_auto] items-end gap-2">
          <TextField
            label={`Label ${at + 1}`}
            value={label}
            onChange={(event) => set(at, { label: event.target.value })}
          />
          <TextField
            label="Value"
            inputMode="decimal"
            value={value}
            onChange={(event) => set(at, { value: event.target.value })}
          />
          <IconButton
            label={`Remove category ${at + 1}`}
            className="mb-0.5"
            icon={<X className="size-4" strokeWidth={1.75} />}
            onClick={() => onChange(lines.filter((_, other) => other !== at))}
          />
        </div>
      ))}
      <Button
        kind="quiet"
        className="self-start"
        onClick={() => onChange([...lines, { label: "", value: String(lines.length) }])}
      >
        <Plus className="size-4" strokeWidth={1.75} aria-hidden />
        Add a category
      </Button>
    </fieldset>
  );
}

/** What the server found wrong, by its place. */
function tell(failure: unknown): string {
  if (failure instanceof ApiError && Array.isArray(failure.details["issues"])) {
    const issues = failure.details["issues"] as { path?: unknown[]; message?: string }[];
    return issues.map(({ path = [], message = "" }) => `${path.join(".")}: ${message}`).join("; ");
  }
  return failure instanceof Error ? failure.message : String(failure);
}
