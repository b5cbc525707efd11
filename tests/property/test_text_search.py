"""Any texts, any searches, the index wherever it stands: every engine finds what the memory engine finds."""

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
from panope.ports.operations import Holder
from panope.query.ast import And, Condition, ListQuery, Node, Not, Op, Or, Some, Sort
from panope.query.fields import View
from tests.support.batches import batch
from tests.support.engines import ENGINES, Engine, open_engine
from tests.support.told import minute, observation, trace

STORED = [name for name in ENGINES if name != "memory"]
HOLDER = Holder("me", 60)
_SORTS = {View.TRACES: "timestamp", View.OBSERVATIONS: "start_time", View.SESSIONS: "created_at"}
_numbers = itertools.count()
_SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]

POOL = ("ab1-x É", "AB2_y", "é σ ab", "退款政策", "款政 a", "Σς b1", "x", "-", "abab", "zé退ab")  # noqa: RUF001
TEXTS = st.sampled_from(POOL)
IDS = st.sampled_from(["o1", "o2", "o3", "o4", "o5"])
TRACES = st.sampled_from(["t1", "t2"])


def _observation(number: int, name: str, trace_id: str, texts: tuple[str, str]) -> Any:
    told = {"trace_id": trace_id, "name": texts[0], "input": texts[0], "output": texts[1]}
    return observation(name, number, event_id=f"{number}", **told)


TOLD = st.tuples(st.just("observation"), IDS, TRACES, st.tuples(TEXTS, TEXTS))
WRITTEN = st.one_of(
    TOLD,
    TOLD,
    st.tuples(st.just("index"), st.integers(1, 4)),
    st.tuples(st.just("trace"), TRACES, TEXTS, TEXTS),
    st.tuples(st.just("delete"), TRACES),
    st.tuples(st.just("index"), st.integers(1, 4)),
    st.tuples(st.just("start")),
    st.tuples(st.just("drop")),
)
FIELDS = st.sampled_from(["id", "name", "user_id", "input", "output"])
PIECES = st.builds(
    lambda text, start, length, change: change(text[start : start + length]),
    TEXTS | IDS,
    st.integers(0, 3),
    st.integers(0, 5),
    st.sampled_from([str, str.upper, str.lower]),
)
"""So that most searches find something."""
PHRASES = st.builds(
    Condition,
    FIELDS,
    st.sampled_from([Op.MATCHES, Op.MATCHES, Op.CONTAINS, Op.NOT_MATCHES, Op.STARTS_WITH, Op.ENDS_WITH, Op.EQ]),
    PIECES,
)
CONDITIONS: st.SearchStrategy[Node] = st.recursive(
    PHRASES,
    lambda inner: st.one_of(
        st.builds(lambda nodes: And(tuple(nodes)), st.lists(inner, min_size=1, max_size=2)),
        st.builds(lambda nodes: Or(tuple(nodes)), st.lists(inner, min_size=1, max_size=2)),
        st.builds(Not, inner),
    ),
    max_leaves=4,
)


@pytest.fixture(scope="module", params=STORED)
def stored(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator["Loop"]:
    """One engine for all examples: each example is a project of its own."""
    loop = Loop()
    loop.engine = loop.run(open_engine(request.param, request, Path(tmp_path_factory.mktemp("engine"))))
    yield loop
    loop.run(loop.engine.writer.close())
    loop.run(loop.engine.reader.close())
    loop.runner.close()


class Loop:
    """An event loop that outlives a test, with the engine that lives on it."""

    engine: Engine

    def __init__(self) -> None:
        self.runner = asyncio.Runner()

    def run(self, work: Any) -> Any:
        """Run to the end."""
        return self.runner.run(work)


async def _ids(reader: Any, project: ProjectId, view: View, where: Node) -> tuple[list[str], int]:
    query = ListQuery(where=where, sort=Sort(_SORTS[view]), limit=50, with_total=True)
    page = await getattr(reader, f"list_{view}")(project, query)
    return [getattr(row, "row", row).id for row in page.rows], page.total


async def _act(engine: Engine, memory: MemoryTelemetry, project: ProjectId, number: int, act: tuple[Any, ...]) -> None:
    kind, *rest = act
    if kind == "start":
        await engine.texts.start(project)
    elif kind == "drop":
        await engine.texts.drop(project)
    elif kind == "index":
        if await engine.texts.claim(project, HOLDER):
            for _ in range(rest[0]):
                await engine.texts.advance(project, HOLDER)
    elif kind == "delete":
        for writer in (memory, engine.writer):
            await writer.delete_traces(project, rest, at_us=minute(number))
    else:
        event = (
            _observation(number, *rest)
            if kind == "observation"
            else trace(rest[0], number, event_id=f"{number}", name=rest[1], user_id=rest[2], session_id="s")
        )
        for writer in (memory, engine.writer):
            await writer.apply(batch(project, [event]))


@given(acts=st.lists(WRITTEN, min_size=1, max_size=12), asked=st.lists(CONDITIONS, min_size=1, max_size=3))
@settings(suppress_health_check=_SHARED, deadline=None)
def test_any_search_finds_what_the_memory_engine_finds(
    stored: Loop, acts: list[tuple[Any, ...]], asked: list[Node]
) -> None:
    project = ProjectId(f"texts-{next(_numbers)}")

    async def compare() -> None:
        memory = MemoryTelemetry()
        await stored.engine.texts.start(project)
        for number, act in enumerate(acts):
            await _act(stored.engine, memory, project, number, act)
            for where in asked:
                for view, node in ((View.OBSERVATIONS, where), (View.TRACES, where), (View.TRACES, Some(where))):
                    found = await _ids(stored.engine.reader, project, view, node)
                    assert found == await _ids(memory, project, view, node), (act, view, node)

    stored.run(compare())
