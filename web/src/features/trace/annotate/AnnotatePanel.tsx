import { Undo2, X } from "lucide-react";
import { createRef, useCallback, useEffect, useMemo, useRef, useState } from "react";

import type { ScoreRule, Subject } from "@/api/scores";
import { useSession } from "@/api/session";
import type { TraceBody } from "@/api/traces";
import { useShortcuts } from "@/app/useShortcuts";
import type { Shortcut } from "@/lib/shortcuts";
import { choicesOf } from "@/models/scoring/values";
import { Button, IconButton } from "@/ui/Button";
import { classes } from "@/ui/classes";
import { KeyHint } from "@/ui/KeyHint";
import { ErrorState } from "@/ui/states";
import { toast } from "@/ui/toasts";

import { ScoreForm } from "../scoring/ScoreForm";
import { useScoreRules, useScores } from "../scoring/useScores";
import { AnnotateRow } from "./AnnotateRow";
import { useAnnotations } from "./useAnnotations";

export interface AnnotatePanelProps {
  projectId: string;
  trace: TraceBody;
  subject: Subject;
  /** What the subject is called. */
  name: string;
  /** It has room of its own; else it stands above what is below it. */
  isBeside: boolean;
  onClose: () => void;
}

/** Judging what is selected by the project's score configs, with the keyboard alone; each value is saved at once. */
export function AnnotatePanel({ projectId, trace, subject, name, isBeside, onClose }: AnnotatePanelProps) {
  const { data, error, refetch } = useScoreRules(projectId);
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    panel.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <aside
      ref={panel}
      tabIndex={-1}
      aria-label="Annotate"
      data-testid="annotate"
      className={classes(
        "flex w-96 max-w-full shrink-0 flex-col border-l border-line-strong bg-bg outline-none",
        !isBeside && "absolute inset-y-0 right-0 z-panel shadow-popover",
      )}
    >
      <header className="flex h-11 shrink-0 items-center gap-2 border-b border-line pr-2 pl-3">
        <h2 className="shrink-0 text-14 font-semibold">Annotate</h2>
        <span className="min-w-0 grow truncate text-12 text-text-2" dir="auto" title={name}>
          {subject.type === "TRACE" ? "the trace" : name}
        </span>
        <IconButton label="Close" keys="Escape" icon={<X className="size-4" strokeWidth={1.75} />} onClick={onClose} />
      </header>
      {error !== null && data === undefined ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        data !== undefined && (
          <Rows
            key={`${subject.type}/${subject.id}`}
            projectId={projectId}
            trace={trace}
            subject={subject}
            rules={data.configs}
            onClose={onClose}
          />
        )
      )}
    </aside>
  );
}

type RowsProps = Omit<AnnotatePanelProps, "name" | "isBeside"> & { rules: readonly ScoreRule[] };

