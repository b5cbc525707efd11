"""Any history, priced again at any moment while more of it arrives: as if the prices had always been there."""

import asyncio
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panope.adapters.memory.telemetry import MemoryTelemetry
from panope.domain.events import EntityKind, TelemetryEvent
from panope.domain.ids import ProjectId
from panope.ports.telemetry import TelemetryWriter
from tests.support.batches import batch
from tests.support.engines import ENGINES, Engine, open_engine
from tests.support.histories.made import TRACE_IDS, deliveries, histories, usages
from tests.support.histories.made import events as told_events
from tests.support.histories.random import History
from tests.support.histories.replaying import NEW, OLD, Desk
from tests.support.load import Load

_numbers = itertools.count()
_SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


@st.composite
def _metered(draw: st.DrawFn) -> TelemetryEvent:
    """An event that says model and usage, so that there is something to price."""
    event = draw(told_events((EntityKind.OBSERVATION,)))
    event.values.update(
        model=draw(st.sampled_from(["gpt-4o", "house-model"])),
        usage=draw(usages.filter(bool)),
        trace_id=draw(st.sampled_from(TRACE_IDS)),
    )
    event.values.pop("cost", None)
    return event


_histories = st.builds(list.__add__, histories, st.lists(_metered(), min_size=1, max_size=4))


class Stored:
    """An engine with the event loop that it lives on, for all examples: each is a project of its own."""

    def __init__(self, name: str, request: pytest.FixtureRequest, folder: Path) -> None:
        self.loop = asyncio.Runner()
        self.engine: Engine = self.loop.run(open_engine(name, request, folder))
        self.old = Desk(self.engine, OLD)
        self.new = Desk(self.engine, NEW)

    def close(self) -> None:
        self.loop.run(self.engine.writer.close())
        self.loop.run(self.engine.reader.close())
        self.loop.close()


@pytest.fixture(scope="module", params=ENGINES)
def stored(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stored]:
    opened = Stored(request.param, request, Path(tmp_path_factory.mktemp("engine")))
    yield opened
    opened.close()


async def _tell(
    writer: TelemetryWriter,
    project: ProjectId,
    delivery: list[list[TelemetryEvent]],
    *,
    turn: int | None,
    deleted_after: int | None,
) -> None:
    """Deliver in order, by the old prices up to a turn and by the new ones from it on; delete on the way."""
    for number, events in enumerate(delivery):
        prices = OLD if turn is not None and number < turn else NEW
        await writer.apply(batch(project, events, prices=prices))
        if number == deleted_after:
            await writer.delete_traces(project, TRACE_IDS[:2], at_us=events[0].at_us)


async def _compare(
    stored: Stored, delivery: list[list[TelemetryEvent]], *, turn: int, deleted_after: int | None
) -> None:
    project = ProjectId(f"replayed-{next(_numbers)}")
    memory = MemoryTelemetry()
    await _tell(memory, project, delivery, turn=None, deleted_after=deleted_after)
    before = deleted_after if deleted_after is not None and deleted_after < turn else None
    after = deleted_after - turn if deleted_after is not None and deleted_after >= turn else None
    writer = stored.engine.writer
    await _tell(writer, project, delivery[:turn], turn=turn, deleted_after=before)
    async with asyncio.TaskGroup() as group:
        group.create_task(_tell(writer, project, delivery[turn:], turn=None, deleted_after=after))
        group.create_task(stored.new.reprice(project))
    expected = await memory.snapshot(project)
    assert await stored.engine.reader.snapshot(project) == expected
    again = await stored.new.reprice(project)
    assert (again.differences.changed, await stored.engine.reader.snapshot(project)) == (0, expected)


@given(data=st.data())
@settings(suppress_health_check=_SHARED, deadline=None, max_examples=15)
def test_repricing_gives_what_the_new_prices_would_have_given_from_the_start(
    stored: Stored, data: st.DataObject
) -> None:
    history = data.draw(_histories)
    delivery = data.draw(deliveries(history))
    turn = data.draw(st.integers(0, len(delivery)))
    deleted_after = data.draw(st.none() | st.integers(0, len(delivery) - 1))
    stored.loop.run(_compare(stored, delivery, turn=turn, deleted_after=deleted_after))


@given(data=st.data())
@settings(suppress_health_check=_SHARED, deadline=None, max_examples=8)
def test_prices_that_come_and_go_leave_no_trace(stored: Stored, data: st.DataObject) -> None:
    history = data.draw(_histories)
    project = ProjectId(f"returned-{next(_numbers)}")

    async def compare() -> None:
        await stored.engine.writer.apply(batch(project, history, prices=OLD))
        before = await stored.engine.reader.snapshot(project)
        there = await stored.new.reprice(project)
        back = await stored.old.reprice(project)
        assert await stored.engine.reader.snapshot(project) == before
        assert there.differences.changed == back.differences.changed
        costs = {(change.model, change.day_us): change for change in there.differences.costs}
        for change in back.differences.costs:
            assert (change.cost_before, change.cost_after) == (
                costs[change.model, change.day_us].cost_after,
                costs[change.model, change.day_us].cost_before,
            )

    stored.loop.run(compare())


@given(data=st.data())
@settings(suppress_health_check=_SHARED, deadline=None, max_examples=5)
def test_reading_again_by_the_same_code_changes_nothing(stored: Stored, data: st.DataObject) -> None:
    history = data.draw(_histories)
    project = ProjectId(f"reread-{next(_numbers)}")

    async def compare() -> None:
        await stored.engine.writer.apply(batch(project, history, prices=NEW))
        before = await stored.engine.reader.snapshot(project)
        done = await stored.new.reprice(project, kind="remap")
        assert (done.differences.changed, await stored.engine.reader.snapshot(project)) == (0, before)

    stored.loop.run(compare())


@pytest.mark.long
def test_many_histories_are_repriced_while_they_arrive(stored: Stored, load: Load) -> None:
    rounds = load.choose(small=5, bounded=100, full=5_000)
    for seed in range(rounds):
        history = History(seed)
        turn = seed % (len(history.delivery) + 1)
        stored.loop.run(_compare(stored, history.delivery, turn=turn, deleted_after=history.delete_after))
