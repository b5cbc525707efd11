"""The telemetry writer: one thread, one connection, one commit for all that waits."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from panope.adapters.relational.transaction import Deletion, Known, Recording, WriteJob, WriteTransaction
from panope.adapters.sqlite.connection import SqliteSession, open_writer, storage_errors
from panope.adapters.sqlite.dialect import SqliteDialect
from panope.adapters.sqlite.driver import sqlite3
from panope.domain.errors import UnavailableError
from panope.domain.ids import ProjectId
from panope.domain.ledger import Receipt
from panope.kit.batching import GroupCommit, Limits, OnCommit, QueueClosedError, QueueFullError
from panope.ports.telemetry import IngestBatch

_EVENT_BYTES: Final = 200
"""What an event weighs at least, so that a group of many tiny events ends as well."""
_ID_BYTES: Final = 2_000
_RECEIPT_BYTES: Final = 500


class SqliteTelemetryWriter:
    """Implements `TelemetryWriter` on one file, whose only writer it must be."""

    def __init__(self, path: Path, *, limits: Limits | None = None, on_commit: OnCommit | None = None) -> None:
        self._path = path
        self._dialect = SqliteDialect()
        self._known = Known()
        self._connection: sqlite3.Connection | None = None
        self._queue: GroupCommit[WriteJob, int] = GroupCommit(
            self._commit, name="telemetry-writer", limits=limits, is_hopeless=_is_hopeless, on_commit=on_commit
        )

    async def apply(self, batch: IngestBatch) -> None:
        """See the port."""
        weight = max(batch.receipt.body_bytes, _EVENT_BYTES * len(batch.events)) + _RECEIPT_BYTES
        await self._submit(batch, weight)

    async def delete_traces(self, project_id: ProjectId, trace_ids: Sequence[str], *, at_us: int) -> int:
        """See the port."""
        job = Deletion(project_id=project_id, trace_ids=tuple(trace_ids), at_us=at_us)
        return await self._submit(job, _ID_BYTES * len(trace_ids))

    async def delete_scores(self, project_id: ProjectId, score_ids: Sequence[str], *, at_us: int) -> int:
        """See the port."""
        job = Deletion(project_id=project_id, score_ids=tuple(score_ids), at_us=at_us)
        return await self._submit(job, _ID_BYTES * len(score_ids))

    async def record(self, project_id: ProjectId, receipt: Receipt) -> None:
        """See the port."""
        await self._submit(Recording(project_id=project_id, receipt=receipt), _RECEIPT_BYTES)

    async def close(self) -> None:
        """See the port."""
        await self._queue.close()
        self._drop_connection()

    @property
    def depth(self) -> int:
        """Requests that wait for the next commit."""
        return self._queue.depth

    async def _submit(self, job: WriteJob, size: int) -> int:
        try:
            return await self._queue.submit(job, size)
        except QueueFullError:
            raise UnavailableError(
                "More telemetry arrives than can be made durable: send again in a second",
                code="queue_full",
                retry_after_s=1,
            ) from None
        except QueueClosedError:
            raise UnavailableError(
                "The server is stopping: send again to the one that follows", code="stopping", retry_after_s=1
            ) from None

    def _commit(self, jobs: Sequence[WriteJob]) -> list[int]:
        """Run the jobs in one transaction; on the writer's thread."""
        with storage_errors():
            connection = self._connection or open_writer(self._path)
            self._connection = connection
            try:
                connection.execute("BEGIN IMMEDIATE")
                transaction = WriteTransaction(SqliteSession(connection), self._dialect, self._known)
                answers = transaction.run(jobs)
                connection.execute("COMMIT")
            except BaseException:
                self._roll_back(connection)
                raise
            transaction.remember()
            return answers

    def _roll_back(self, connection: sqlite3.Connection) -> None:
        """SQLite has rolled back by itself after some errors; a connection that cannot is replaced."""
        try:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        except sqlite3.Error:
            self._drop_connection()

    def _drop_connection(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _is_hopeless(error: Exception) -> bool:
    return isinstance(error, UnavailableError)
