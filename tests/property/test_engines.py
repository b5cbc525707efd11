"""Any history and any question: every engine gives the rows and the answers of the memory engine."""

import asyncio
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panope.adapters.memory.telemetry import MemoryTelemetry
from panope.domain.ids import ProjectId
from panope.query.fields import View
from tests.support.asked import questions
from tests.support.batches import batch
from tests.support.engines import ENGINES, Engine, open_engine
from tests.support.histories.made import TRACE_IDS, deliveries, histories

STORED = [name for name in ENGINES if name != "memory"]
_numbers = itertools.count()
_SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


@pytest.fixture(scope="module", params=STORED)
def stored(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator["Loop"]:
    """One engine for all examples: each example is a project of its own."""
    loop = Loop()
    engine = loop.run(open_engine(request.param, request, Path(tmp_path_factory.mktemp("engine"))))
    loop.engine = engine
    yield loop
    loop.run(engine.writer.close())
    loop.run(engine.reader.close())
    loop.runner.close()


class Loop:
    """An event loop that outlives a test, with the engine that lives on it."""

    engine: Engine

    def __init__(self) -> None:
        self.runner = asyncio.Runner()

    def run(self, work: Any) -> Any:
        """Run to the end."""
        return self.runner.run(work)


async def _list(reader: Any, project: ProjectId, view: View, query: Any) -> tuple[list[str], int]:
    page = await getattr(reader, f"list_{view}")(project, query)
    return [getattr(row, "row", row).id for row in page.rows], page.total


@given(data=st.data())
@settings(suppress_health_check=_SHARED, deadline=None)
def test_any_delivery_gives_the_rows_of_the_memory_engine(stored: Loop, data: st.DataObject) -> None:
    history = data.draw(histories)
    delivery = data.draw(deliveries(history))
    deleted_after = data.draw(st.none() | st.integers(0, len(delivery) - 1))
    project = ProjectId(f"history-{next(_numbers)}")

    async def compare() -> None:
        memory = MemoryTelemetry()
        for number, events in enumerate(delivery):
            for writer in (memory, stored.engine.writer):
                await writer.apply(batch(project, events))
                if number == deleted_after:
                    await writer.delete_traces(project, TRACE_IDS[:2], at_us=events[0].at_us)
        assert await stored.engine.reader.snapshot(project) == await memory.snapshot(project)

    stored.run(compare())


@given(data=st.data())
@settings(suppress_health_check=_SHARED, deadline=None)
def test_any_question_gets_the_answer_of_the_memory_engine(stored: Loop, data: st.DataObject) -> None:
    history = data.draw(histories)
    asked = data.draw(st.lists(questions(), min_size=1, max_size=8))
    project = ProjectId(f"question-{next(_numbers)}")

    async def compare() -> None:
        memory = MemoryTelemetry()
        for writer in (memory, stored.engine.writer):
            await writer.apply(batch(project, history))
        for view, query in asked:
            expected = await _list(memory, project, view, query)
            assert await _list(stored.engine.reader, project, view, query) == expected, (view, query)

    stored.run(compare())
