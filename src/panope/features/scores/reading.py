"""Use cases that read scores."""

from collections.abc import Sequence

from panope.domain.errors import NotFoundError
from panope.domain.ids import ProjectId
from panope.ports.telemetry import Page, Scored, TelemetryReader
from panope.query.ast import ListQuery
from panope.query.fields import View
from panope.query.validate import validate_query


class ScoreReading:
    """Reads of one engine."""

    def __init__(self, reader: TelemetryReader) -> None:
        self._reader = reader

    async def get_score(self, project_id: ProjectId, score_ids: Sequence[str]) -> Scored:
        """One score by the ids that its name may stand for, the likeliest first; NotFoundError when none exists."""
        for score_id in score_ids:
            found = await self._reader.get_score(project_id, score_id)
            if found is not None:
                return found
        raise score_not_found()

    async def list_scores(self, project_id: ProjectId, query: ListQuery) -> Page[Scored]:
        """One page of scores."""
        validate_query(View.SCORES, query)
        return await self._reader.list_scores(project_id, query)


def score_not_found() -> NotFoundError:
    """Build the error for a score that does not exist."""
    return NotFoundError("Score not found")
