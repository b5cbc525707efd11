"""The use case that sums scores up."""

import asyncio
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from panope.domain.ids import ProjectId
from panope.domain.scoring.aggregates import ScoreAggregate, ScoreGrouping, sum_up
from panope.ports.bounds import too_broad
from panope.ports.telemetry import TelemetryReader
from panope.query.ast import Node
from panope.query.fields import View
from panope.query.validate import validate_where

MAX_TALLIES: Final = 100_000
"""Different values in all groups together."""
MAX_GROUPS: Final = 10_000
_MANY_TALLIES: Final = 1_000
"""What is summed up in a few milliseconds."""


class ScoreAggregation:
    """Sums up the scores of one engine."""

    def __init__(self, reader: TelemetryReader) -> None:
        self._reader = reader

    async def aggregate(
        self, project_id: ProjectId, where: Node, grouping: ScoreGrouping, percentiles: Sequence[Fraction] = ()
    ) -> Sequence[ScoreAggregate]:
        """Groups of the scores that match, by (time, group, data type); percentiles are between 0 and 100.

        Raises `TooBroadError` when there are too many different values or groups.
        """
        validate_where(View.SCORES, where)
        tallies = await self._reader.tally_scores(project_id, where, grouping, MAX_TALLIES)
        if len(tallies) > _MANY_TALLIES:
            groups = await asyncio.to_thread(sum_up, tallies, grouping.bucket, percentiles)
        else:
            groups = sum_up(tallies, grouping.bucket, percentiles)
        if len(groups) > MAX_GROUPS:
            raise too_broad()
        return groups
