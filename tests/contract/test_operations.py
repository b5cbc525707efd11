"""`OperationStore`: one holder at a time, progress with the rows that it stands for, sums that stay exact."""

import asyncio
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from panope.adapters.memory.telemetry import MemoryTelemetry
from panope.domain.errors import ConflictError
from panope.domain.merge.state import Fragment, State
from panope.domain.operations import Cursor, Operation, OperationState, Selection
from panope.domain.pricing import PriceBook, PriceModel, PriceTier
from panope.ports.operations import Progress
from tests.contract.world import EVENTS, PROJECT, RESOURCE, SCOPE, STRANGER
from tests.support.batches import NOW_US, batch
from tests.support.engines import Engine
from tests.support.operations import DEAD, ME, SOMEBODY, operation, replay_once, step

LATER_US = NOW_US + 1_000_000
_TIER = PriceTier(
    id="house-tier", name="House", is_default=True, priority=0, prices={"input": Decimal("0.5"), "output": Decimal(1)}
)
NEW_PRICES = PriceBook((PriceModel(id="house", name="house", match_pattern="^(house-model|gpt-4o)$", tiers=(_TIER,)),))
IDS = ["o1", "o2", "o3", "o4", "o5", "o6"]


def _plain(found: Operation | None) -> dict[str, Any]:
    assert found is not None
    plain: dict[str, Any] = msgspec.to_builtins(found)
    return {name: value for name, value in plain.items() if name != "updated_us"}


async def test_an_operation_is_read_back_as_it_was_added(engine: Engine) -> None:
    asked = operation("a", PROJECT, model="gpt-4o", is_dry_run=True)
    await engine.operations.add(asked)
    assert _plain(await engine.operations.get(PROJECT, "a")) == _plain(asked)
    assert await engine.operations.get(STRANGER, "a") is None
    assert await engine.operations.get(PROJECT, "b") is None
    with pytest.raises(ConflictError, match="operation of this id"):
        await engine.operations.add(asked)


async def test_operations_are_listed_newest_first_by_project_and_oldest_first_when_due(engine: Engine) -> None:
    store = engine.operations
    for name, project, at in (("a", PROJECT, 3), ("b", STRANGER, 1), ("c", PROJECT, 2), ("d", PROJECT, 2)):
        await store.add(operation(name, project, created_us=at))
    assert [found.id for found in await store.list_recent(PROJECT, 2)] == ["a", "d"]
    assert [found.id for found in await store.list_due(10)] == ["b", "c", "d", "a"]
    await store.claim(PROJECT, "c", ME)
    await store.cancel(PROJECT, "d")
    assert [(found.project_id, found.id) for found in await store.list_due(10)] == [(STRANGER, "b"), (PROJECT, "a")]
    assert [found.id for found in await store.list_due(1)] == ["b"]


async def test_one_of_many_claims_gets_it_until_the_lease_is_over(engine: Engine) -> None:
    store = engine.operations
    await store.add(operation("a", PROJECT))
    claimed = await asyncio.gather(*(store.claim(PROJECT, "a", holder) for holder in (ME, SOMEBODY)))
    assert sorted(found is None for found in claimed) == [False, True]
    winner, loser = (ME, SOMEBODY) if claimed[0] else (SOMEBODY, ME)
    found = await store.claim(PROJECT, "a", winner)
    assert found is not None
    assert found.state is OperationState.RUNNING
    assert await store.claim(PROJECT, "a", loser) is None
    await store.release(PROJECT, "a", loser)
    assert await store.claim(PROJECT, "a", loser) is None
    await store.release(PROJECT, "a", winner)
    assert await store.claim(PROJECT, "a", DEAD) is not None
    assert await store.claim(PROJECT, "a", loser) is not None
    assert await store.claim(PROJECT, "never", ME) is None