function Rows({ projectId, trace, subject, rules, onClose }: RowsProps) {
  const { user } = useSession();
  const scores = useScores(projectId, trace.id);
  const annotations = useAnnotations(
    scores,
    { scores: trace.scores, isWhole: trace.hasMoreScores !== true },
    subject,
    user.id,
  );
  const [active, setActive] = useState(0);
  const [commentOf, setCommentOf] = useState<string | null>(null);
  const [isFree, setFree] = useState(rules.length === 0);
  const rows = useMemo(
    () => rules.map(() => ({ row: createRef<HTMLDivElement>(), input: createRef<HTMLInputElement>() })),
    [rules],
  );
  const move = useCallback(
    (to: number) => {
      const next = Math.min(rules.length - 1, Math.max(0, to));
      setActive(next);
      rows[next]?.row.current?.focus();
      rows[next]?.row.current?.scrollIntoView({ block: "nearest" });
    },
    [rules, rows],
  );
  useEffect(() => move(0), [move]);
  const undo = () => {
    const rule = annotations.undo();
    if (rule !== null) move(rules.findIndex(({ id }) => id === rule.id));
  };
  usePanelKeys({
    close: onClose,
    move: (by) => move(active + by),
    comment: () => setCommentOf(rules[active]?.id ?? null),
    clear: () => {
      const rule = rules[active];
      if (rule !== undefined) annotations.say(rule, null);
    },
    choose: (digit) => {
      const rule = rules[active];
      if (rule === undefined) return false;
      const choices = choicesOf(rule);
      const chosen = choices[digit - 1];
      if (chosen !== undefined)
        annotations.say(rule, { value: chosen.value, comment: annotations.saidBy(rule)?.comment ?? null });
      else if (choices.length === 0) rows[active]?.input.current?.focus();
      return choices.length > 0;
    },
  });
  return (
    <>
      {/* Keys that belong to the rows, whichever of them has the focus. */}
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- as above */}
      <div
        className="min-h-0 grow overflow-y-auto"
        onKeyDown={(event) => {
          const { target } = event;
          if (event.key === "Enter" && target === rows[active]?.row.current) {
            event.preventDefault(); // on the row itself; a button within keeps its Enter
            rows[active]?.input.current?.focus();
          }
          const isTyping = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
          if (event.key === "z" && (event.metaKey || event.ctrlKey) && !isTyping) {
            event.preventDefault();
            undo();
          }
        }}
      >
        {rules.length === 0 && (
          <p className="p-3 text-12 text-text-2">
            This project has no score configs yet: these say what scores of a name have to be like, and make them rows
            here. Until then a score has a name of your own.
          </p>
        )}
        {rules.map((rule, at) => {
          const refs = rows[at];
          return refs === undefined ? null : (
            <AnnotateRow
              key={rule.id}
              rule={rule}
              annotations={annotations}
              isActive={at === active}
              isCommenting={commentOf === rule.id}
              row={refs.row}
              input={refs.input}
              onActivate={() => setActive(at)}
              onMove={(by) => move(at + by)}
              onComment={(isOpen) => setCommentOf(isOpen ? rule.id : null)}
            />
          );
        })}
        <div className="p-3">
          {isFree ? (
            <ScoreForm
              rules={[]}
              onCancel={() => setFree(false)}
              onSave={(filled) =>
                scores.give(subject, filled).then(
                  () => {
                    setFree(false);
                    toast(`Saved ${filled.name}`);
                  },
                  (error: unknown) => toast(error instanceof Error ? error.message : "Not saved", "error"),
                )
              }
            />
          ) : (
            <Button size="small" kind="quiet" onClick={() => setFree(true)}>
              A score under another name…
            </Button>
          )}
        </div>
      </div>
      <footer className="flex shrink-0 items-center gap-3 border-t border-line px-3 py-1.5 text-12 text-text-3">
        <span className="hidden items-center gap-1 sm:inline-flex">
          <KeyHint keys="ArrowUp" />
          <KeyHint keys="ArrowDown" /> row
        </span>
        <span className="hidden items-center gap-1 sm:inline-flex">
          <KeyHint keys="1" />–<KeyHint keys="9" /> choose
        </span>
        <span className="hidden items-center gap-1 sm:inline-flex">
          <KeyHint keys="m" /> comment
        </span>
        <span className="grow" />
        <Button size="small" kind="quiet" onClick={undo} aria-disabled={!annotations.canUndo}>
          <Undo2 className="size-3.5" strokeWidth={1.75} aria-hidden />
          Undo
        </Button>
      </footer>
    </>
  );
}

interface PanelKeys {
  close: () => void;
  move: (by: 1 | -1) => void;
  comment: () => void;
  clear: () => void;
  /** Says whether the digit was a choice; else it is typed. */
  choose: (digit: number) => boolean;
}

/** A key that is to be typed into the field that was just given the focus. */
function typeInto(target: Element | null, key: string): void {
  if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) {
    target.select();
    document.execCommand("insertText", false, key);
  }
}

function usePanelKeys(keys: PanelKeys): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  const list = useMemo<Shortcut[]>(() => {
    const now = () => latest.current;
    const digits = Array.from({ length: 10 }, (_, digit) => ({
      keys: String(digit),
      label: digit === 0 ? "Type a number" : `Choose or type ${digit}`,
      run: () => {
        if (!now().choose(digit)) typeInto(document.activeElement, String(digit));
      },
    }));
    return [
      { keys: "Escape", label: "Close", run: () => now().close() },
      { keys: "ArrowDown", label: "Next score", run: () => now().move(1) },
      { keys: "ArrowUp", label: "Previous score", run: () => now().move(-1) },
      { keys: "Backspace", label: "Take the value back", run: () => now().clear() },
      { keys: "m", label: "Comment", run: () => now().comment() },
      ...digits.slice(1),
      ...digits.slice(0, 1),
    ];
  }, []);
  useShortcuts("aside", list);
}
