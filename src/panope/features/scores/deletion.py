"""The use case that deletes scores."""

from collections.abc import Sequence

from panope.domain.ids import ProjectId
from panope.kit.clock import Clock
from panope.ports.telemetry import TelemetryWriter


class ScoreDeletion:
    """Deletes scores of every kind; what was sent before now cannot bring them back."""

    def __init__(self, writer: TelemetryWriter, clock: Clock) -> None:
        self._writer = writer
        self._clock = clock

    async def delete_score(self, project_id: ProjectId, score_ids: Sequence[str]) -> None:
        """Delete the score that a name stands for: the first of its possible ids that exists, if any does."""
        for score_id in score_ids:
            if await self._writer.delete_scores(project_id, [score_id], at_us=self._clock()):
                return

    async def delete_scores(self, project_id: ProjectId, score_ids: Sequence[str]) -> None:
        """Delete many scores at once; ids that name nothing are no error."""
        await self._writer.delete_scores(project_id, list(dict.fromkeys(score_ids)), at_us=self._clock())
