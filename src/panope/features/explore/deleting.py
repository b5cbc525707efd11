"""Deleting traces: those that are named, or all that match a question."""

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from panope.domain.errors import ConflictError, TooBroadError
from panope.domain.ids import ProjectId
from panope.features.explore.asking import Asking
from panope.features.tracing.deletion import TraceDeletion
from panope.ports.telemetry import TelemetryReader
from panope.query.ast import Keyset, Sort
from panope.query.question import Question

MAX_DELETED: Final = 10_000
"""Traces that one request deletes."""
_AT_ONCE: Final = 500
_BY_TIME: Final = Sort("timestamp")


class TraceDeleting:
    """Deletes traces whose number the caller has confirmed."""

    def __init__(self, reader: TelemetryReader, asking: Asking, deletion: TraceDeletion) -> None:
        self._reader = reader
        self._asking = asking
        self._deletion = deletion

    async def delete(self, project_id: ProjectId, trace_ids: Sequence[str], confirmed: int) -> int:
        """Delete these traces, and return how many were named. Raises `ConflictError` unless it is the number."""
        _require(len(trace_ids), confirmed)
        for start in range(0, len(trace_ids), _AT_ONCE):
            await self._deletion.delete_traces(project_id, trace_ids[start : start + _AT_ONCE])
        return len(trace_ids)

    async def delete_matching(self, project_id: ProjectId, question: Question, confirmed: int) -> int:
        """Delete the traces that match now, and return how many. Raises `ConflictError` unless it is the number.

        Raises `TooBroadError` when more match than one request deletes; then nothing was deleted.
        """
        return await self.delete(project_id, await self._matching(project_id, question), confirmed)

    async def _matching(self, project_id: ProjectId, question: Question) -> list[str]:
        query = await self._asking.query(project_id, replace(question, sort=_BY_TIME, after=None))
        found: list[str] = []
        while True:
            rows = (await self._reader.list_traces(project_id, replace(query, limit=_AT_ONCE))).rows
            found += [traced.row.id for traced in rows]
            if len(found) > MAX_DELETED:
                raise TooBroadError(
                    f"More than {MAX_DELETED:,} traces match, and so many can be deleted at once: "
                    "narrow the time or the query",
                    code="query_too_broad",
                )
            if len(rows) < _AT_ONCE:
                return found
            query = replace(query, after=Keyset(rows[-1].row.timestamp_us, rows[-1].row.id))


def _require(count: int, confirmed: int) -> None:
    if count != confirmed:
        raise ConflictError(
            f"{count:,} traces would be deleted and {confirmed:,} were confirmed: look again, then confirm {count}",
            code="count_changed",
        )
