"""How much matches a question, and when it happened."""

from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from panope.domain.errors import TooBroadError
from panope.domain.ids import ProjectId
from panope.domain.rollups import DAY_US, HOUR_US
from panope.features.explore.asking import Asking
from panope.features.explore.clock import zoned_grid
from panope.features.explore.rows import list_rows, place_of
from panope.ports.exploration import Asked, RowCount, TimeCount
from panope.ports.telemetry import TelemetryReader
from panope.query.ast import ListQuery, Node, Sort
from panope.query.fields import View
from panope.query.question import TIMES, Listing, Question

MAX_COUNTED: Final = 100_000
"""Counts are exact up to here."""
_SECOND_US: Final = 1_000_000
_MINUTE_US: Final = 60 * _SECOND_US
_FAR_US: Final = 2**61
"""Beyond the year 70,000 in either direction."""
_MAX_STEPS: Final = 120
"""Bars of a histogram."""
_WIDTHS: Final = (
    *(number * _SECOND_US for number in (1, 2, 5, 10, 15, 30)),
    *(number * _MINUTE_US for number in (1, 2, 5, 10, 15, 30)),
    *(number * HOUR_US for number in (1, 2, 3, 6, 12)),
    *(number * DAY_US for number in (1, 2, 7, 14, 28, 91, 364)),
)
"""Widths that are easily read."""


class Histogram(Struct, frozen=True):
    """Rows by time, without gaps."""

    width_us: int
    """Of a step on a day without a change of the clock."""
    steps: list[TimeCount]
    until_us: int
    """End of the last step."""


class Counts:
    """Counts of one engine."""

    def __init__(self, reader: TelemetryReader, asking: Asking) -> None:
        self._reader = reader
        self._asking = asking

    async def count(self, project_id: ProjectId, question: Question) -> RowCount:
        """How many rows match."""
        where = await self._asking.where(project_id, question)
        if question.listing is Listing.USERS:
            return await self._count_users(project_id, where)
        return await self._reader.count_rows(project_id, question.listing.view, where, MAX_COUNTED)

    async def require_exportable(self, project_id: ProjectId, question: Question) -> None:
        """Raise `TooBroadError` when more rows match than a file holds."""
        found = await self.count(project_id, question)
        if not found.is_exact or found.count > MAX_COUNTED:
            raise TooBroadError(
                f"More than {MAX_COUNTED:,} {question.listing} match, and a file holds so many: narrow the time or the "
                "query, and export in parts",
                code="query_too_broad",
            )

    async def _count_users(self, project_id: ProjectId, where: Node) -> RowCount:
        users = await self._reader.count_values(
            project_id, View.TRACES, where, Asked("user_id"), newest=MAX_COUNTED, limit=MAX_COUNTED
        )
        traces = await self._reader.count_rows(project_id, View.TRACES, where, MAX_COUNTED)
        return RowCount(len(users), is_exact=traces.is_exact and traces.count <= MAX_COUNTED)

    async def count_by_time(self, project_id: ProjectId, question: Question, zone: ZoneInfo) -> Histogram:
        """Rows by time, from the start of the question to its end, or as far as there are rows.

        Steps are of one width by the clock of a zone.
        """
        view = question.listing.view
        where = await self._asking.where(project_id, question)
        first_us, last_us = _clamp(question.from_us), _clamp(question.until_us)
        if first_us is None:
            first_us = await self._edge(project_id, view, where, descending=False)
        if last_us is None:
            newest_us = await self._edge(project_id, view, where, descending=True)
            last_us = None if newest_us is None else newest_us + 1
        if first_us is None or last_us is None or first_us >= last_us:
            return Histogram(_WIDTHS[0], [], 0)
        width_us = _width(last_us - first_us)
        grid = zoned_grid(zone, width_us, first_us, last_us)
        known = {step.start_us: step for step in await self._reader.count_by_time(project_id, view, where, grid)}
        starts = list(grid.starts(first_us, last_us))
        steps = [known.get(start_us, TimeCount(start_us, 0, 0)) for start_us in starts]
        return Histogram(width_us, steps, grid.start(grid.number(starts[-1]) + 1))

    async def _edge(self, project_id: ProjectId, view: View, where: Node, *, descending: bool) -> int | None:
        """The time of the first or the last row that matches."""
        query = ListQuery(where=where, sort=Sort(TIMES[view], descending), limit=1, with_ids=False)
        found = await list_rows(self._reader, project_id, view, query)
        value = place_of(found[0], query.sort).value if found else None
        return value if isinstance(value, int) else None


def _clamp(moment_us: int | None) -> int | None:
    """A moment from which the distance to any other can be told in 64 bits."""
    return None if moment_us is None else min(max(moment_us, -_FAR_US), _FAR_US)


def _width(span_us: int) -> int:
    """The narrowest width that makes no more steps than there is room for."""
    for width_us in _WIDTHS:
        if span_us <= width_us * (_MAX_STEPS - 1):
            return width_us
    return -(-span_us // (_MAX_STEPS - 1))
