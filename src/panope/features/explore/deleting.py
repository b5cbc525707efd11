"""Deleting traces or scores: those that are named, or all that match a question; of traces in the background."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from msgspec.structs import replace

from panope.domain.errors import ConflictError, TooBroadError
from panope.domain.ids import ProjectId
from panope.domain.operations import Cursor, Operation, OperationKind, OperationOrder, Selection
from panope.domain.projection.deletion import first_at_once
from panope.features.explore.asking import Asking
from panope.features.explore.counts import MAX_COUNTED, Counts
from panope.features.explore.rows import list_rows, place_of
from panope.features.tracing.deletion import TraceDeletion
from panope.kit.clock import Clock
from panope.ports.operations import Holder, OperationStore, Progress
from panope.ports.telemetry import TelemetryReader
from panope.query.ast import Keyset, Sort
from panope.query.question import Listing, Question

MAX_DELETED: Final = 10_000
"""Rows that one request deletes."""
_AT_ONCE: Final = 500
_BY_TIME: Final = Sort("timestamp")


DeleteAll = Callable[[ProjectId, Sequence[str]], Awaitable[object]]
"""Deletes the rows with these ids; ids that name nothing are no error."""


class Deleting:
    """Deletes rows of one list, whose number the caller has confirmed."""

    def __init__(self, reader: TelemetryReader, asking: Asking, delete_all: DeleteAll) -> None:
        self._reader = reader
        self._asking = asking
        self._delete_all = delete_all

    async def delete(self, project_id: ProjectId, listing: Listing, ids: Sequence[str], confirmed: int) -> int:
        """Delete these rows, and return how many were named. Raises `ConflictError` unless it is the number."""
        _require(listing, len(ids), confirmed)
        for start in range(0, len(ids), _AT_ONCE):
            await self._delete_all(project_id, ids[start : start + _AT_ONCE])
        return len(ids)

    async def delete_matching(self, project_id: ProjectId, question: Question, confirmed: int) -> int:
        """Delete the rows that match now, and return how many. Raises `ConflictError` unless it is the number.

        Raises `TooBroadError` when more match than one request deletes; then nothing was deleted.
        """
        ids = await self._matching(project_id, question)
        return await self.delete(project_id, question.listing, ids, confirmed)

    async def _matching(self, project_id: ProjectId, question: Question) -> list[str]:
        query = await self._asking.query(project_id, replace(question, sort=_BY_TIME, after=None))
        query = replace(query, limit=_AT_ONCE)
        found: list[str] = []
        while True:
            rows = await list_rows(self._reader, project_id, question.listing.view, query)
            found += [one.row.id for one in rows]
            if len(found) > MAX_DELETED:
                raise TooBroadError(
                    f"More than {MAX_DELETED:,} {question.listing} match, and so many can be deleted at once: "
                    "narrow the time or the query",
                    code="query_too_broad",
                )
            if len(rows) < _AT_ONCE:
                return found
            query = replace(query, after=place_of(rows[-1], _BY_TIME))


class BulkDeletion:
    """Deletes all that matches a question, a stretch at a time, as an operation. What comes meanwhile is left alone."""

    def __init__(
        self,
        store: OperationStore,
        reader: TelemetryReader,
        asking: Asking,
        deletion: TraceDeletion,
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._store = store
        self._reader = reader
        self._asking = asking
        self._counts = Counts(reader, asking)
        self._deletion = deletion
        self._clock = clock
        self._new_id = new_id

    async def request(self, project_id: ProjectId, question: Question, confirmed: int) -> Operation:
        """Keep the order for whoever carries operations out.

        Raises `ConflictError` unless as many match as were confirmed, `TooBroadError` when more do than are counted.
        """
        now_us = self._clock()
        question = replace(await self._asking.pin(project_id, question), now_us=now_us)
        counted = await self._counts.count(project_id, question)
        if not counted.is_exact or counted.count > MAX_COUNTED:
            raise TooBroadError(
                f"More than {MAX_COUNTED:,} traces match, and only what is counted can be confirmed: "
                "narrow the time or the query",
                code="query_too_broad",
            )
        _require(Listing.TRACES, counted.count, confirmed)
        selection = Selection(
            text=question.text,
            score_types=dict(question.score_types or {}),
            environments=question.environments,
            from_us=question.from_us,
            until_us=question.until_us,
            count=confirmed,
        )
        order = OperationOrder(kind=OperationKind.DELETE, since_us=0, until_us=now_us, selection=selection)
        operation = Operation(id=self._new_id(), project_id=project_id, order=order, created_us=now_us)
        await self._store.add(operation)
        return operation

    async def advance(self, operation: Operation, holder: Holder) -> Operation | None:
        """Delete the next stretch of an operation that `holder` has claimed, and finish it after the last.

        Returns the operation as it stands; None when the holder has lost it.
        """
        project_id, selection, cursor = operation.project_id, operation.order.selection, operation.cursor
        assert selection is not None
        question = Question(
            listing=Listing.TRACES,
            text=selection.text,
            now_us=operation.created_us,
            score_types=selection.score_types,
            environments=selection.environments,
            from_us=selection.from_us,
            until_us=selection.until_us,
            sort=_BY_TIME,
            after=Keyset(cursor.start_us, cursor.id) if cursor else None,
        )
        query = replace(await self._asking.query(project_id, question), limit=_AT_ONCE, with_ids=False)
        rows = first_at_once([found.row for found in (await self._reader.list_traces(project_id, query)).rows])
        if not rows:
            is_done = await self._store.finish(project_id, operation.id, holder)
            return await self._store.get(project_id, operation.id) if is_done else None
        held = await self._store.claim(project_id, operation.id, holder)
        if held is None or held.cursor != cursor:
            return None
        meant = [row.id for row in rows if row.created_us <= operation.created_us]
        await self._deletion.delete_traces(project_id, meant)
        progress = Progress(Cursor(rows[-1].timestamp_us, rows[-1].id), len(rows), len(meant))
        return await self._store.note(project_id, operation.id, progress, holder)


def _require(listing: Listing, count: int, confirmed: int) -> None:
    if count != confirmed:
        raise ConflictError(
            f"{count:,} {listing} would be deleted and {confirmed:,} were confirmed: look again, then confirm {count}",
            code="count_changed",
        )