async def test_repricing_moves_rows_and_every_sum_as_if_the_prices_had_been_there(engine: Engine) -> None:
    await engine.writer.apply(batch(PROJECT, EVENTS, attribute_sets=[RESOURCE, SCOPE]))
    await engine.writer.apply(batch(STRANGER, EVENTS))
    stranger = await engine.reader.snapshot(STRANGER)
    done = await replay_once(engine.operations, PROJECT, [*IDS, "not-there"], NEW_PRICES)
    memory = MemoryTelemetry()
    await memory.apply(batch(PROJECT, EVENTS, attribute_sets=[RESOURCE, SCOPE], prices=NEW_PRICES))
    assert await engine.reader.snapshot(PROJECT) == await memory.snapshot(PROJECT)
    assert await engine.reader.snapshot(STRANGER) == stranger
    assert (done.differences.observations, done.differences.changed) == (6, 2)
    costs = {change.model: change for change in done.differences.costs}
    assert (costs["gpt-4o"].cost_before, costs["gpt-4o"].cost_after) == (200_000_000, 30 * 10**12)
    house = costs["house-model"]
    assert (house.unpriced_before, house.unpriced_after, house.cost_after) == (1, 0, 35 * 10**11)
    fields = {change.name: (change.rows, change.examples) for change in done.differences.fields}
    assert fields["total_cost"] == (2, ["o1", "o4"])
    assert "usage" not in fields


async def test_what_does_not_change_is_not_written(engine: Engine) -> None:
    await engine.writer.apply(batch(PROJECT, EVENTS))
    await replay_once(engine.operations, PROJECT, IDS, NEW_PRICES)
    first = await engine.reader.get_observation(PROJECT, "o1")
    again = await replay_once(engine.operations, PROJECT, IDS, NEW_PRICES, name="again")
    second = await engine.reader.get_observation(PROJECT, "o1")
    assert (again.differences.changed, again.differences.fields) == (0, [])
    assert first == second
    assert first is not None
    assert first.payload is not None
    assert (first.payload.input, first.row.created_us) == ("what is up?", NOW_US)
    untouched = await engine.reader.get_observation(PROJECT, "o2")
    assert untouched is not None
    assert untouched.row.updated_us == NOW_US


async def test_a_changed_row_says_when(engine: Engine) -> None:
    await engine.writer.apply(batch(PROJECT, EVENTS))
    await engine.operations.add(operation("a", PROJECT))
    await engine.operations.claim(PROJECT, "a", ME)
    await engine.operations.replay(PROJECT, "a", step("o1", prices=NEW_PRICES, at_us=LATER_US), ME)
    found = await engine.reader.get_observation(PROJECT, "o1")
    detail = await engine.reader.get_trace(PROJECT, "t1")
    assert found is not None
    assert detail is not None
    assert (found.row.created_us, found.row.updated_us) == (NOW_US, LATER_US)
    assert (detail.trace.row.totals.total_cost, detail.trace.row.updated_us) == (30 * 10**12, LATER_US)


async def test_a_dry_run_says_the_same_and_changes_nothing(engine: Engine) -> None:
    await engine.writer.apply(batch(PROJECT, EVENTS))
    before = await engine.reader.snapshot(PROJECT)
    dry = await replay_once(engine.operations, PROJECT, IDS, NEW_PRICES, name="dry", is_dry_run=True)
    assert await engine.reader.snapshot(PROJECT) == before
    wet = await replay_once(engine.operations, PROJECT, IDS, NEW_PRICES, name="wet")
    assert dry.differences == wet.differences


async def test_progress_adds_up_over_the_steps(engine: Engine) -> None:
    await engine.writer.apply(batch(PROJECT, EVENTS))
    store = engine.operations
    await store.add(operation("a", PROJECT))
    await store.claim(PROJECT, "a", ME)
    await store.replay(PROJECT, "a", step("o1", "o2", prices=NEW_PRICES, cursor=Cursor(5, "o2")), ME)
    await store.release(PROJECT, "a", ME)
    resumed = await store.claim(PROJECT, "a", SOMEBODY)
    assert resumed is not None
    assert (resumed.cursor, resumed.differences.observations) == (Cursor(5, "o2"), 2)
    await store.replay(PROJECT, "a", step("o4", prices=NEW_PRICES, cursor=Cursor(9, "o4")), SOMEBODY)
    assert await store.finish(PROJECT, "a", SOMEBODY)
    done = await store.get(PROJECT, "a")
    assert done is not None
    assert (done.state, done.cursor, done.error) == (OperationState.DONE, Cursor(9, "o4"), None)
    assert (done.differences.observations, done.differences.changed) == (3, 2)


