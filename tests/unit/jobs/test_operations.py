"""The runner of operations: what it does when things go wrong, and how it stops."""

import asyncio
from typing import Any

import pytest

from panope.adapters.memory.telemetry import MemoryTelemetry
from panope.domain.errors import UnavailableError
from panope.domain.ids import ProjectId
from panope.domain.operations import Cursor, Operation, OperationState
from panope.jobs.operations import OperationRunner
from panope.ports.operations import Holder
from tests.support.histories.replaying import NEW
from tests.support.operations import ME, operation, step

PROJECT = ProjectId("p")


class Script:
    """Carries out steps as it is told to."""

    def __init__(self, store: MemoryTelemetry, *acts: Any) -> None:
        self._store = store
        self.acts = list(acts)
        self.steps = 0

    async def advance(self, operation: Operation, holder: Holder) -> Operation | None:
        self.steps += 1
        act = self.acts.pop(0) if self.acts else None
        if isinstance(act, Exception):
            raise act
        if callable(act):
            act()
        if act == "finish":
            await self._store.finish(PROJECT, operation.id, holder)
            return await self._store.get(PROJECT, operation.id)
        next_step = step(prices=NEW, cursor=Cursor(self.steps, "x"))
        return await self._store.replay(PROJECT, operation.id, next_step, holder)


@pytest.fixture
def store() -> MemoryTelemetry:
    return MemoryTelemetry()


async def _state(store: MemoryTelemetry, name: str = "a") -> Operation:
    found = await store.get(PROJECT, name)
    assert found is not None
    return found


async def test_what_is_due_is_carried_out_oldest_first_to_its_end(store: MemoryTelemetry) -> None:
    await store.add(operation("b", PROJECT, created_us=2))
    await store.add(operation("a", PROJECT, created_us=1))
    runner = OperationRunner(store, Script(store, "go on", "go on", "finish"), "runner")
    assert await runner.run_due()
    assert (await _state(store)).state is OperationState.DONE
    assert (await _state(store)).cursor == Cursor(2, "x")
    assert (await _state(store, "b")).state is OperationState.WAITING
    runner = OperationRunner(store, Script(store, "finish"), "runner")
    assert await runner.run_due()
    assert not await runner.run_due()


async def test_an_operation_that_breaks_is_failed_and_no_payload_is_kept(store: MemoryTelemetry) -> None:
    await store.add(operation("a", PROJECT))
    runner = OperationRunner(store, Script(store, ValueError("a secret payload")), "runner")
    assert await runner.run_due()
    failed = await _state(store)
    assert (failed.state, failed.error) == (OperationState.FAILED, "internal")
    assert not await runner.run_due()


async def test_a_store_that_is_away_leaves_the_operation_for_later(store: MemoryTelemetry) -> None:
    await store.add(operation("a", PROJECT))
    runner = OperationRunner(store, Script(store, "go on", UnavailableError("away")), "runner")
    with pytest.raises(UnavailableError):
        await runner.run_due()
    assert (await _state(store)).cursor == Cursor(1, "x")
    assert [found.id for found in await store.list_due(5)] == ["a"]


async def test_a_runner_that_is_stopped_gives_back_what_it_has(store: MemoryTelemetry) -> None:
    await store.add(operation("a", PROJECT))
    script = Script(store, "go on")
    runner = OperationRunner(store, script, "runner")
    script.acts.append(runner.stop)
    await asyncio.wait_for(runner.run(), 5)
    assert script.steps == 2
    left = await _state(store)
    assert (left.state, left.cursor) == (OperationState.RUNNING, Cursor(2, "x"))
    assert await store.claim(PROJECT, "a", ME) is not None


async def test_a_runner_wakes_for_what_was_asked_in_this_process(store: MemoryTelemetry) -> None:
    done = asyncio.Event()
    script = Script(store, done.set, "finish")
    runner = OperationRunner(store, script, "runner")
    running = asyncio.create_task(runner.run())
    await asyncio.sleep(0)
    await store.add(operation("a", PROJECT))
    runner.wake()
    await asyncio.wait_for(done.wait(), 5)
    runner.stop()
    await running
    assert (await _state(store)).state in {OperationState.DONE, OperationState.RUNNING}


async def test_an_operation_that_somebody_cancels_ends_where_it_stands(store: MemoryTelemetry) -> None:
    await store.add(operation("a", PROJECT))
    cancelling: list[asyncio.Task[Any]] = []
    script = Script(store, lambda: cancelling.append(asyncio.ensure_future(store.cancel(PROJECT, "a"))), "go on")
    assert await OperationRunner(store, script, "runner").run_due()
    assert (await _state(store)).state is OperationState.CANCELLED
    assert script.steps <= 2


async def test_what_somebody_else_works_on_is_left_to_them(store: MemoryTelemetry) -> None:
    await store.add(operation("a", PROJECT))
    claimed = await store.claim(PROJECT, "a", ME)
    assert claimed is not None
    assert await OperationRunner(store, Script(store), "runner").work_on(claimed) is None
    assert (await _state(store)).state is OperationState.RUNNING
