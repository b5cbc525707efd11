"""The telemetry writer of the relational engines: one thread, one connection, one commit for all that waits."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol, TypeVar

from panope.adapters.relational.transaction import Deletion, Erasing, Procedure, Recording, WriteJob
from panope.domain.errors import UnavailableError
from panope.domain.ids import ProjectId
from panope.domain.ledger import Receipt
from panope.kit.batching import GroupCommit, Limits, OnCommit, QueueClosedError, QueueFullError
from panope.ports.telemetry import IngestBatch

_EVENT_BYTES: Final = 200
"""What an event weighs at least, so that a group of many tiny events ends as well."""
_ID_BYTES: Final = 2_000
_RECEIPT_BYTES: Final = 500


Result = TypeVar("Result")


class Committer(Protocol):
    """What an engine brings: the connection and its transactions. Used by one thread at a time."""

    def commit(self, jobs: Sequence[WriteJob]) -> list[Any]:
        """Run the jobs in one durable transaction; see `WriteTransaction.run`. Raises with nothing stored."""

    def close(self) -> None:
        """Release the connection. Idempotent."""


class RelationalWriter:
    """Implements `TelemetryWriter` over a committer."""

    def __init__(
        self, committer: Committer, *, limits: Limits | None = None, on_commit: OnCommit | None = None
    ) -> None:
        self._committer = committer
        self._queue: GroupCommit[WriteJob, Any] = GroupCommit(
            committer.commit, name="telemetry-writer", limits=limits, is_hopeless=_is_hopeless, on_commit=on_commit
        )

    async def apply(self, batch: IngestBatch) -> None:
        """See the port."""
        weight = max(batch.receipt.body_bytes, _EVENT_BYTES * len(batch.events)) + _RECEIPT_BYTES
        await self._submit(batch, weight)

    async def delete_traces(self, project_id: ProjectId, trace_ids: Sequence[str], *, at_us: int) -> int:
        """See the port."""
        job = Deletion(project_id=project_id, trace_ids=tuple(trace_ids), at_us=at_us)
        return int(await self._submit(job, _ID_BYTES * len(trace_ids)))

    async def delete_scores(self, project_id: ProjectId, score_ids: Sequence[str], *, at_us: int) -> int:
        """See the port."""
        job = Deletion(project_id=project_id, score_ids=tuple(score_ids), at_us=at_us)
        return int(await self._submit(job, _ID_BYTES * len(score_ids)))

    async def erase_records(self, project_id: ProjectId, limit: int) -> int:
        """See the port."""
        return int(await self._submit(Erasing(project_id=project_id, limit=limit), _RECEIPT_BYTES))

    async def prepare(self, work: Callable[[], Result]) -> Result:
        """On the thread that commits."""
        try:
            return await self._queue.run(work)
        except QueueClosedError:
            raise _stopping() from None

    async def record(self, project_id: ProjectId, receipt: Receipt) -> None:
        """See the port."""
        await self._submit(Recording(project_id=project_id, receipt=receipt), _RECEIPT_BYTES)

    async def close(self) -> None:
        """See the port."""
        await self._queue.close()
        await asyncio.to_thread(self._committer.close)

    @property
    def depth(self) -> int:
        """Requests that wait for the next commit."""
        return self._queue.depth

    async def run(self, procedure: Procedure) -> Any:
        """Do something else in a write transaction, and return what came of it; durable then.

        Raises what the procedure raised, or `UnavailableError`; then nothing is changed.
        """
        return await self._submit(procedure, _EVENT_BYTES * len(procedure.observation_ids) + _RECEIPT_BYTES)

    async def _submit(self, job: WriteJob, size: int) -> Any:
        try:
            return await self._queue.submit(job, size)
        except QueueFullError:
            raise UnavailableError(
                "More telemetry arrives than can be made durable: send again in a second",
                code="queue_full",
                retry_after_s=1,
            ) from None
        except QueueClosedError:
            raise _stopping() from None


def _stopping() -> UnavailableError:
    text = "The server is stopping: send again to the one that follows"
    return UnavailableError(text, code="stopping", retry_after_s=1)


def _is_hopeless(error: Exception) -> bool:
    return isinstance(error, UnavailableError)
