import { useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useState } from "react";

import { forgetRows } from "@/api/bulk";
import type { Deletable } from "@/api/deletion";
import type { Question } from "@/api/explorer";
import { formatCount } from "@/lib/formatters";
import type { ListLevel } from "@/lib/href";
import { Button } from "@/ui/Button";
import { deferred } from "@/ui/deferred";
import { Permitted } from "@/ui/Permitted";
import { toast } from "@/ui/toasts";
import { Tooltip } from "@/ui/Tooltip";

import { EVER, namedBy } from "./named";
import { deleteSoon } from "./pending";

const DeleteDialog = deferred(async () => (await import("./DeleteDialog")).DeleteDialog);
const DeleteTracesOf = deferred(async () => (await import("./DeleteTracesOf")).DeleteTracesOf);

/** So many go without a question, for they can be brought back. */
const UNDONE_UP_TO = 20;

/** Sessions and users are their traces: the field of these that names them. */
const WHOLES: Partial<Record<ListLevel, "session" | "user">> = { sessions: "session", users: "user" };

interface DeleteButtonProps {
  level: ListLevel;
  question: Question;
  /** null: all that match. */
  ids: readonly string[] | null;
  /** How many match; null when nobody has counted them to the last. */
  total: number | null;
  onDone: () => void;
}

/** Deletes the rows that are selected; of sessions and users their traces. Observations go with their traces only. */
export function DeleteButton({ level, ...rest }: DeleteButtonProps) {
  const whole = WHOLES[level];
  if (whole !== undefined) return <DeleteWholes noun={whole} {...rest} />;
  return level === "traces" || level === "scores" ? <DeleteParts level={level} {...rest} /> : null;
}

type Rest = Omit<DeleteButtonProps, "level">;

function DeleteParts({ level, question, ids, total, onDone }: Rest & { level: Deletable }) {
  const queries = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const remove = () => {
    if (ids === null || ids.length > UNDONE_UP_TO) {
      setAsking(true);
      return;
    }
    const undo = deleteSoon(level, question.projectId, ids, (error) => {
      if (error === null) return forgetRows(queries);
      toast(error instanceof Error ? error.message : "They could not be deleted", "error");
    });
    onDone();
    const noun = ids.length === 1 ? level.slice(0, -1) : level;
    toast(`${formatCount(ids.length)} ${noun} deleted`, "plain", { label: "Undo", run: undo, ms: 8000 });
  };
  return (
    <>
      <Permitted needs="member">
        <Button kind="danger" onClick={remove}>
          <Trash2 className="size-4" strokeWidth={1.75} aria-hidden /> Delete
        </Button>
      </Permitted>
      {isAsking && (
        <DeleteDialog
          level={level}
          question={question}
          ids={ids}
          count={ids === null ? total : ids.length}
          isOpen
          onDone={onDone}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

function DeleteWholes({ noun, question, ids, onDone }: Rest & { noun: "session" | "user" }) {
  const [isAsking, setAsking] = useState(false);
  const named = ids === null ? null : namedBy(noun, ids);
  const label = (
    <>
      <Trash2 className="size-4" strokeWidth={1.75} aria-hidden /> Delete their traces
    </>
  );
  if (ids === null || named === null)
    return (
      <Tooltip label={`So many cannot be named one by one: delete their traces in the list of traces`}>
        <Button kind="danger" aria-disabled>
          {label}
        </Button>
      </Tooltip>
    );
  return (
    <>
      <Permitted needs="member">
        <Button kind="danger" onClick={() => setAsking(true)}>
          {label}
        </Button>
      </Permitted>
      {isAsking && (
        <DeleteTracesOf
          noun={noun}
          amount={ids.length}
          question={{ ...question, ...EVER, askedUs: undefined, level: "traces", q: named }}
          onDone={onDone}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
