"""Numbers over telemetry: counted, summed and spread out, by dimension and step of time."""

from typing import Final, Protocol

from panope.domain.ids import ProjectId
from panope.query.metrics.arrange import MetricsRow
from panope.query.metrics.ast import MetricsQuery

MAX_GROUPS: Final = 100_000
"""Rows that one question may have as its answer."""


class MetricsReader(Protocol):
    """Answers metrics queries that have been validated. Sees everything that was acknowledged before the call began."""

    async def run(self, project_id: ProjectId, query: MetricsQuery) -> list[MetricsRow]:
        """One row per group that anything in the window falls into, in any order; none for a project without telemetry.

        Without dimensions and granularity everything is one group, which is there even when it is empty. An engine may
        leave rows out that the order of the query puts behind its limit. Counts, and sums of whole numbers, are exact
        at any size; quantiles are exact, interpolated between the two closest values; floating-point results are
        right to 1e-9 of themselves. Answers from time buckets and from rows are the same.

        Raises `TooBroadError` for a question that would visit more rows than the engine's `ReadBound` allows, with a
        window that would not, and for one with more than `MAX_GROUPS` groups.
        """

    async def close(self) -> None:
        """Release connections. Idempotent."""
