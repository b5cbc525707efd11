"""Who may write what at the same time: advisory locks of a transaction, taken all at once and in one order.

A lock stands for a trace, a session or a score. Who writes an observation holds the trace that it lies in and the one
that it goes to, so observations need none of their own. Everybody first holds the lock of the whole store, shared; a
transaction with too many names for the server's lock table takes that one alone, exclusively.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final, NamedTuple
from zlib import crc32

from psycopg import Connection

from panope.adapters.postgres.arrays import Array
from panope.adapters.relational.store import RelationalRowStore
from panope.adapters.relational.transaction import Deletion, Procedure, WriteJob, WriteTransaction
from panope.domain.events import EntityKind, TelemetryEvent
from panope.domain.projection.store import Stored
from panope.domain.scores import ScoreRow
from panope.domain.tracing import SessionRow, TraceRow
from panope.ports.telemetry import IngestBatch

MAX_LOCKS: Final = 1500
"""Of one transaction. The server has room for 64 times its connections, 6,400 by default, shared by everybody."""
_STORE_LOCK: Final = 0x70616E6F_70650003
_WAIT: Final = "20s"
"""How long to wait for another transaction's lock."""
_STALL: Final = "60s"
"""A statement that takes so long is given up; after so long without one the server takes us for dead, and our locks are
free again."""

_BEGIN: Final = (
    "BEGIN ISOLATION LEVEL READ COMMITTED; "
    f"SET LOCAL lock_timeout = '{_WAIT}'; SET LOCAL statement_timeout = '{_STALL}'; "
    f"SET LOCAL idle_in_transaction_session_timeout = '{_STALL}'; "
    # An acknowledgement says that the commit is on disk, whatever the database or the role has been set to.
    "SELECT set_config('synchronous_commit', 'on', true) "
    "WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply'); "
    # Every statement of a writer finds its rows by an index. A plan made while a table was small must not stay.
    "SET LOCAL enable_seqscan = off; "
)
BEGIN_SHARED: Final = f"{_BEGIN}SELECT pg_advisory_xact_lock_shared({_STORE_LOCK})".encode()
BEGIN_ALONE: Final = f"{_BEGIN}SELECT pg_advisory_xact_lock({_STORE_LOCK})".encode()
_PEEK: Final = b"""
WITH named AS (
    SELECT n.project, n.id FROM unnest($1::integer[], $2::text[]) AS n (project, id)
), found AS (
    SELECT o.project, o.trace_id AS id FROM unnest($3::integer[], $4::text[]) AS n (project, id)
    JOIN observation o ON o.project = n.project AND o.id = n.id
)
SELECT 't', f.project, f.id FROM found f
UNION
SELECT 's', t.project, t.session_id FROM (SELECT * FROM named UNION SELECT * FROM found) n
JOIN trace t ON t.project = n.project AND t.id = n.id WHERE coalesce(t.session_id, '') <> ''
"""
_LOCK: Final = b"""
SELECT pg_current_xact_id()::text, count(pg_advisory_xact_lock(n.lock) IS NULL) FROM unnest($1::bigint[]) AS n (lock)
"""


class LockKind(StrEnum):
    """What a lock stands for."""

    TRACE = "t"
    SESSION = "s"
    SCORE = "c"


class Name(NamedTuple):
    """One thing of one project that can be locked."""

    kind: str
    project: int
    id: str

    def key(self) -> int:
        """Number of its lock. Two names may share one, which costs a wait and no more."""
        return self.project << 32 | crc32(f"{self.kind}{self.id}".encode())


class UnlockedError(Exception):
    """The projection has touched what was not locked: run again with these locks as well."""

    def __init__(self, names: Iterable[Name]) -> None:
        super().__init__()
        self.names = frozenset(names)


