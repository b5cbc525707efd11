"""From a question to conditions that every engine can answer."""

from panope.domain.errors import InvalidError
from panope.domain.ids import ProjectId
from panope.ports.telemetry import TelemetryReader
from panope.query.ast import And, ListQuery, Node
from panope.query.question import Question, bound
from panope.query.validate import validate_query


class Asking:
    """Reads questions. The data types of the scores that a text names come from the project."""

    def __init__(self, reader: TelemetryReader) -> None:
        self._reader = reader

    async def where(self, project_id: ProjectId, question: Question) -> Node:
        """Every condition of a question. Raises `InvalidError` for a text that cannot be read."""
        return And((bound(question), await self._text(project_id, question)))

    async def query(self, project_id: ProjectId, question: Question) -> ListQuery:
        """The page that a question asks for, with one more row that tells whether another page follows."""
        query = ListQuery(
            where=await self.where(project_id, question),
            sort=question.sort,
            limit=question.limit + 1,
            after=question.after,
            with_ids=False,
        )
        validate_query(question.listing.view, query)
        return query

    async def _text(self, _project_id: ProjectId, question: Question) -> Node:
        if question.text:
            raise InvalidError("q is not read yet")
        return And(())
