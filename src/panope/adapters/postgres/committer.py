"""Group commits over one connection, by one thread; any number of processes may do the same on one database."""

from collections.abc import Sequence
from typing import Any, Final

import psycopg
import structlog
from msgspec import Struct
from psycopg import Connection, RawCursor

from panope.adapters.postgres import locks
from panope.adapters.postgres.arrays import Array, register_arrays
from panope.adapters.postgres.buckets import BucketFolder
from panope.adapters.postgres.connection.connect import connect
from panope.adapters.postgres.connection.durability import require_durable
from panope.adapters.postgres.connection.errors import is_lost, is_race, is_unprepared, storage_errors
from panope.adapters.postgres.connection.plans import RENEW, KeptPlans
from panope.adapters.postgres.dialect import PostgresDialect
from panope.adapters.postgres.session import KeyBlocks, PostgresSession
from panope.adapters.relational.transaction import Known, WriteJob

_MAX_RERUNS: Final = 6
_ALONE_AFTER: Final = 3
"""Reruns after which a transaction takes the whole store, so that it must succeed."""
_PREPARE_AFTER: Final = 3
_FIND_PROJECTS: Final = b"SELECT id, number FROM project WHERE id = ANY($1)"
_ADD_PROJECTS: Final = b"INSERT INTO project (id) SELECT unnest($1::text[]) ON CONFLICT (id) DO NOTHING"
_log = structlog.get_logger("panope.postgres")


class _Unsure(Struct, frozen=True):
    """A transaction whose COMMIT got no answer."""

    xid: str
    answers: list[Any]


class _Task(Struct):
    """What is known about the work of one group after the attempts so far."""

    jobs: Sequence[WriteJob]
    extra: set[locks.Name]
    """Names that the projection turned out to touch."""
    reruns: int = 0
    has_reconnected: bool = False
    is_alone: bool = False
    unsure: _Unsure | None = None


class PostgresCommitter:
    """Implements `Committer`."""

    def __init__(self, url: str, *, must_be_durable: bool = False) -> None:
        self._url = url
        self._must_be_durable = must_be_durable
        self._dialect = PostgresDialect()
        self._known = Known()
        self._keys = KeyBlocks()
        self._buckets = BucketFolder()
        self._connection: Connection[Any] | None = None
        self._plans = KeptPlans(_PREPARE_AFTER)

    def commit(self, jobs: Sequence[WriteJob]) -> list[Any]:
        """See the protocol."""
        task = _Task(jobs, set())
        with storage_errors():
            while True:
                try:
                    answers = self._attempt(task)
                except locks.UnlockedError as error:
                    task.extra |= error.names
                    self._count_rerun(task)
                except psycopg.Error as error:
                    self._recover(task, error)
                else:
                    self._fold_buckets()
                    return answers

    def close(self) -> None:
        """See the protocol."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _attempt(self, task: _Task) -> list[Any]:
        connection = self._connection = self._connection or self._connect()
        if self._plans.are_due(connection):
            connection.execute(RENEW, prepare=False)
        self._number_projects(connection, {str(job.project_id) for job in task.jobs})
        wanted = locks.Wanted()
        wanted.add_jobs(task.jobs, self._known.projects)
        task.is_alone = task.is_alone or len(wanted.names) + len(task.extra) > locks.MAX_LOCKS
        try:
            connection.execute(locks.BEGIN_ALONE if task.is_alone else locks.BEGIN_SHARED, prepare=False)
            names = None if task.is_alone else wanted.peek(connection) | task.extra
            xid = locks.take(connection, names or ())
            if task.unsure is not None and _is_committed(connection, task.unsure.xid):
                connection.execute(b"ROLLBACK", prepare=False)
                return task.unsure.answers
            task.unsure = None
            return self._run(connection, task, locks.Held(names), xid)
        except BaseException:
            self._roll_back(connection)
            raise

    def _run(self, connection: Connection[Any], task: _Task, held: locks.Held, xid: str) -> list[Any]:
        session = PostgresSession(connection, self._keys)
        transaction = locks.LockedTransaction(session, self._dialect, self._known)
        transaction.held = held
        answers = transaction.run(task.jobs)
        session.flush()
        task.unsure = _Unsure(xid, answers)
        connection.execute(b"COMMIT", prepare=False)
        transaction.remember()
        self._buckets.note(session.bucket_hours)
        return answers

    def _recover(self, task: _Task, error: psycopg.Error) -> None:
        """Prepare for another attempt, or raise the error when there is no point in one."""
        connection = self._connection
        if connection is None:
            raise error
        if is_lost(connection):
            # Also when the answer to COMMIT was lost: what is stored already is not written twice.
            self.close()
            if task.has_reconnected:
                raise error
            task.has_reconnected = True
            return
        task.unsure = None
        if is_unprepared(error) and self._plans.give_up(connection):
            self.close()
        elif isinstance(error, psycopg.errors.OutOfMemory) and not task.is_alone:
            task.is_alone = True
        elif is_race(error):
            self._count_rerun(task, error)
        else:
            raise error

    @staticmethod
    def _count_rerun(task: _Task, error: psycopg.Error | None = None) -> None:
        task.reruns += 1
        if task.reruns > _MAX_RERUNS and error is not None:
            raise error
        if task.reruns >= _ALONE_AFTER:
            task.is_alone = True

    def _connect(self) -> Connection[Any]:
        connection = connect(self._url, autocommit=True)
        connection.cursor_factory = RawCursor
        if self._must_be_durable:
            try:
                require_durable(connection)
            except BaseException:
                connection.close()
                raise
        register_arrays(connection)
        self._plans.allow(connection)
        return connection

    def _number_projects(self, connection: Connection[Any], project_ids: set[str]) -> None:
        """Number projects at first sight, in a commit of its own: nobody waits for that, and it never goes away."""
        new = sorted(project_ids - self._known.projects.keys())
        if not new:
            return
        ids = (Array("text", new),)
        connection.execute(_ADD_PROJECTS, ids)
        self._known.projects.update(connection.execute(_FIND_PROJECTS, ids).fetchall())

    def _roll_back(self, connection: Connection[Any]) -> None:
        """A connection that cannot is replaced."""
        try:
            if connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
                connection.execute(b"ROLLBACK", prepare=False)
        except psycopg.Error:
            connection.close()

    def _fold_buckets(self) -> None:
        """Housekeeping: what was asked for is committed, so a failure here is nobody's error."""
        if self._connection is None:
            return
        try:
            self._buckets.fold(self._connection)
        except psycopg.Error as error:
            _log.warning("time buckets could not be folded", error=type(error).__name__)
            self.close()


def _is_committed(connection: Connection[Any], xid: str) -> bool:
    """Whether an earlier transaction of ours is committed; on another server than it ran on, it is not."""
    with_savepoint = connection.transaction()
    try:
        with with_savepoint:
            found = connection.execute(b"SELECT pg_xact_status($1::xid8)", (xid,)).fetchone()
    except psycopg.DatabaseError:
        return False
    return found is not None and found[0] == "committed"
