import { useParams } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useMemo, useRef, useState } from "react";

import { ApiError } from "@/api/errors";
import type { SessionBody } from "@/api/sessions";
import { TopBar } from "@/app/TopBar";
import { useShortcuts } from "@/app/useShortcuts";
import { useUrlState } from "@/app/url";
import { formatCount, formatId } from "@/lib/formatters";
import { href } from "@/lib/href";
import { oneOf } from "@/lib/search";
import type { Shortcut } from "@/lib/shortcuts";
import { nextError, pauses as pausesOf } from "@/models/session/turns";
import { ErrorState, ProgressBar, Skeleton, useLate } from "@/ui/states";
import { toast } from "@/ui/toasts";
import { useTitle } from "@/ui/useTitle";

import { MediaProject } from "../trace/io/media";
import { NotFoundYet } from "../trace/NotFoundYet";
import { Conversation } from "./Conversation";
import { Head } from "./Head";
import { SessionActions } from "./SessionActions";
import { TurnRail } from "./TurnRail";
import { useSession, useTurns } from "./useSession";
import { useSessionState } from "./useSessionState";

const SessionComments = lazy(() => import("./SessionComments").then((module) => ({ default: module.SessionComments })));

/** `P/sessions/{sessionId}`. An id that is no path segment comes as `?id=`. */
export function SessionPage() {
  const { projectId = "", sessionId = "" } = useParams({ strict: false });
  const { search } = useUrlState();
  const id = sessionId === "-" ? (oneOf(search, "id") ?? sessionId) : sessionId;
  useTitle(`Session ${formatId(id)}`);
  return (
    <>
      <TopBar
        crumbs={[
          { label: "Sessions", to: href.list({ projectId, level: "sessions" }) },
          {
            label: (
              <span title={id} dir="auto">
                {id}
              </span>
            ),
          },
        ]}
      />
      <main className="relative flex min-h-0 grow flex-col">
        <Session key={id} projectId={projectId} sessionId={id} />
      </main>
    </>
  );
}

function Session({ projectId, sessionId }: { projectId: string; sessionId: string }) {
  const { data, error, refetch } = useSession(projectId, sessionId);
  const isLate = useLate(data === undefined && error === null);
  if (error instanceof ApiError && error.status === 404)
    return <NotFoundYet noun="session" traceId={sessionId} onRetry={() => void refetch()} />;
  if (error !== null && data === undefined) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return isLate ? <Loading /> : null;
  return <Opened projectId={projectId} session={data} />;
}

function Opened({ projectId, session }: { projectId: string; session: SessionBody }) {
  const { turns, isComplete, error, refetch } = useTurns(projectId, session.id, true);
  const state = useSessionState();
  const { turnId, text, hasComments, select, toggleComments } = state;
  const pauses = useMemo(() => pausesOf(turns), [turns]);
  const selected = useMemo(() => (turnId === null ? -1 : turns.findIndex(({ id }) => id === turnId)), [turns, turnId]);
  const place = useRef(-1);
  const [wish, setWish] = useState(0);
  const choose = useCallback(
    (at: number) => {
      const turn = turns[at];
      if (turn === undefined) return;
      select(turn.id);
      setWish((count) => count + 1);
    },
    [turns, select],
  );
  const keys = useMemo<Shortcut[]>(
    () => [
      { keys: "j", label: "Next turn", run: () => choose(Math.min(place.current + 1, turns.length - 1)) },
      { keys: "k", label: "Previous turn", run: () => choose(Math.max(place.current - 1, 0)) },
      {
        keys: "e",
        label: "Next turn with an error",
        run: () => {
          const at = nextError(turns, place.current);
          if (at < 0) toast("No turn has an error");
          else choose(at);
        },
      },
      { keys: "m", label: "Comments", run: toggleComments },
    ],
    [choose, turns, toggleComments],
  );
  useShortcuts("page", keys);
  const media = useMemo(() => ({ projectId }), [projectId]);
  const isMissing = turnId !== null && selected < 0 && isComplete;
  return (
    <MediaProject value={media}>
      <ProgressBar isActive={!isComplete && error === null} />
      <Head
        projectId={projectId}
        session={session}
        actions={<SessionActions projectId={projectId} session={session} turns={turns} state={state} />}
      />
      {isMissing && (
        <p role="status" className="border-b border-line bg-chip-warn px-3 py-1 text-12 text-warn">
          The turn of this link is not in the session any more.
        </p>
      )}
      {error !== null && turns.length === 0 ? (
        <ErrorState error={error} onRetry={refetch} />
      ) : (
        <div className="flex min-h-0 grow">
          <TurnRail turns={turns} pauses={pauses} current={selected} onChoose={choose} />
          <Conversation
            projectId={projectId}
            turns={turns}
            pauses={pauses}
            text={text}
            selected={selected}
            wish={wish}
            place={place}
          />
          {hasComments && (
            <Suspense fallback={<Skeleton className="m-3 h-24 w-74" />}>
              <SessionComments projectId={projectId} sessionId={session.id} onClose={toggleComments} />
            </Suspense>
          )}
        </div>
      )}
      <footer
        className="tabular flex h-7 shrink-0 items-center gap-2 border-t border-line bg-panel px-3 text-12 text-text-2"
        aria-live="polite"
      >
        {isComplete
          ? `${formatCount(turns.length)} ${turns.length === 1 ? "turn" : "turns"}`
          : `loaded ${formatCount(turns.length)} of ${formatCount(session.traceCount)} turns`}
        {error !== null && turns.length > 0 && (
          <button type="button" className="text-accent hover:underline" onClick={refetch}>
            the rest could not be read, try again
          </button>
        )}
      </footer>
    </MediaProject>
  );
}

function Loading() {
  return (
    <div aria-hidden className="flex flex-col gap-3 p-3">
      <Skeleton className="h-6 w-1/2" />
      <Skeleton className="h-24" />
      <Skeleton className="h-24" />
    </div>
  );
}