class Wanted:
    """What the jobs of a transaction name."""

    def __init__(self) -> None:
        self.names: set[Name] = set()
        self._unplaced: set[tuple[int, str]] = set()
        """Observations of which no event says the trace."""

    def add_jobs(self, jobs: Sequence[WriteJob], projects: Mapping[str, int]) -> None:
        """Everything that the jobs name; every project must be numbered."""
        for job in jobs:
            project = projects[job.project_id]
            if isinstance(job, IngestBatch):
                for event in job.events:
                    self._add_event(project, event)
            elif isinstance(job, Deletion):
                self.names.update(Name(LockKind.TRACE, project, trace_id) for trace_id in job.trace_ids)
                self.names.update(Name(LockKind.SCORE, project, score_id) for score_id in job.score_ids)
            elif isinstance(job, Procedure):
                self._unplaced.update((project, observation_id) for observation_id in job.observation_ids)

    def peek(self, connection: Connection[Any]) -> set[Name]:
        """Add what is stored of it: the traces of observations, the sessions of traces."""
        traces = [name for name in self.names if name.kind == LockKind.TRACE]
        if not traces and not self._unplaced:
            return self.names
        params = (*_arrays((name.project, name.id) for name in traces), *_arrays(self._unplaced))
        found = connection.execute(_PEEK, params).fetchall()
        return self.names.union(Name(*record) for record in found)

    def _add_event(self, project: int, event: TelemetryEvent) -> None:
        if event.kind == EntityKind.SCORE:
            self.names.add(Name(LockKind.SCORE, project, event.entity_id))
        if event.kind == EntityKind.TRACE:
            self.names.add(Name(LockKind.TRACE, project, event.entity_id))
            session_id = event.values.get("session_id") or event.derived.get("session_id")
            if session_id:
                self.names.add(Name(LockKind.SESSION, project, session_id))
            return
        trace_id = event.values.get("trace_id") or event.derived.get("trace_id")
        if trace_id:
            self.names.add(Name(LockKind.TRACE, project, trace_id))
        elif event.kind == EntityKind.OBSERVATION:
            self.names.add(Name(LockKind.TRACE, project, event.entity_id))
            self._unplaced.add((project, event.entity_id))


class Held:
    """The locks that a transaction holds."""

    def __init__(self, names: set[Name] | None) -> None:
        self._names = names
        """None: all."""

    def require(self, kind: LockKind, project: int, ids: Iterable[str]) -> None:
        """Raise `UnlockedError` unless all of them are locked."""
        if self._names is None:
            return
        names = self._names
        missing = [name for entity_id in ids if (name := Name(kind, project, entity_id)) not in names]
        if missing:
            raise UnlockedError(missing)


def take(connection: Connection[Any], names: Iterable[Name]) -> str:
    """Take the locks, in the order of their numbers; returns the id of the transaction."""
    keys = sorted({name.key() for name in names})
    found = connection.execute(_LOCK, (Array("int8", keys) if keys else [],)).fetchone()
    assert found is not None
    return str(found[0])


class LockedRowStore(RelationalRowStore):
    """A row store that gives out nothing that its transaction has not locked."""

    held: Held

    def load_traces(self, ids: Iterable[str]) -> dict[str, Stored[TraceRow]]:
        """Traces by id."""
        wanted = list(ids)
        self.held.require(LockKind.TRACE, self._project, wanted)
        return super().load_traces(wanted)

    def load_sessions(self, ids: Iterable[str]) -> dict[str, SessionRow]:
        """Sessions by id."""
        wanted = list(ids)
        self.held.require(LockKind.SESSION, self._project, wanted)
        return super().load_sessions(wanted)

    def load_scores(self, ids: Iterable[str]) -> dict[str, Stored[ScoreRow]]:
        """Scores by id."""
        wanted = list(ids)
        self.held.require(LockKind.SCORE, self._project, wanted)
        return super().load_scores(wanted)


class LockedTransaction(WriteTransaction):
    """A write transaction over what it has locked."""

    held: Held

    def _open_store(self, project: int) -> RelationalRowStore:
        store = LockedRowStore(self._session, self._dialect, project)
        store.held = self.held
        return store


def _arrays(pairs: Iterable[tuple[int, str]]) -> tuple[object, object]:
    listed = list(pairs)
    if not listed:
        return [], []
    return Array("int4", [project for project, _ in listed]), Array("text", [name for _, name in listed])
