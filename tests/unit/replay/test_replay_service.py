"""The use case of operations: what counts as the same, which observations they go through."""

from itertools import count

import msgspec
import pytest

from panope.adapters.memory.telemetry import MemoryTelemetry
from panope.domain.errors import InvalidError, NotFoundError
from panope.domain.ids import ProjectId
from panope.domain.operations import (
    DAY_US,
    MAX_COST_GROUPS,
    OTHERS,
    CostChange,
    Differences,
    OperationKind,
    OperationOrder,
)
from panope.features.replay.service import ReplayService
from panope.wire.rereading import Rereader
from tests.support.batches import NOW_US, batch
from tests.support.engines import of_memory
from tests.support.histories.replaying import NEW, OLD, Desk
from tests.support.prices import OnePriceBook
from tests.support.told import minute, observation

PROJECT = ProjectId("p")
REPRICE = OperationKind.REPRICE
_USAGE = {"input": 10, "output": 2, "total": 12}


@pytest.fixture
async def telemetry() -> MemoryTelemetry:
    store = MemoryTelemetry()
    told = [
        observation("a", 0, trace_id="t", model="gpt-4o", usage=_USAGE),
        observation("b", 1, trace_id="t", model="house-model", usage=_USAGE),
        observation("c", 2, trace_id="t", model="gpt-4o", usage=_USAGE),
        observation("d", 3, trace_id="t", usage=_USAGE),
    ]
    await store.apply(batch(PROJECT, told, prices=OLD))
    return store


@pytest.fixture
def desk(telemetry: MemoryTelemetry) -> Desk:
    return Desk(of_memory(telemetry), NEW)


async def _changed(telemetry: MemoryTelemetry) -> list[str]:
    rows = (await telemetry.snapshot(PROJECT))["observations"]
    before = MemoryTelemetry()
    told = [
        observation("a", 0, trace_id="t", model="gpt-4o", usage=_USAGE),
        observation("b", 1, trace_id="t", model="house-model", usage=_USAGE),
        observation("c", 2, trace_id="t", model="gpt-4o", usage=_USAGE),
        observation("d", 3, trace_id="t", usage=_USAGE),
    ]
    await before.apply(batch(PROJECT, told, prices=OLD))
    was = {row["id"]: row for row in (await before.snapshot(PROJECT))["observations"]}
    return [row["id"] for row in rows if row != was[row["id"]]]


async def test_only_the_period_is_gone_through_its_end_left_out(desk: Desk, telemetry: MemoryTelemetry) -> None:
    asked = await desk.replays.request(PROJECT, REPRICE, since_us=minute(1), until_us=minute(2))
    assert await desk.runner.work_on(asked) is not None
    assert await _changed(telemetry) == ["b"]


async def test_only_the_named_model_is_touched(desk: Desk, telemetry: MemoryTelemetry) -> None:
    asked = await desk.replays.request(PROJECT, REPRICE, since_us=0, model="gpt-4o")
    done = await desk.runner.work_on(asked)
    assert done is not None
    assert (done.differences.observations, await _changed(telemetry)) == (2, ["a", "c"])


async def test_asking_twice_for_the_same_finds_the_one_that_is_not_over(desk: Desk) -> None:
    first = await desk.replays.request(PROJECT, REPRICE, since_us=5)
    assert (await desk.replays.request(PROJECT, REPRICE, since_us=5)).id == first.id
    others = [
        await desk.replays.request(PROJECT, REPRICE, since_us=6),
        await desk.replays.request(PROJECT, REPRICE, since_us=5, is_dry_run=True),
        await desk.replays.request(PROJECT, REPRICE, since_us=5, model="m"),
        await desk.replays.request(PROJECT, OperationKind.REMAP, since_us=5),
        await desk.replays.request(ProjectId("other"), REPRICE, since_us=5),
    ]
    assert len({first.id, *(other.id for other in others)}) == 6
    await desk.replays.cancel(PROJECT, first.id)
    assert (await desk.replays.request(PROJECT, REPRICE, since_us=5)).id != first.id


async def test_an_order_with_an_end_and_one_without_are_not_the_same(desk: Desk) -> None:
    narrow = await desk.replays.request(PROJECT, REPRICE, since_us=5, until_us=10)
    whole = await desk.replays.request(PROJECT, REPRICE, since_us=5)
    assert whole.id != narrow.id
    assert whole.order.until_us == NOW_US + DAY_US
    assert (await desk.replays.request(PROJECT, REPRICE, since_us=5)).id == whole.id
    assert (await desk.replays.request(PROJECT, REPRICE, since_us=5, until_us=10)).id == narrow.id
    ends = (11, whole.order.until_us)
    others = [await desk.replays.request(PROJECT, REPRICE, since_us=5, until_us=end) for end in ends]
    assert len({narrow.id, whole.id, *(other.id for other in others)}) == 4


async def test_an_order_without_an_end_is_taken_up_though_the_clock_went_on(telemetry: MemoryTelemetry) -> None:
    now, numbers = count(NOW_US), count()
    replays = ReplayService(
        telemetry, telemetry, OnePriceBook(NEW), Rereader(), lambda: next(now), lambda: f"o{next(numbers)}"
    )
    first = await replays.request(PROJECT, REPRICE, since_us=5)
    assert await replays.request(PROJECT, REPRICE, since_us=5) == first


def test_an_order_of_an_earlier_release_counts_as_one_with_an_end() -> None:
    kept = b'{"kind": "reprice", "since_us": 5, "until_us": 10}'
    assert msgspec.json.decode(kept, type=OperationOrder).has_end


async def test_after_a_change_of_prices_a_half_done_one_begins_anew(desk: Desk) -> None:
    first = await desk.replays.request(PROJECT, REPRICE, since_us=5)
    desk.prices.edition += 1
    second = await desk.replays.request(PROJECT, REPRICE, since_us=5)
    assert second.id != first.id
    assert (await desk.replays.get(PROJECT, first.id)).state == "cancelled"
    assert (await desk.replays.request(PROJECT, REPRICE, since_us=5)).id == second.id


async def test_without_an_end_a_clock_that_is_a_day_ahead_is_allowed_for(desk: Desk) -> None:
    asked = await desk.replays.request(PROJECT, REPRICE, since_us=5)
    assert asked.order.until_us == NOW_US + DAY_US


async def test_a_period_that_ends_before_it_begins_is_refused(desk: Desk) -> None:
    with pytest.raises(InvalidError, match="exchange the two"):
        await desk.replays.request(PROJECT, REPRICE, since_us=5, until_us=5)


async def test_an_operation_of_another_project_is_not_found(desk: Desk) -> None:
    asked = await desk.replays.request(PROJECT, REPRICE, since_us=5)
    with pytest.raises(NotFoundError):
        await desk.replays.get(ProjectId("other"), asked.id)
    with pytest.raises(NotFoundError):
        await desk.replays.cancel(ProjectId("other"), asked.id)


def test_names_without_end_are_counted_together() -> None:
    total = Differences()
    for number in range(MAX_COST_GROUPS + 50):
        total.add(Differences(costs=[CostChange(model=f"m{number}", day_us=0, observations=1, cost_after=2)]))
    assert len(total.costs) == MAX_COST_GROUPS + 1
    assert {change.model: change for change in total.costs}[OTHERS].observations == 50
