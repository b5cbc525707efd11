import { Link2, Pencil, Trash2 } from "lucide-react";
import { type FormEvent, type RefObject, useEffect, useRef, useState } from "react";

import type { CommentBody } from "@/api/comments";
import type { Subject } from "@/api/scores";
import { useSession } from "@/api/session";
import { Words } from "@/features/trace/io/Words";
import { parseSearch, patchSearch, printSearch } from "@/lib/search";
import { Button, IconButton } from "@/ui/Button";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { copyText } from "@/ui/copyText";
import { TextArea } from "@/ui/Field";
import { KeyHint } from "@/ui/KeyHint";
import { Permitted, useRole } from "@/ui/Permitted";
import { ErrorState } from "@/ui/states";
import { toast } from "@/ui/toasts";
import { TimeText } from "@/ui/values";

import { type CommentChanges, useCommentChanges, useComments } from "./useComments";

const MAX_CHARS = 5000;
const ICON = "size-3.5";
const failed = (error: unknown) => toast(error instanceof Error ? error.message : "It was not saved", "error");

export interface CommentThreadProps {
  projectId: string;
  subject: Subject;
  /** A comment came or went. */
  onCounted: (by: 1 | -1) => void;
  /** The field for a new one, for keys that lead there. */
  field?: RefObject<HTMLTextAreaElement | null>;
}

/** What people wrote about an object, the oldest first, and a field for more. A link to one comment scrolls to it. */
export function CommentThread({ projectId, subject, onCounted, field }: CommentThreadProps) {
  const { data, error, refetch } = useComments(projectId, subject);
  const changes = useCommentChanges(projectId, subject, onCounted);
  const isThere = data !== undefined;
  useEffect(() => {
    const { hash } = window.location;
    if (isThere && hash.startsWith("#comment-"))
      document.getElementById(hash.slice(1))?.scrollIntoView({ block: "center" });
  }, [isThere]);
  if (error !== null && !isThere) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!isThere) return null;
  const { comments, total } = data;
  return (
    <div className="flex flex-col">
      {total > comments.length && (
        <p className="px-3 py-1.5 text-12 text-text-3">
          The newest {comments.length} of {total}
        </p>
      )}
      {comments.length === 0 && <p className="p-3 text-12 text-text-3 italic">— no comments</p>}
      <ol data-testid="comments" aria-label="Comments">
        {comments.toReversed().map((comment) => (
          <Comment key={comment.id} comment={comment} subject={subject} changes={changes} />
        ))}
      </ol>
      <Writing changes={changes} {...(field === undefined ? {} : { field })} />
    </div>
  );
}

/** The address of one comment, as it is sent to others. */
function linkTo(comment: CommentBody, { type, id }: Subject): string {
  const { origin, pathname, search } = window.location;
  const query = patchSearch(parseSearch(search), {
    comments: "open",
    commentObjectType: type,
    commentObjectId: id,
    traceTab: undefined,
  });
  return `${origin}${pathname}${printSearch(query)}#comment-${comment.id}`;
}

function Comment({ comment, subject, changes }: { comment: CommentBody; subject: Subject; changes: CommentChanges }) {
  const [isEdited, setEdited] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const { user } = useSession();
  const role = useRole();
  const { id, author, content, createdUs, updatedUs } = comment;
  const isOwn = author?.id === user.id && role !== "viewer";
  const isTarget = window.location.hash === `#comment-${id}`;
  return (
    <li
      id={`comment-${id}`}
      data-testid="comment"
      data-id={id}
      aria-current={isTarget ? "true" : undefined}
      className="group border-b border-line px-3 py-2 aria-[current]:bg-selected"
    >
      <div className="flex min-h-6 items-center gap-2 text-12 text-text-2">
        <span className="min-w-0 truncate font-medium text-text" dir="auto" title={author?.email}>
          {author?.name ?? author?.email ?? "By the API"}
        </span>
        <TimeText us={createdUs} />
        {updatedUs > createdUs && <span className="text-text-3">edited</span>}
        <span className="grow" />
        <span className="flex gap-0.5 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100">
          <IconButton
            size="small"
            className="w-6"
            label="Copy link to this comment"
            icon={<Link2 className={ICON} strokeWidth={1.75} />}
            onClick={() => void copyText(linkTo(comment, subject), "Link copied")}
          />
          {isOwn && (
            <>
              <IconButton
                size="small"
                className="w-6"
                label="Edit your comment"
                icon={<Pencil className={ICON} strokeWidth={1.75} />}
                onClick={() => setEdited(true)}
              />
              <IconButton
                size="small"
                className="w-6"
                label="Delete your comment"
                icon={<Trash2 className={ICON} strokeWidth={1.75} />}
                onClick={() => setAsking(true)}
              />
              <ConfirmDialog
                title="Delete your comment?"
                action="Delete comment"
                isOpen={isAsking}
                onClose={() => setAsking(false)}
                onConfirm={() => changes.remove(comment).then(() => toast("Comment deleted"), failed)}
              >
                It goes for everybody. This cannot be undone.
              </ConfirmDialog>
            </>
          )}
        </span>
      </div>
      {isEdited ? (
        <Editing
          content={content}
          onCancel={() => setEdited(false)}
          onSave={(said) => changes.change(comment, said).then(() => setEdited(false), failed)}
        />
      ) : (
        <Words text={content} />
      )}
    </li>
  );
}

