"""How much matches a question."""

from typing import Final

from panope.domain.ids import ProjectId
from panope.features.explore.asking import Asking
from panope.ports.exploration import RowCount
from panope.ports.telemetry import TelemetryReader
from panope.query.question import Question

MAX_COUNTED: Final = 100_000
"""Counts are exact up to here."""


class Counts:
    """Counts of one engine."""

    def __init__(self, reader: TelemetryReader, asking: Asking) -> None:
        self._reader = reader
        self._asking = asking

    async def count(self, project_id: ProjectId, question: Question) -> RowCount:
        """How many rows match."""
        where = await self._asking.where(project_id, question)
        return await self._reader.count_rows(project_id, question.listing.view, where, MAX_COUNTED)
