"""`TelemetryExploration`: every engine counts and shows alike."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from panope.ports.exploration import RowCount, Steps
from panope.query.ast import ListQuery, Sort
from panope.query.fields import View
from tests.contract.queries import QUERIES
from tests.contract.world import EVENTS, PROJECT, RESOURCE, SCOPE, STRANGER
from tests.support.batches import batch
from tests.support.engines import ENGINES, Engine, open_engine
from tests.support.told import minute, observation, trace

pytestmark = pytest.mark.asyncio(loop_scope="module")
LARGE = "x" * 5_000


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=ENGINES)
async def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Engine]:
    """One store for all questions: none of them writes."""
    engine = await open_engine(request.param, request, tmp_path_factory.mktemp("world"))
    await engine.writer.apply(batch(PROJECT, EVENTS, attribute_sets=[RESOURCE, SCOPE]))
    previewed = [
        observation("small", 0, trace_id="t", input="a  question", output='[{"role":"assistant","content":"yes"}]'),
        observation("large", 1, trace_id="t", input=LARGE),
        observation("none", 2, trace_id="t"),
    ]
    await engine.writer.apply(batch(STRANGER, [trace("t1", name="answer", tags=["red"]), *previewed]))
    yield engine
    await engine.writer.close()
    await engine.reader.close()


@pytest.mark.parametrize("caption", QUERIES)
async def test_rows_are_counted_up_to_a_limit(world: Engine, caption: str) -> None:
    view, query, expected = QUERIES[caption]
    count = world.reader.count_rows
    assert await count(PROJECT, view, query.where, len(expected)) == RowCount(len(expected))
    if expected:
        limited = await count(PROJECT, view, query.where, len(expected) - 1)
        assert limited in (RowCount(len(expected) - 1, is_exact=False), RowCount(len(expected)))


@pytest.mark.parametrize("view", View)
async def test_an_unknown_project_has_no_rows(world: Engine, view: View) -> None:
    where = next(query.where for query_view, query, _ in QUERIES.values() if query_view is view)
    assert await world.reader.count_rows("nobody", view, where, 5) == RowCount(0)  # type: ignore[arg-type]


async def test_steps_are_the_observations_in_order_without_their_payloads(world: Engine) -> None:
    steps = await world.reader.list_steps(PROJECT, "t1", offset=0, limit=9)
    assert steps == Steps(
        id=["o1", "o2"],
        parent_id=[None, "o1"],
        type=["GENERATION", "TOOL"],
        name=["llm", "lookup"],
        start_us=[minute(0), minute(0.2)],
        end_us=[minute(1), minute(0.3)],
        completion_start_us=[minute(0.5), None],
        level=["DEFAULT", "ERROR"],
        status_message=[None, "no such row"],
        model=["gpt-4o", None],
        input_tokens=[40, 0],
        output_tokens=[10, 0],
        total_tokens=[50, 0],
        total_cost=[200_000_000, None],
        is_unpriced=[False, False],
        prompt_name=["greeting", None],
        prompt_version=[2, None],
        score_count=[1, 0],
    )
    unpriced = await world.reader.list_steps(PROJECT, "t3", offset=0, limit=9)
    assert (unpriced.id, unpriced.is_unpriced) == (["o4"], [True])


async def test_steps_come_in_stretches(world: Engine) -> None:
    assert (await world.reader.list_steps(PROJECT, "t1", offset=1, limit=9)).id == ["o2"]
    assert (await world.reader.list_steps(PROJECT, "t1", offset=0, limit=1)).id == ["o1"]
    assert (await world.reader.list_steps(PROJECT, "t1", offset=2, limit=1)).id == []
    assert (await world.reader.list_steps(STRANGER, "t1", offset=0, limit=9)).id == []


async def test_previews_are_made_where_a_row_keeps_none(world: Engine) -> None:
    query = ListQuery(sort=Sort("start_time", descending=False), with_previews=True)
    rows = [observed.row for observed in (await world.reader.list_observations(STRANGER, query)).rows]
    shown = [(row.id, row.input_preview, row.output_preview) for row in rows]
    assert shown == [("small", "a question", "yes"), ("large", LARGE[:160], None), ("none", None, None)]
    plain = (await world.reader.list_observations(STRANGER, ListQuery(sort=query.sort))).rows
    assert [observed.row.input_preview for observed in plain] == [None, LARGE[:160], None]
