"""What comes before and after a row in the order of a list."""

from msgspec import Struct
from msgspec.structs import replace

from panope.domain.errors import NotFoundError
from panope.domain.ids import ProjectId, is_possible_id
from panope.features.explore.asking import Asking
from panope.features.explore.rows import list_places
from panope.ports.telemetry import TelemetryReader
from panope.query.ast import Condition, Keyset, ListQuery, Op, Sort
from panope.query.question import Question


class Neighbours(Struct, frozen=True):
    """Ids on either side; None at the ends."""

    previous: str | None
    next: str | None


class NeighbourFinding:
    """Finds neighbours."""

    def __init__(self, reader: TelemetryReader, asking: Asking) -> None:
        self._reader = reader
        self._asking = asking

    async def find(self, project_id: ProjectId, question: Question, row_id: str) -> Neighbours:
        """The rows that match on either side of one, which need not match itself. Raises `NotFoundError`."""
        view, sort = question.listing.view, question.sort
        query = await self._asking.query(project_id, replace(question, limit=1, after=None))
        itself = ListQuery(where=Condition("id", Op.EQ, row_id), sort=sort, limit=1, with_ids=False)
        found = await list_places(self._reader, project_id, view, itself) if is_possible_id(row_id) else []
        if not found:
            raise NotFoundError(f"There is none of this id among the {question.listing}")
        here = found[0]
        following = await self._first(project_id, question, replace(query, after=here))
        previous = await self._previous(project_id, question, query, here)
        return Neighbours(previous, None if following is None else following.id)

    async def _previous(self, project_id: ProjectId, question: Question, query: ListQuery, here: Keyset) -> str | None:
        """The next row of the opposite order, but that null is last in either."""
        sort = Sort(query.sort.field, not query.sort.descending)
        opposite = replace(query, sort=sort)
        found = await self._first(project_id, question, replace(opposite, after=here))
        if here.value is None and found is None:
            found = await self._first(project_id, question, opposite)
            return found.id if found is not None and found.value is not None else None
        if found is None or (here.value is not None and found.value is None):
            return None
        return found.id

    async def _first(self, project_id: ProjectId, question: Question, query: ListQuery) -> Keyset | None:
        found = await list_places(self._reader, project_id, question.listing.view, replace(query, limit=1))
        return found[0] if found else None
