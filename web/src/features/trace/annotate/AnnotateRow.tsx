import { Check, LoaderCircle, MessageSquare, TriangleAlert } from "lucide-react";
import { type KeyboardEvent, type RefObject, useEffect, useState } from "react";

import type { ScoreRule } from "@/api/scores";
import { choicesOf, rangeText, readValue } from "@/models/scoring/values";
import { Button } from "@/ui/Button";
import { classes } from "@/ui/classes";
import { TextArea, TextInput } from "@/ui/Field";
import { KeyHint } from "@/ui/KeyHint";

import type { Annotations, SaveState, Said } from "./useAnnotations";

const PAUSE_MS = 800;
const ICON = "size-3.5";

export interface AnnotateRowProps {
  rule: ScoreRule;
  annotations: Annotations;
  isActive: boolean;
  isCommenting: boolean;
  row: RefObject<HTMLDivElement | null>;
  input: RefObject<HTMLInputElement | HTMLTextAreaElement | null>;
  onActivate: () => void;
  onMove: (by: 1 | -1) => void;
  onComment: (isOpen: boolean) => void;
}

/** One score config: its value to be chosen or typed, a comment, and whether it is saved. */
export function AnnotateRow(props: AnnotateRowProps) {
  const { rule, annotations, isActive, isCommenting, row, onActivate, onComment } = props;
  const said = annotations.saidBy(rule);
  const [pending, setPending] = useState(said?.comment ?? "");
  const say = (value: Said["value"]) =>
    annotations.say(rule, { value, comment: said?.comment ?? (pending.trim() === "" ? null : pending.trim()) });
  const range = rangeText(rule);
  const hasComment = said !== null && said.comment !== null;
  return (
    // The row itself takes the focus, so that keys choose without a pointer.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- as above
    <div
      ref={row}
      role="group"
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- likewise
      tabIndex={isActive ? 0 : -1}
      aria-label={rule.name}
      aria-current={isActive ? "true" : undefined}
      data-testid="annotation-field"
      data-name={rule.name}
      onFocus={onActivate}
      className="border-b border-line px-3 py-2.5 -outline-offset-2 aria-[current]:bg-panel"
    >
      <div className="mb-1.5 flex min-h-5 items-center gap-2">
        <span className="min-w-0 truncate font-medium" dir="auto" title={rule.name}>
          {rule.name}
        </span>
        {range !== null && <span className="tabular shrink-0 text-12 text-text-3">{range}</span>}
        <span className="grow" />
        <Saved state={annotations.stateOf(rule)} onRetry={() => annotations.retry(rule)} />
        <Button
          kind="quiet"
          size="small"
          className="w-6 px-0"
          aria-label={`Comment on ${rule.name}`}
          aria-expanded={isCommenting}
          onClick={() => onComment(!isCommenting)}
        >
          <MessageSquare className={classes(ICON, hasComment && "text-accent")} strokeWidth={1.75} />
        </Button>
      </div>
      {rule.description !== null && rule.description !== "" && (
        <p className="mb-1.5 text-12 text-text-2" dir="auto">
          {rule.description}
        </p>
      )}
      <Value {...props} said={said} onSay={say} />
      {isCommenting ? (
        <CommentField
          name={rule.name}
          text={said?.comment ?? pending}
          hasValue={said !== null}
          onSave={(text) => {
            setPending(text);
            if (said !== null) annotations.say(rule, { ...said, comment: text.trim() === "" ? null : text.trim() });
          }}
          onClose={() => {
            onComment(false);
            row.current?.focus();
          }}
        />
      ) : (
        hasComment && (
          <p className="mt-1.5 line-clamp-2 text-12 whitespace-pre-wrap text-text-2" dir="auto">
            {said.comment}
          </p>
        )
      )}
    </div>
  );
}

function Saved({ state, onRetry }: { state: SaveState | undefined; onRetry: () => void }) {
  if (state === undefined) return null;
  if (state.is === "saving")
    return (
      <span className="inline-flex items-center gap-1 text-12 text-text-3" data-testid="save-state" data-value="saving">
        <LoaderCircle className={`${ICON} motion-safe:animate-spin`} strokeWidth={1.75} aria-hidden />
        saving
      </span>
    );
  if (state.is === "saved")
    return (
      <span className="inline-flex items-center gap-1 text-12 text-success" data-testid="save-state" data-value="saved">
        <Check className={ICON} strokeWidth={2} aria-hidden />
        saved
      </span>
    );
  return (
    <button
      type="button"
      className="inline-flex min-w-0 items-center gap-1 text-12 text-danger hover:underline"
      title={state.why}
      data-testid="save-state"
      data-value="failed"
      onClick={onRetry}
    >
      <TriangleAlert className={ICON} strokeWidth={1.75} aria-hidden />
      not saved, try again
    </button>
  );
}

