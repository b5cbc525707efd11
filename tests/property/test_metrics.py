"""Any world and any metrics query: every engine answers as memory does, from time buckets as from rows."""

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from panope.adapters.memory.telemetry import MemoryTelemetry
from panope.domain.ids import ProjectId
from panope.query.metrics.arrange import MetricsRow, arrange, order_of
from panope.query.metrics.ast import Metric, MetricsQuery
from panope.query.metrics.validate import validate_metrics
from tests.property.metered import is_exact, metrics_queries, worlds
from tests.property.test_engines import STORED, Loop
from tests.support.batches import batch
from tests.support.engines import open_engine
from tests.support.load import Load

_numbers = itertools.count()
_SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
_PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
"""Shrinking twelve queries over a world takes minutes, and the failing one is in the message."""
QUERIES_PER_WORLD = 12


@pytest.fixture(scope="module", params=STORED)
def stored(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loop]:
    """One engine for all examples: each example is a project of its own."""
    loop = Loop()
    loop.engine = loop.run(open_engine(request.param, request, Path(tmp_path_factory.mktemp("metrics"))))
    yield loop
    for part in (loop.engine.writer, loop.engine.reader, loop.engine.metrics, loop.engine.row_metrics):
        loop.run(part.close())
    loop.runner.close()


def _found(rows: Sequence[MetricsRow]) -> dict[Any, Any]:
    found = {(row.dimensions, row.time_us): [_close(value) for value in row.values] for row in rows}
    assert len(found) == len(rows)
    return found


def _close(value: Any) -> Any:
    """Whole numbers exactly, others to 1e-9; nothing else is a number of an answer."""
    assert value is None or isinstance(value, int | float | list), value
    if isinstance(value, list):
        return [_close(edge) for part in value for edge in part]
    return pytest.approx(value, rel=1e-9, abs=1e-12) if isinstance(value, float) else value


def _has_exact_order(query: MetricsQuery) -> bool:
    return all(is_exact(query, order.key) for order in order_of(query) if isinstance(order.key, Metric))


async def _compare(loop: Loop, memory: MemoryTelemetry, project: ProjectId, query: MetricsQuery) -> None:
    validate_metrics(query)
    expected = await memory.metrics.run(project, query)
    for reader in (loop.engine.metrics, loop.engine.row_metrics):
        rows = await reader.run(project, query)
        if query.limit is None:
            assert _found(rows) == _found(expected), query
        elif _has_exact_order(query):
            wanted, got = arrange(query, expected), arrange(query, rows)
            assert [(row.dimensions, row.time_us) for row in got] == [(row.dimensions, row.time_us) for row in wanted]
            assert _found(got) == _found(wanted), query


def _examples(load: Load) -> int:
    return load.choose(small=12, bounded=300, full=1_000)


def test_any_query_gets_the_answer_of_the_memory_engine(stored: Loop, load: Load) -> None:
    @given(world=worlds, asked=st.lists(metrics_queries(), min_size=QUERIES_PER_WORLD, max_size=QUERIES_PER_WORLD))
    @settings(suppress_health_check=_SHARED, deadline=None, max_examples=_examples(load), phases=_PHASES)
    def check(world: list[Any], asked: list[MetricsQuery]) -> None:
        project = ProjectId(f"metrics-{next(_numbers)}")

        async def compare() -> None:
            memory = MemoryTelemetry()
            for writer in (memory, stored.engine.writer):
                await writer.apply(batch(project, world))
            for query in asked:
                await _compare(stored, memory, project, query)

        stored.run(compare())

    check()
