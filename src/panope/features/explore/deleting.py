"""Deleting traces or scores: those that are named, or all that match a question."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from msgspec.structs import replace

from panope.domain.errors import ConflictError, TooBroadError
from panope.domain.ids import ProjectId
from panope.features.explore.asking import Asking
from panope.features.explore.rows import list_rows, place_of
from panope.ports.telemetry import TelemetryReader
from panope.query.ast import Sort
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


def _require(listing: Listing, count: int, confirmed: int) -> None:
    if count != confirmed:
        raise ConflictError(
            f"{count:,} {listing} would be deleted and {confirmed:,} were confirmed: look again, then confirm {count}",
            code="count_changed",
        )
