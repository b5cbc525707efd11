import { ChevronDown, Download, MessageCircle, MessageSquareText } from "lucide-react";

import { type ExportedTurn, fetchSessionLines, type SessionBody, type Turn } from "@/api/sessions";
import { saveText } from "@/lib/download";
import { formatCount } from "@/lib/formatters";
import { preferences } from "@/lib/preferences";
import { formatTime } from "@/lib/times";
import { writeValue } from "@/models/query/terms";
import { sessionMarkdown } from "@/models/session/markdown";
import { Button } from "@/ui/Button";
import { Menu, MenuChoice, MenuItem, MenuLabel } from "@/ui/Menu";
import { toast } from "@/ui/toasts";

import type { SessionState, TurnText } from "./useSessionState";

const TEXTS: readonly { value: TurnText; label: string }[] = [
  { value: "trace", label: "Input and output of the trace" },
  { value: "first", label: "Its first model call" },
  { value: "last", label: "Its last model call" },
];
const SHORT: Readonly<Record<TurnText, string>> = { trace: "Whole traces", first: "First calls", last: "Last calls" };

export interface SessionActionsProps {
  projectId: string;
  session: SessionBody;
  turns: readonly Turn[];
  state: SessionState;
}

/** What stands for a turn, and the session as a file. */
export function SessionActions({ projectId, session, turns, state }: SessionActionsProps) {
  const save = async (kind: "json" | "md") => {
    try {
      const env = [...new Set([session.environment, ...turns.map(({ environment }) => environment)])];
      const lines = await fetchSessionLines(projectId, `session:${writeValue(session.id)}`, env);
      const text = kind === "json" ? asJson(session, lines) : asMarkdown(session, lines);
      saveText(fileName(session.id, kind), text, kind === "json" ? "application/json" : "text/markdown");
    } catch (error) {
      toast(error instanceof Error ? error.message : "The file could not be made", "error");
    }
  };
  return (
    <>
      <Button
        kind="quiet"
        aria-pressed={state.hasComments}
        aria-label={`Comments: ${session.commentCount}`}
        data-testid="comments-button"
        onClick={state.toggleComments}
      >
        <MessageCircle className="size-4" strokeWidth={1.75} aria-hidden />
        <span className="tabular">{session.commentCount > 0 && formatCount(session.commentCount)}</span>
      </Button>
      <Menu
        align="end"
        trigger={
          <Button kind="quiet" data-testid="turn-text" aria-label={`A turn shows: ${SHORT[state.text]}`}>
            <MessageSquareText className="size-4" strokeWidth={1.75} aria-hidden />
            <span className="hidden sm:inline">{SHORT[state.text]}</span>
            <ChevronDown className="size-3.5 text-text-3" strokeWidth={1.75} aria-hidden />
          </Button>
        }
      >
        <MenuLabel>A turn shows</MenuLabel>
        <MenuChoice value={state.text} options={TEXTS} onChange={state.setText} />
      </Menu>
      <Menu
        align="end"
        trigger={
          <Button kind="quiet" data-testid="download" aria-label="Download">
            <Download className="size-4" strokeWidth={1.75} aria-hidden />
            <span className="hidden sm:inline">Download</span>
          </Button>
        }
      >
        <MenuItem onSelect={() => void save("md")}>Markdown</MenuItem>
        <MenuItem onSelect={() => void save("json")}>JSON</MenuItem>
      </Menu>
    </>
  );
}

/** The session and its turns. The lines are JSON already: reading them here could lose digits of large numbers. */
function asJson(session: SessionBody, lines: string): string {
  const turns = lines.split("\n").filter((line) => line !== "");
  return `{"session":${JSON.stringify(session)},\n"turns":[\n${turns.join(",\n")}\n]}\n`;
}

function asMarkdown(session: SessionBody, lines: string): string {
  const { zone } = preferences();
  const turns = lines
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as ExportedTurn)
    .map(({ timestampUs, ...turn }) => ({ ...turn, time: formatTime(timestampUs, zone) }));
  return sessionMarkdown(`Session ${session.id}`, turns);
}

const fileName = (id: string, kind: string) => `session-${id.replaceAll(/[^\w.-]+/g, "_").slice(0, 80)}.${kind}`;