function Editing({
  content,
  onSave,
  onCancel,
}: {
  content: string;
  /** Settles when the server has answered: what was written stays until then. */
  onSave: (content: string) => Promise<void>;
  onCancel: () => void;
}) {
  const [text, setText] = useState(content);
  const isBusy = useRef(false);
  const save = () => {
    if (text.trim() === "" || isBusy.current) return;
    isBusy.current = true;
    void onSave(text.trim()).finally(() => {
      isBusy.current = false;
    });
  };
  return (
    <form
      className="flex flex-col gap-1.5"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        save();
      }}
    >
      <TextArea
        aria-label="Your comment"
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- it was just asked for
        autoFocus
        rows={4}
        maxLength={MAX_CHARS}
        value={text}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) save();
          else if (event.key === "Escape") {
            event.preventDefault();
            event.stopPropagation();
            onCancel();
          }
        }}
      />
      <div className="flex gap-2">
        <Button type="submit" kind="primary" size="small" aria-disabled={text.trim() === ""}>
          Save
        </Button>
        <Button kind="quiet" size="small" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </form>
  );
}

function Writing({ changes, field }: { changes: CommentChanges; field?: RefObject<HTMLTextAreaElement | null> }) {
  const [text, setText] = useState("");
  const [isSending, setSending] = useState(false);
  const send = () => {
    const said = text.trim();
    if (said === "" || isSending) return;
    setSending(true);
    changes
      .write(said)
      .then(() => setText(""), failed)
      .finally(() => setSending(false));
  };
  return (
    <form
      className="flex flex-col gap-1.5 p-3"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        send();
      }}
    >
      <Permitted needs="member">
        <CommentField text={text} onText={setText} onSend={send} {...(field === undefined ? {} : { field })} />
      </Permitted>
      <div className="flex items-center gap-2">
        <Permitted needs="member">
          <Button kind="primary" size="small" onClick={send} aria-disabled={text.trim() === "" || isSending}>
            Comment
          </Button>
        </Permitted>
        <span className="text-12 text-text-3">Markdown</span>
        <span className="grow" />
        <KeyHint keys="mod+Enter" />
      </div>
    </form>
  );
}

interface CommentFieldProps {
  text: string;
  onText: (text: string) => void;
  onSend: () => void;
  field?: RefObject<HTMLTextAreaElement | null>;
  "aria-disabled"?: boolean;
}

function CommentField({
  text,
  onText,
  onSend,
  field,
  "aria-disabled": isDisabled = false,
  ...rest
}: CommentFieldProps) {
  return (
    <TextArea
      {...rest}
      {...(field === undefined ? {} : { ref: field })}
      aria-label="New comment"
      data-testid="comment-field"
      rows={3}
      maxLength={MAX_CHARS}
      placeholder="What should others know?"
      readOnly={isDisabled}
      aria-disabled={isDisabled}
      value={text}
      onChange={({ target }) => onText(target.value)}
      onKeyDown={(event) => {
        if (event.key === "Escape") {
          event.preventDefault(); // out of the field, not out of what it lies in
          event.currentTarget.blur();
        } else if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) onSend();
      }}
    />
  );
}
