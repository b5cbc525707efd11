import { type FormEvent, type KeyboardEvent, useRef, useState } from "react";

import type { ScoreRule } from "@/api/scores";
import type { ScoreBody } from "@/api/traces";
import {
  choicesOf,
  DATA_TYPES,
  rangeText,
  readValue,
  type Rule,
  type ScoreInput,
  typedValue,
} from "@/models/scoring/values";
import { Button } from "@/ui/Button";
import { Field, Select, TextArea, TextInput } from "@/ui/Field";

/** What was filled in. */
export interface FilledScore {
  value: ScoreInput;
  comment: string | null;
  name: string;
  dataType: string;
  configId?: string;
}

export interface ScoreFormProps {
  rules: readonly ScoreRule[];
  /** The score that is edited: its name and its type stay. */
  score?: ScoreBody;
  /** Settles when the server has answered: the form stays until then, with what was filled in. */
  onSave: (filled: FilledScore) => Promise<void>;
  onCancel: () => void;
}

const TYPE_NAMES: Readonly<Record<(typeof DATA_TYPES)[number], string>> = {
  NUMERIC: "Number",
  BOOLEAN: "True or false",
  CATEGORICAL: "Category",
  TEXT: "Text",
};

/** One score, new or as it was: by a score config, or under a name of one's own. */
export function ScoreForm({ rules, score, onSave, onCancel }: ScoreFormProps) {
  const [ruleId, setRuleId] = useState(score === undefined ? (rules[0]?.id ?? "") : (score.configId ?? ""));
  const [name, setName] = useState(score?.name ?? "");
  const [freeType, setFreeType] = useState<string>(score?.dataType ?? "NUMERIC");
  const [typed, setTyped] = useState(score === undefined ? "" : typedValue(score));
  const [comment, setComment] = useState(score?.comment ?? "");
  const [isTried, setTried] = useState(false);
  const isBusy = useRef(false);
  const rule = rules.find(({ id }) => id === ruleId);
  const judged: Rule = rule ?? { dataType: freeType };
  const reading = readValue(judged, typed);
  const nameProblem = rule === undefined && name.trim() === "" ? "A score needs a name" : null;
  const save = () => {
    setTried(true);
    if ("problem" in reading || nameProblem !== null || isBusy.current) return;
    isBusy.current = true;
    void onSave({
      value: reading.value,
      comment: comment.trim() === "" ? null : comment.trim(),
      name: rule?.name ?? name.trim(),
      dataType: judged.dataType,
      ...(rule === undefined ? {} : { configId: rule.id }),
    }).finally(() => {
      isBusy.current = false;
    });
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys that end the form
    <form
      data-testid="score-form"
      className="flex flex-col gap-3 rounded-md border border-line bg-panel p-3"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        save();
      }}
      onKeyDown={(event: KeyboardEvent) => {
        if (event.key === "Escape") {
          event.preventDefault();
          event.stopPropagation();
          onCancel();
        } else if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) {
          event.preventDefault();
          save();
        }
      }}
    >
      {score === undefined && (
        <What
          rules={rules}
          ruleId={ruleId}
          onRule={(id) => {
            setRuleId(id);
            setTyped("");
          }}
          name={name}
          onName={setName}
          nameProblem={isTried ? nameProblem : null}
          dataType={freeType}
          onType={(type) => {
            setFreeType(type);
            setTyped("");
          }}
        />
      )}
      <Value
        rule={judged}
        typed={typed}
        onType={setTyped}
        problem={isTried && "problem" in reading ? reading.problem : null}
        hint={rule?.description ?? rangeText(judged) ?? undefined}
      />
      <Field label="Comment">
        {(ties) => (
          <TextArea
            {...ties}
            rows={2}
            maxLength={5000}
            value={comment}
            onChange={({ target }) => setComment(target.value)}
          />
        )}
      </Field>
      <div className="flex gap-2">
        <Button type="submit" kind="primary">
          {score === undefined ? "Add score" : "Save"}
        </Button>
        <Button kind="quiet" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </form>
  );
}

interface WhatProps {
  rules: readonly ScoreRule[];
  ruleId: string;
  onRule: (id: string) => void;
  name: string;
  onName: (name: string) => void;
  nameProblem: string | null;
  dataType: string;
  onType: (dataType: string) => void;
}

/** Which score: one that is agreed on, or a free one. */
function What({ rules, ruleId, onRule, name, onName, nameProblem, dataType, onType }: WhatProps) {
  return (
    <>
      {rules.length > 0 && (
        <Field label="Score">
          {(ties) => (
            // oxlint-disable-next-line jsx-a11y/no-autofocus -- the form was just asked for
            <Select {...ties} autoFocus value={ruleId} onChange={({ target }) => onRule(target.value)}>
              {rules.map(({ id, name: label }) => (
                <option key={id} value={id}>
                  {label}
                </option>
              ))}
              <option value="">Another name…</option>
            </Select>
          )}
        </Field>
      )}
      {ruleId === "" && (
        <div className="grid grid-cols-[1fr_auto] gap-2">
          <Field label="Name" problem={nameProblem}>
            {(ties) => (
              <TextInput
                {...ties}
                // oxlint-disable-next-line jsx-a11y/no-autofocus -- likewise
                autoFocus
                maxLength={200}
                value={name}
                onChange={({ target }) => onName(target.value)}
              />
            )}
          </Field>
          <Field label="Type">
            {(ties) => (
              <Select {...ties} value={dataType} onChange={({ target }) => onType(target.value)}>
                {DATA_TYPES.map((type) => (
                  <option key={type} value={type}>
                    {TYPE_NAMES[type]}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        </div>
      )}
    </>
  );
}

interface ValueProps {
  rule: Rule;
  typed: string;
  onType: (typed: string) => void;
  problem: string | null;
  hint: string | undefined;
}

function Value({ rule, typed, onType, problem, hint }: ValueProps) {
  const choices = choicesOf(rule);
  return (
    <Field label="Value" problem={problem} {...(hint === undefined ? {} : { hint })}>
      {(ties) => {
        if (choices.length > 0)
          return (
            <Select {...ties} value={typed} onChange={({ target }) => onType(target.value)}>
              <option value="">Choose…</option>
              {choices.map(({ label, value }) => (
                <option key={label} value={String(value)}>
                  {label}
                </option>
              ))}
            </Select>
          );
        if (rule.dataType === "TEXT")
          return <TextArea {...ties} rows={2} value={typed} onChange={({ target }) => onType(target.value)} />;
        return (
          <TextInput
            {...ties}
            inputMode={rule.dataType === "NUMERIC" ? "decimal" : "text"}
            value={typed}
            onChange={({ target }) => onType(target.value)}
          />
        );
      }}
    </Field>
  );
}
