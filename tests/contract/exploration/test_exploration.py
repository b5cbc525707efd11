"""`TelemetryExploration`: every engine counts and shows alike."""

from collections.abc import AsyncIterator
from typing import Literal

import pytest
import pytest_asyncio

from panope.adapters.memory.telemetry import MemoryTelemetry
from panope.ports.exploration import GROUP_SORTS, Asked, RowCount, Steps, TraceGroup
from panope.query.ast import Keyset, ListQuery, Sort
from panope.query.fields import FIELDS, PARTS, View
from panope.query.grid import Grid
from tests.contract.queries import ALL, QUERIES
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


KEYS = {"metadata": "team", "scores_avg": "quality", "score_categories": "tone", "score_booleans": "ok"}
FACETS = [
    (view, Asked(field.name, KEYS.get(field.name), of_parts=of_parts))
    for view in View
    for of_parts in (False, True)
    if not of_parts or view in PARTS
    for field in FIELDS[PARTS[view] if of_parts else view].values()
    if field.name not in ("input", "output", "updated_at") and not (of_parts and field.name == "tags")
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def model() -> MemoryTelemetry:
    """The same world in the engine that defines the answers."""
    telemetry = MemoryTelemetry()
    await telemetry.apply(batch(PROJECT, EVENTS, attribute_sets=[RESOURCE, SCOPE]))
    return telemetry


@pytest.mark.parametrize(("view", "asked"), FACETS)
async def test_values_are_counted_as_in_memory(world: Engine, model: MemoryTelemetry, view: View, asked: Asked) -> None:
    for newest, limit in ((100, 100), (3, 100), (100, 1)):
        expected = await model.count_values(PROJECT, view, ALL, asked, newest=newest, limit=limit)
        found = await world.reader.count_values(PROJECT, view, ALL, asked, newest=newest, limit=limit)
        assert found == expected


@pytest.mark.parametrize(
    ("view", "asked", "expected"),
    [
        (View.TRACES, Asked("environment"), {"production": 3, "default": 3, "staging": 2}),
        (View.TRACES, Asked("tags"), {"red": 3, "blue": 1, "green": 1}),
        (View.TRACES, Asked("user_id"), {"ann": 2, "bob": 1}),
        (View.TRACES, Asked("metadata", "team"), {"athena": 1, "zeus": 1}),
        (View.TRACES, Asked("score_categories", "tone"), {"friendly": 1}),
        (View.TRACES, Asked("score_booleans", "ok"), {True: 1}),
        (View.TRACES, Asked("model", of_parts=True), {"gpt-4o": 1, "house-model": 1}),
        (View.OBSERVATIONS, Asked("type"), {"GENERATION": 2, "EVENT": 1, "SPAN": 2, "TOOL": 1}),
        (View.OBSERVATIONS, Asked("trace_name"), {"answer": 3, "Answer%_": 1}),
    ],
)
async def test_values_are_counted(world: Engine, view: View, asked: Asked, expected: dict[str, int]) -> None:
    found = await world.reader.count_values(PROJECT, view, ALL, asked, newest=100, limit=100)
    assert {one.value: one.count for one in found} == expected
    assert [one.count for one in found] == sorted(expected.values(), reverse=True)


@pytest.mark.parametrize("caption", QUERIES)
async def test_values_are_counted_of_what_matches(world: Engine, caption: str) -> None:
    view, query, expected = QUERIES[caption]
    found = await world.reader.count_values(PROJECT, view, query.where, Asked("id"), newest=100, limit=100)
    assert sorted(str(one.value) for one in found) == sorted(expected)


GRIDS = (
    Grid(60_000_000, minute(-5)),
    Grid(420_000_000, minute(-7.5)),
    Grid(1 << 60, 0),
    Grid(1 << 57, -(1 << 61)),
    Grid(7_200_000_000, minute(-120), ((minute(1), 3_600_000_000), (minute(3), 0))),
)


@pytest.mark.parametrize("caption", QUERIES)
async def test_time_is_counted_in_steps(world: Engine, model: MemoryTelemetry, caption: str) -> None:
    view, query, expected = QUERIES[caption]
    for grid in GRIDS:
        found = await world.reader.count_by_time(PROJECT, view, query.where, grid)
        assert found == await model.count_by_time(PROJECT, view, query.where, grid)
        assert sum(step.count for step in found) == len(expected)
        assert all(step.start_us == grid.floor(step.start_us) for step in found)


async def test_errors_are_counted_in_steps(world: Engine) -> None:
    for view in (View.TRACES, View.OBSERVATIONS):
        [step] = await world.reader.count_by_time(PROJECT, view, ALL, Grid(1 << 60, 0))
        assert step.error_count == 1


@pytest.mark.parametrize("field", sorted(GROUP_SORTS))
@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("by", ["user_id", "session_id"])
async def test_groups_of_traces_are_walked_in_every_order(
    world: Engine, model: MemoryTelemetry, field: str, *, descending: bool, by: Literal["user_id", "session_id"]
) -> None:
    sort = Sort(field, descending)
    whole = await world.reader.group_traces(PROJECT, ALL, by, sort=sort, limit=100)
    assert whole == await model.group_traces(PROJECT, ALL, by, sort=sort, limit=100)
    assert len(whole) == {"user_id": 2, "session_id": 3}[by]
    walked: list[TraceGroup] = []
    after = None
    while page := await world.reader.group_traces(PROJECT, ALL, by, sort=sort, after=after, limit=1):
        walked += page
        after = Keyset(getattr(page[-1], field), page[-1].id)
    assert walked == whole


@pytest.mark.parametrize("caption", [caption for caption in QUERIES if QUERIES[caption][0] is View.TRACES])
async def test_groups_are_of_the_traces_that_match(world: Engine, model: MemoryTelemetry, caption: str) -> None:
    where, sort = QUERIES[caption][1].where, Sort("id")
    found = await world.reader.group_traces(PROJECT, where, "session_id", sort=sort, limit=100)
    assert found == await model.group_traces(PROJECT, where, "session_id", sort=sort, limit=100)


async def test_the_last_trace_of_each_session_is_found(world: Engine, model: MemoryTelemetry) -> None:
    groups = await model.group_traces(PROJECT, ALL, "session_id", sort=Sort("id"), limit=100)
    sessions = ["nowhere", *(group.id for group in groups)]
    found = await world.reader.list_last_traces(PROJECT, sessions)
    expected = await model.list_last_traces(PROJECT, sessions)
    assert {row.id for row in found} == {row.id for row in expected}
    assert len(expected) == len(groups) == 3
    assert await world.reader.list_last_traces(PROJECT, ["nowhere"]) == []


async def test_a_group_adds_up_its_traces(world: Engine) -> None:
    groups = await world.reader.group_traces(PROJECT, ALL, "session_id", sort=Sort("id", descending=False), limit=1)
    assert groups == [
        TraceGroup(
            id="s-a",
            user_id="ann",
            first_us=minute(0),
            last_us=minute(1),
            span_us=60_000_000,
            active_us=60_000_000,
            trace_count=2,
            observation_count=3,
            error_count=1,
            open_count=1,
            unpriced_count=0,
            session_count=1,
            user_count=2,
            input_tokens=40,
            output_tokens=10,
            total_tokens=50,
            total_cost=200_000_000,
        )
    ]