async def test_progress_of_steps_that_are_carried_out_elsewhere_adds_up(engine: Engine) -> None:
    store = engine.operations
    selection = Selection(text="user:ü", environments=("prod",), from_us=1, until_us=None, count=9)
    await store.add(operation("a", PROJECT, kind="delete", selection=selection))
    assert await store.note(PROJECT, "a", Progress(Cursor(9, "t9"), 1, 1), ME) is None
    await store.claim(PROJECT, "a", ME)
    await store.note(PROJECT, "a", Progress(Cursor(9, "t9"), 5, 4), ME)
    found = await store.note(PROJECT, "a", Progress(Cursor(7, "t7"), 2, 2), ME)
    assert _plain(found) == _plain(await store.get(PROJECT, "a"))
    assert found is not None
    assert (found.order.selection, found.cursor) == (selection, Cursor(7, "t7"))
    assert (found.differences.observations, found.differences.changed) == (7, 6)
    assert await store.note(PROJECT, "a", Progress(Cursor(1, "x"), 1, 1), SOMEBODY) is None
    await store.cancel(PROJECT, "a")
    assert await store.note(PROJECT, "a", Progress(Cursor(1, "x"), 1, 1), ME) is None


async def test_who_has_lost_the_lease_changes_nothing_any_more(engine: Engine) -> None:
    await engine.writer.apply(batch(PROJECT, EVENTS))
    before = await engine.reader.snapshot(PROJECT)
    store = engine.operations
    await store.add(operation("a", PROJECT))
    await store.claim(PROJECT, "a", DEAD)
    await store.claim(PROJECT, "a", ME)
    assert await store.replay(PROJECT, "a", step("o1", prices=NEW_PRICES), DEAD) is None
    assert not await store.finish(PROJECT, "a", DEAD)
    cancelled = await store.cancel(PROJECT, "a")
    assert cancelled is not None
    assert cancelled.state is OperationState.CANCELLED
    assert await store.replay(PROJECT, "a", step("o1", prices=NEW_PRICES), ME) is None
    assert not await store.finish(PROJECT, "a", ME, error="too_late")
    assert await store.claim(PROJECT, "a", ME) is None
    assert await engine.reader.snapshot(PROJECT) == before
    assert _plain(await store.cancel(PROJECT, "a")) == _plain(cancelled)
    assert await store.cancel(PROJECT, "never") is None


async def test_an_operation_that_failed_says_why_and_stays_over(engine: Engine) -> None:
    store = engine.operations
    await store.add(operation("a", PROJECT))
    await store.claim(PROJECT, "a", ME)
    assert await store.finish(PROJECT, "a", ME, error="internal")
    found = await store.cancel(PROJECT, "a")
    assert found is not None
    assert (found.state, found.error) == (OperationState.FAILED, "internal")
    assert await store.list_due(10) == []


class _Renamer:
    """Reads every model as another one, and notes what it was given."""

    def __init__(self) -> None:
        self.sets: dict[str, dict[str, Any]] = {}

    def read(self, state: State, sets: Any) -> State:
        self.sets.update(sets)
        if "model" not in state.values():
            return state
        return State([Fragment(kept.stamp, {**kept.values, "model": "house-model"}) for kept in state.fragments])


async def test_a_reader_changes_states_and_what_follows_from_them(engine: Engine) -> None:
    await engine.writer.apply(batch(PROJECT, EVENTS, attribute_sets=[RESOURCE, SCOPE]))
    reader = _Renamer()
    done = await replay_once(engine.operations, PROJECT, IDS, NEW_PRICES, reader=reader, kind="remap")
    assert reader.sets == {
        RESOURCE.id: {"service.name": "agents"},
        SCOPE.id: {"attributes": {}, "name": "my.app", "version": "1.0"},
    }
    found = await engine.reader.get_observation(PROJECT, "o1")
    assert found is not None
    assert found.payload is not None
    assert (found.row.model, found.row.model_id, found.payload.metadata.get("k")) == ("house-model", "house", None)
    assert {"model", "total_cost"} <= {change.name for change in done.differences.fields}
    memory = MemoryTelemetry()
    await memory.apply(batch(PROJECT, EVENTS, attribute_sets=[RESOURCE, SCOPE]))
    await replay_once(memory, PROJECT, IDS, NEW_PRICES, reader=reader, kind="remap")
    assert await engine.reader.snapshot(PROJECT) == await memory.snapshot(PROJECT)


async def test_deleted_observations_are_passed_over(engine: Engine) -> None:
    await engine.writer.apply(batch(PROJECT, EVENTS))
    await engine.writer.delete_traces(PROJECT, ["t1"], at_us=NOW_US)
    done = await replay_once(engine.operations, PROJECT, IDS, NEW_PRICES)
    assert (done.differences.observations, done.differences.changed) == (4, 1)
    assert await engine.reader.get_observation(PROJECT, "o1") is None
