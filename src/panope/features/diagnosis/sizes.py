"""How much a project keeps, and how much the whole store does, for people."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from panope.domain.accounts import UserPrincipal
from panope.domain.operations import DAY_US
from panope.features.accounts.ownership import owns_everything
from panope.kit.clock import Clock
from panope.ports.catalog import Catalog
from panope.ports.diagnosis import DatabaseProbe, ProjectSize, TableSize
from panope.ports.telemetry import TelemetryReader

PERIOD_US: Final = 30 * DAY_US


class DayGrowth(Struct, frozen=True, kw_only=True):
    """Observations that began on one day."""

    day_us: int
    """Midnight, UTC."""
    observations: int


class Sizes(Struct, frozen=True, kw_only=True):
    """Of a project, and of the store where whoever asks may see that."""

    project: ProjectSize
    days: list[DayGrowth]
    """The last 30 days with any, in their order."""
    tables: Sequence[TableSize] | None
    """Largest first; None for whoever does not own every organisation, and where nothing can be said."""


class Measuring:
    """Measures projects and the store they are in."""

    def __init__(self, catalog: Catalog, reader: TelemetryReader, probe: DatabaseProbe | None, clock: Clock) -> None:
        self._catalog = catalog
        self._reader = reader
        self._probe = probe
        self._clock = clock

    async def measure(self, member: UserPrincipal) -> Sizes:
        """How much the member's project keeps; raises `UnavailableError` when the store cannot be read."""
        now_us = self._clock()
        days: dict[int, int] = {}
        for usage in await self._reader.sum_usage_by_day(member.project_id, now_us - PERIOD_US, now_us + DAY_US):
            days[usage.day_us] = days.get(usage.day_us, 0) + usage.count
        may_see_all = self._probe is not None and await owns_everything(self._catalog, member.user_id)
        return Sizes(
            project=await self._reader.measure_project(member.project_id),
            days=[DayGrowth(day_us=day_us, observations=count) for day_us, count in sorted(days.items())],
            tables=await self._probe.list_table_sizes() if self._probe is not None and may_see_all else None,
        )
