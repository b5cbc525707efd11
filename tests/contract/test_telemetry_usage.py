"""Usage by day and usage without a price: every engine adds the same up, and each of them alone."""

from typing import Any, Final

import pytest

from panope.adapters.memory.telemetry import MemoryTelemetry
from panope.adapters.relational.reports import unpriced
from panope.domain.events import TelemetryEvent
from panope.domain.rollups import DAY_US, HOUR_US
from panope.ports.telemetry import DailyUsage
from tests.contract.world import EVENTS, PROJECT, STRANGER
from tests.support.batches import batch
from tests.support.engines import Engine
from tests.support.told import NOON_US, observation

DAY: Final = NOON_US // DAY_US * DAY_US
_HOUR: Final = NOON_US // HOUR_US * HOUR_US


def _generation(number: int, at_us: int, model: str, tokens: int) -> TelemetryEvent:
    usage = {"input": tokens, "output": 1, "total": tokens + 1}
    told = {"trace_id": f"t{number}", "start_time": at_us, "model": model, "usage": usage}
    return observation(f"g{number}", number, type="GENERATION", **told)


async def test_usage_and_cost_are_summed_by_day_and_model(engine: Engine) -> None:
    generations = [
        _generation(1, DAY, "gpt-4o", 4),
        _generation(2, DAY + DAY_US - 1, "gpt-4o", 8),
        _generation(3, DAY + DAY_US, "gpt-4o", 16),
        _generation(4, DAY + 5, "house-model", 32),
    ]
    await engine.writer.apply(batch(PROJECT, [*generations, observation("o", 1, start_time=DAY + HOUR_US)]))
    found = await engine.reader.sum_usage_by_day(PROJECT, DAY, DAY + 2 * DAY_US)
    priced = {"input_tokens": 12, "output_tokens": 2, "total_tokens": 14, "total_cost": 50_000_000}
    assert found == [
        DailyUsage(day_us=DAY, model="", count=1),
        DailyUsage(day_us=DAY, model="gpt-4o", count=2, **priced),
        DailyUsage(
            day_us=DAY,
            model="house-model",
            count=1,
            unpriced_count=1,
            input_tokens=32,
            output_tokens=1,
            total_tokens=33,
        ),
        DailyUsage(
            day_us=DAY + DAY_US,
            model="gpt-4o",
            count=1,
            input_tokens=16,
            output_tokens=1,
            total_tokens=17,
            total_cost=50_000_000,
        ),
    ]


async def test_hours_outside_the_question_and_other_projects_do_not_count(engine: Engine) -> None:
    await engine.writer.apply(batch(PROJECT, [_generation(n, DAY + n * HOUR_US, "gpt-4o", 1) for n in range(4)]))
    await engine.writer.apply(batch(STRANGER, EVENTS))
    found = await engine.reader.sum_usage_by_day(PROJECT, DAY + HOUR_US, DAY + 3 * HOUR_US)
    assert [(usage.day_us, usage.count) for usage in found] == [(DAY, 2)]
    assert await engine.reader.sum_usage_by_day(PROJECT, DAY + DAY_US, DAY + 9 * DAY_US) == []


async def test_an_hour_before_1970_belongs_to_its_own_day(engine: Engine) -> None:
    await engine.writer.apply(batch(PROJECT, [_generation(1, -HOUR_US, "gpt-4o", 1), _generation(2, 0, "gpt-4o", 1)]))
    found = await engine.reader.sum_usage_by_day(PROJECT, -DAY_US, DAY_US)
    assert [usage.day_us for usage in found] == [-DAY_US, 0]


async def test_deleted_observations_leave_the_sums(engine: Engine) -> None:
    await engine.writer.apply(batch(PROJECT, [_generation(1, DAY, "gpt-4o", 4), _generation(2, DAY, "gpt-4o", 8)]))
    await engine.writer.delete_traces(PROJECT, ["t1"], at_us=DAY + DAY_US)
    [left] = await engine.reader.sum_usage_by_day(PROJECT, DAY, DAY + DAY_US)
    assert (left.count, left.input_tokens) == (1, 8)
    await engine.writer.delete_traces(PROJECT, ["t2"], at_us=DAY + DAY_US)
    assert await engine.reader.sum_usage_by_day(PROJECT, DAY, DAY + DAY_US) == []


def _at(number: float) -> int:
    """µs of a minute after a full hour."""
    return _HOUR + int(number * 60_000_000)


def _use(observation_id: str, at: float, **told: Any) -> TelemetryEvent:
    return observation(observation_id, trace_id="t", start_time=_at(at), **told)


UNPRICED_AMONG_OTHERS = [
    _use("a", 1, model="m", usage={"total": 13}),
    _use("b", 2, model="m", usage={"input": 11_000, "total": 11_353}, cost={"total": 5}),
    _use("c", 3, model="m"),
    _use("d", 61, model="m", usage={"total": 4}),
    _use("e", 62, model="m", usage={"total": 900}, cost={"total": 0}),
    _use("f", 62, model="free", usage={"total": 900}, cost={"total": 0}),
    _use("g", 5, model="all", usage={"total": 2}),
    _use("h", 63, model="all", usage={"total": 3}),
    _use("i", 64, model="none", usage={"total": 0}),
]


async def test_what_an_unpriced_model_used_leaves_out_what_has_a_price(engine: Engine) -> None:
    await engine.writer.apply(batch(PROJECT, UNPRICED_AMONG_OTHERS))
    found = await engine.reader.list_unpriced_models(PROJECT, _at(0))
    assert [(model.model, model.uses, model.total_tokens, model.last_us) for model in found] == [
        ("all", 2, 5, _at(63)),
        ("m", 2, 17, _at(61)),
        ("none", 1, 0, _at(60)),
    ]


async def test_what_too_many_rows_would_tell_of_an_unpriced_model_is_left_open(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    if isinstance(engine.reader, MemoryTelemetry):
        pytest.skip("memory looks at every row whatever it costs, so it leaves nothing open")
    monkeypatch.setattr(unpriced, "MOST_ROWS", 5)
    await engine.writer.apply(batch(PROJECT, [*UNPRICED_AMONG_OTHERS, _use("j", 6), _use("k", 7)]))
    found = await engine.reader.list_unpriced_models(PROJECT, _at(0))
    assert [(model.model, model.uses, model.total_tokens, model.last_us) for model in found] == [
        ("all", 2, 5, _at(63)),
        ("m", 2, None, _at(61)),
        ("none", 1, 0, _at(60)),
    ]
    monkeypatch.setattr(unpriced, "MOST_ROWS", 0)
    assert {model.last_us for model in await engine.reader.list_unpriced_models(PROJECT, _at(0))} == {_at(60)}
