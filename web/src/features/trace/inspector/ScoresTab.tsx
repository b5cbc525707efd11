import { Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";

import type { Subject } from "@/api/scores";
import type { ScoreBody, TraceBody } from "@/api/traces";
import { Button, IconButton } from "@/ui/Button";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { Permitted, useRole } from "@/ui/Permitted";
import { toast } from "@/ui/toasts";
import { TimeText } from "@/ui/values";

import { type FilledScore, ScoreForm } from "../scoring/ScoreForm";
import { type Scores, useScoreRules, useScores } from "../scoring/useScores";
import { Block } from "./AttributesTab";
import { ScoreValue } from "./ScoreValue";

export interface ScoresTabProps {
  projectId: string;
  trace: TraceBody;
  observationId: string | null;
  nameOf: (observationId: string) => string;
  onOpen: (observationId: string) => void;
}

const SOURCES: Readonly<Record<string, string>> = { API: "API", EVAL: "evaluator", ANNOTATION: "person" };
const failed = (error: unknown) => toast(error instanceof Error ? error.message : "It was not saved", "error");

/** Scores of what is selected, then those of the rest of the trace; each may be changed or taken back where it stands. */
export function ScoresTab({ projectId, trace, observationId, nameOf, onOpen }: ScoresTabProps) {
  const { scores: all, scoreAuthors } = trace;
  const own = all.filter((score) => (score.observationId ?? null) === observationId);
  const others = all.filter((score) => (score.observationId ?? null) !== observationId);
  const scores = useScores(projectId, trace.id);
  const table = { scores, projectId, authors: scoreAuthors };
  return (
    <>
      <Block title={observationId === null ? "Of the trace" : "Of this observation"}>
        {own.length > 0 ? (
          <Table {...table} rows={own} />
        ) : (
          <p className="pb-1 text-12 text-text-3 italic">— no scores</p>
        )}
        <Adding
          projectId={projectId}
          scores={scores}
          subject={
            observationId === null ? { type: "TRACE", id: trace.id } : { type: "OBSERVATION", id: observationId }
          }
        />
      </Block>
      {others.length > 0 && (
        <Block title={observationId === null ? "Of its observations" : "Elsewhere in the trace"}>
          <Table {...table} rows={others} nameOf={nameOf} onOpen={onOpen} />
        </Block>
      )}
    </>
  );
}

function Adding({ projectId, scores, subject }: { projectId: string; scores: Scores; subject: Subject }) {
  const [isOpen, setOpen] = useState(false);
  const role = useRole();
  if (role === "visitor") return null;
  return isOpen ? (
    <RuledForm
      projectId={projectId}
      onCancel={() => setOpen(false)}
      onSave={(filled) => scores.give(subject, filled).then(() => setOpen(false), failed)}
    />
  ) : (
    <div className="pt-1">
      <Permitted needs="member">
        <Button size="small" onClick={() => setOpen(true)} data-testid="add-score">
          <Plus className="size-3.5" strokeWidth={1.75} aria-hidden />
          Add score
        </Button>
      </Permitted>
    </div>
  );
}

/** The form, once it is known what scores have to be like. */
function RuledForm({
  projectId,
  score,
  onSave,
  onCancel,
}: {
  projectId: string;
  score?: ScoreBody;
  onSave: (filled: FilledScore) => Promise<void>;
  onCancel: () => void;
}) {
  const { data, isPending } = useScoreRules(projectId);
  if (isPending) return null;
  return (
    <ScoreForm
      rules={data?.configs ?? []}
      {...(score === undefined ? {} : { score })}
      onSave={onSave}
      onCancel={onCancel}
    />
  );
}

interface TableProps {
  projectId: string;
  scores: Scores;
  authors: Readonly<Record<string, string>>;
  rows: readonly ScoreBody[];
  nameOf?: ScoresTabProps["nameOf"];
  onOpen?: ScoresTabProps["onOpen"];
}

function Table({ rows, nameOf, ...rest }: TableProps) {
  return (
    <div className="overflow-x-auto">
      <table className="w-full text-12">
        <thead>
          <tr className="border-b border-line text-left text-text-3">
            <th className="py-1 pr-3 font-normal">Name</th>
            <th className="py-1 pr-3 font-normal">Value</th>
            {nameOf !== undefined && <th className="py-1 pr-3 font-normal">Of</th>}
            <th className="py-1 pr-3 font-normal">By</th>
            <th className="py-1 pr-3 font-normal">Time</th>
            <th className="py-1 font-normal">
              <span className="sr-only">Actions</span>
            </th>
          </tr>
        </thead>
        {rows.map((score) => (
          <Row key={score.id} score={score} {...rest} {...(nameOf === undefined ? {} : { nameOf })} />
        ))}
      </table>
    </div>
  );
}

type RowProps = Omit<TableProps, "rows"> & { score: ScoreBody };

function Row({ score, scores, projectId, authors, nameOf, onOpen }: RowProps) {
  const [isEdited, setEdited] = useState(false);
  const { observationId, authorUserId, comment, source } = score;
  const columns = nameOf === undefined ? 5 : 6;
  const by = authorUserId === null ? undefined : authors[authorUserId];
  if (isEdited) {
    return (
      <tbody className="border-b border-line last:border-b-0">
        <tr>
          <td colSpan={columns} className="py-2">
            <p className="pb-1 font-medium" dir="auto">
              {score.name}
            </p>
            <RuledForm
              projectId={projectId}
              score={score}
              onCancel={() => setEdited(false)}
              onSave={({ value, comment: said }) =>
                scores.change(score, { value, comment: said }).then(() => setEdited(false), failed)
              }
            />
          </td>
        </tr>
      </tbody>
    );
  }
  return (
    <tbody className="border-b border-line last:border-b-0" data-testid="score-row" data-id={score.id}>
      <tr className="align-top">
        <td className="max-w-40 truncate py-1 pr-3 font-medium" dir="auto" title={score.name}>
          {score.name}
        </td>
        <td className="max-w-60 min-w-28 py-1 pr-3 wrap-anywhere">
          <ScoreValue score={score} />
        </td>
        {nameOf !== undefined && (
          <td className="py-1 pr-3">
            {observationId === null ? (
              "trace"
            ) : (
              <button type="button" className="text-accent hover:underline" onClick={() => onOpen?.(observationId)}>
                {nameOf(observationId)}
              </button>
            )}
          </td>
        )}
        <td className="max-w-32 truncate py-1 pr-3 text-text-2" dir="auto" title={by}>
          {by ?? SOURCES[source] ?? source.toLowerCase()}
        </td>
        <td className="py-1 pr-3 whitespace-nowrap text-text-2">
          <TimeText us={score.timestampUs} />
        </td>
        <td className="py-0.5">
          <Actions score={score} scores={scores} onEdit={() => setEdited(true)} />
        </td>
      </tr>
      {comment !== null && (
        <tr>
          <td colSpan={columns} className="pb-1.5 break-words whitespace-pre-wrap text-text-2" dir="auto">
            {comment}
          </td>
        </tr>
      )}
    </tbody>
  );
}

function Actions({ score, scores, onEdit }: { score: ScoreBody; scores: Scores; onEdit: () => void }) {
  const role = useRole();
  const [isAsking, setAsking] = useState(false);
  if (role === "visitor" || score.id.startsWith("draft-")) return null;
  return (
    <span className="flex justify-end gap-0.5">
      {score.source === "ANNOTATION" && (
        <Permitted needs="member">
          <IconButton
            size="small"
            className="w-6"
            label={`Edit ${score.name}`}
            icon={<Pencil className="size-3.5" strokeWidth={1.75} />}
            onClick={onEdit}
          />
        </Permitted>
      )}
      <Permitted needs="member" isDestructive>
        <IconButton
          size="small"
          className="w-6"
          label={`Delete ${score.name}`}
          icon={<Trash2 className="size-3.5" strokeWidth={1.75} />}
          onClick={() => setAsking(true)}
        />
      </Permitted>
      <ConfirmDialog
        title="Delete the score?"
        action="Delete score"
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={() => scores.remove(score).then(() => toast("Score deleted"), failed)}
      >
        <span className="font-medium break-words text-text" dir="auto">
          {score.name}
        </span>{" "}
        goes with its comment, for everybody. This cannot be undone.
      </ConfirmDialog>
    </span>
  );
}