type ValueProps = AnnotateRowProps & { said: Said | null; onSay: (value: Said["value"]) => void };

function Value(props: ValueProps) {
  const { rule, said, onSay, isActive, annotations } = props;
  const choices = choicesOf(rule);
  if (choices.length === 0) return <Typed {...props} />;
  return (
    <div className="flex flex-wrap gap-1">
      {choices.map(({ label, value }, at) => {
        const isChosen = said?.value === value;
        return (
          <button
            key={label}
            type="button"
            tabIndex={isActive ? 0 : -1}
            aria-pressed={isChosen}
            onClick={() => (isChosen ? annotations.say(rule, null) : onSay(value))}
            className="inline-flex min-h-7 max-w-full items-center gap-1.5 rounded-sm border border-line-strong bg-bg px-2 text-left text-13 hover:bg-hover aria-pressed:border-accent aria-pressed:bg-selected aria-pressed:font-medium"
          >
            <span className="min-w-0 break-words" dir="auto">
              {label}
            </span>
            {isActive && at < 9 && <KeyHint keys={String(at + 1)} />}
          </button>
        );
      })}
    </div>
  );
}

/** A number or a text: saved when one goes on, or pauses. */
function Typed({ rule, said, onSay, annotations, input, row, isActive, onMove }: ValueProps) {
  const shown = said === null ? "" : String(said.value);
  const [typed, setTyped] = useState(shown);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    setTyped(shown);
    setProblem(null);
  }, [shown]);
  const commit = (text: string): boolean => {
    if (text.trim() === shown) return true;
    if (text.trim() === "") {
      annotations.say(rule, null);
      return true;
    }
    const reading = readValue(rule, text);
    setProblem("problem" in reading ? reading.problem : null);
    if ("value" in reading) onSay(reading.value);
    return "value" in reading;
  };
  useEffect(() => {
    if (typed === shown || "problem" in readValue(rule, typed)) return;
    const timer = setTimeout(() => commit(typed), PAUSE_MS);
    return () => clearTimeout(timer);
    // oxlint-disable-next-line react/exhaustive-deps -- what was typed alone starts the pause, and what is shown ends it
  }, [typed, shown]);
  const onKeyDown = (event: KeyboardEvent) => {
    const isText = rule.dataType === "TEXT";
    if (event.key === "Escape") {
      event.preventDefault();
      commit(typed);
      row.current?.focus();
    } else if ((event.key === "Enter" && !event.shiftKey) || (!isText && event.key === "ArrowDown")) {
      event.preventDefault();
      if (commit(typed)) onMove(1);
    } else if (!isText && event.key === "ArrowUp") {
      event.preventDefault();
      if (commit(typed)) onMove(-1);
    }
  };
  const shared = {
    "aria-label": `Value of ${rule.name}`,
    ...(problem === null ? {} : { "aria-invalid": true as const }),
    tabIndex: isActive ? 0 : -1,
    value: typed,
    onKeyDown,
    onBlur: () => void commit(typed),
  };
  return (
    <>
      {rule.dataType === "TEXT" ? (
        <TextArea
          {...shared}
          rows={2}
          ref={input as RefObject<HTMLTextAreaElement | null>}
          onChange={({ target }) => setTyped(target.value)}
        />
      ) : (
        <TextInput
          {...shared}
          className="max-w-40"
          inputMode="decimal"
          ref={input as RefObject<HTMLInputElement | null>}
          onChange={({ target }) => setTyped(target.value)}
        />
      )}
      {problem !== null && (
        <p role="alert" className="mt-1 text-12 text-danger">
          {problem}
        </p>
      )}
    </>
  );
}

function CommentField({
  name,
  text,
  hasValue,
  onSave,
  onClose,
}: {
  name: string;
  text: string;
  hasValue: boolean;
  onSave: (text: string) => void;
  onClose: () => void;
}) {
  const [typed, setTyped] = useState(text);
  return (
    <div className="mt-1.5">
      <TextArea
        aria-label={`Comment on ${name}`}
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- it was just asked for
        autoFocus
        rows={2}
        maxLength={5000}
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
        onBlur={() => onSave(typed)}
        onKeyDown={(event) => {
          const isDone = event.key === "Enter" && (event.metaKey || event.ctrlKey);
          if (event.key !== "Escape" && !isDone) return;
          event.preventDefault();
          onSave(typed);
          onClose();
        }}
      />
      {!hasValue && <p className="mt-1 text-12 text-text-3">It is saved with the value.</p>}
    </div>
  );
}
