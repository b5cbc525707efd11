"""Which model names a project used of late, and which price model each of them has."""

from collections.abc import Iterable, Sequence
from typing import Final

from panope.domain.ids import ProjectId
from panope.domain.model_uses import ModelUse, NameUse, TestedName
from panope.domain.operations import DAY_US
from panope.domain.pricing import find_in_names
from panope.features.pricing.service import PricingService
from panope.kit.clock import Clock
from panope.ports.telemetry import DailyUsage, TelemetryReader

PERIOD_US: Final = 30 * DAY_US
"""So far back reaches `last_day_us`."""
WEEK_US: Final = 7 * DAY_US


class ModelUses:
    """Counts uses from the time buckets, by whole days."""

    def __init__(self, pricing: PricingService, reader: TelemetryReader, clock: Clock) -> None:
        self._pricing = pricing
        self._reader = reader
        self._clock = clock

    async def list_names(self, project_id: ProjectId) -> Sequence[NameUse]:
        """Model names of the last 30 days, those used most in the last week first."""
        now_us = self._clock()
        days = await self._reader.sum_usage_by_day(project_id, now_us - PERIOD_US, now_us + DAY_US)
        return _add_up(days, week_us=now_us - WEEK_US)

    async def by_model(self, project_id: ProjectId) -> dict[str, ModelUse]:
        """Uses by the id of the price model that prices such a name now; models without any are left out."""
        book = await self._pricing.get_book(project_id)
        now_us = self._clock()
        found: dict[str, ModelUse] = {}
        for name in await self.list_names(project_id):
            model = book.match(name.model, now_us)
            if model is None:
                continue
            before = found.get(model.id, ModelUse(week=0, last_day_us=0, names=()))
            found[model.id] = ModelUse(
                week=before.week + name.week,
                last_day_us=max(before.last_day_us, name.last_day_us),
                names=(*before.names, name.model),
            )
        return found

    async def test_pattern(self, project_id: ProjectId, pattern: str, more: Iterable[str] = ()) -> list[TestedName]:
        """Which names of late, and which of `more`, a pattern is found in.

        Raises `InvalidError` for a pattern that cannot be matched, saying what to write instead.
        """
        uses = {name.model: name.week for name in await self.list_names(project_id)}
        names = list(dict.fromkeys([*more, *uses]))
        matching = find_in_names(pattern, names)
        return [TestedName(model=name, week=uses.get(name, 0), is_match=name in matching) for name in names]


def _add_up(days: Iterable[DailyUsage], *, week_us: int) -> list[NameUse]:
    """One use per name; a day counts for the week when it ends within it."""
    found: dict[str, NameUse] = {}
    for day in days:
        if not day.model or not day.count:
            continue
        before = found.get(day.model)
        week = day.count if day.day_us + DAY_US > week_us else 0
        found[day.model] = NameUse(
            model=day.model,
            week=week + (before.week if before else 0),
            last_day_us=max(day.day_us, before.last_day_us if before else 0),
        )
    return sorted(found.values(), key=lambda use: (-use.week, -use.last_day_us, use.model))
