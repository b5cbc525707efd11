"""Any history, told through two writers of one Postgres database at the same time: the rows of the memory engine."""

import asyncio
import itertools
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panope.adapters.memory.telemetry import MemoryTelemetry
from panope.adapters.postgres.telemetry import PostgresTelemetry
from panope.domain.ids import ProjectId
from tests.support.batches import batch
from tests.support.engines import telemetry_database
from tests.support.histories.made import deliveries, histories
from tests.support.postgres import find_installations

_numbers = itertools.count()


@pytest.fixture(scope="module")
def pair(request: pytest.FixtureRequest) -> Iterator[tuple[asyncio.Runner, list[PostgresTelemetry]]]:
    if not find_installations():
        pytest.skip("no Postgres")
    url = telemetry_database(request)
    with asyncio.Runner() as runner:
        telemetries = [PostgresTelemetry(url, reader_threads=1) for _ in range(2)]
        yield runner, telemetries
        for telemetry in telemetries:
            runner.run(telemetry.close())


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
def test_two_writers_at_once_leave_what_one_would_have_left(
    pair: tuple[asyncio.Runner, list[PostgresTelemetry]], data: st.DataObject
) -> None:
    runner, telemetries = pair
    history = data.draw(histories)
    delivery = data.draw(deliveries(history))
    # In waves: of what is new the unique keys take care, of what is there already the locks.
    shares = [(events, data.draw(st.integers(0, 1)), data.draw(st.integers(0, 2))) for events in delivery]
    project = ProjectId(f"pair-{next(_numbers)}")

    async def compare() -> None:
        memory = MemoryTelemetry()
        await memory.apply(batch(project, history))
        for wave in range(3):
            async with asyncio.TaskGroup() as group:
                for events, writer, when in shares:
                    if when == wave:
                        group.create_task(telemetries[writer].writer.apply(batch(project, events)))
        assert await telemetries[0].reader.snapshot(project) == await memory.snapshot(project)

    runner.run(compare())
