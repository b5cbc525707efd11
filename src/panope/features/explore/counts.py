"""How much matches a question."""

from typing import Final

from panope.domain.ids import ProjectId
from panope.features.explore.asking import Asking
from panope.ports.exploration import RowCount
from panope.ports.telemetry import TelemetryReader
from panope.query.question import Question
from panope.query.validate import validate_where

MAX_COUNTED: Final = 100_000
"""Counts are exact up to here."""


class Counts:
    """Counts of one engine."""

    def __init__(self, reader: TelemetryReader, asking: Asking) -> None:
        self._reader = reader
        self._asking = asking

    async def count(self, project_id: ProjectId, question: Question) -> RowCount:
        """How many rows match."""
        view = question.listing.view
        where = await self._asking.where(project_id, question)
        validate_where(view, where)
        return await self._reader.count_rows(project_id, view, where, MAX_COUNTED)
