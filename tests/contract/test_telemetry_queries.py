"""`TelemetryReader`: every engine gives the same answers to the same questions."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from panope.adapters.relational import listing
from panope.ports.telemetry import Page
from panope.query.ast import ALWAYS, Condition, Keyset, ListQuery, Op, Sort
from panope.query.fields import FIELDS, View
from tests.contract.queries import PAGES, QUERIES
from tests.contract.world import EVENTS, PROJECT, RESOURCE, SCOPE, STRANGER
from tests.support.batches import batch
from tests.support.engines import ENGINES, Engine, open_engine
from tests.support.told import trace

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=ENGINES)
async def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Engine]:
    """One store for all questions: none of them writes."""
    engine = await open_engine(request.param, request, tmp_path_factory.mktemp("world"))
    await engine.writer.apply(batch(PROJECT, EVENTS, attribute_sets=[RESOURCE, SCOPE]))
    await engine.writer.apply(batch(STRANGER, [trace("t1", name="answer", user_id="ann", tags=["red"])]))
    yield engine
    await engine.writer.close()
    await engine.reader.close()


async def ask(engine: Engine, view: View, query: ListQuery) -> Page[Any]:
    """List a view."""
    lists = {
        View.TRACES: engine.reader.list_traces,
        View.OBSERVATIONS: engine.reader.list_observations,
        View.SCORES: engine.reader.list_scores,
        View.SESSIONS: engine.reader.list_sessions,
    }
    return await lists[view](PROJECT, query)


def ids(page: Page[Any]) -> list[str]:
    """Ids of the rows of a page."""
    return [getattr(row, "row", row).id for row in page.rows]


@pytest.mark.parametrize("caption", QUERIES)
async def test_query(world: Engine, caption: str) -> None:
    view, query, expected = QUERIES[caption]
    page = await ask(world, view, query)
    assert ids(page) == expected
    assert page.total == len(expected)


@pytest.mark.parametrize("caption", [caption for caption in QUERIES if "score" in caption])
async def test_scores_that_are_many_filter_alike(world: Engine, caption: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "_PROBED", 0)
    view, query, expected = QUERIES[caption]
    page = await ask(world, view, query)
    assert (ids(page), page.total) == (expected, len(expected))


@pytest.mark.parametrize("caption", PAGES)
async def test_offset_pages_cover_everything_once(world: Engine, caption: str) -> None:
    view, sort = PAGES[caption]
    everything = ids(await ask(world, view, ListQuery(sort=sort)))
    paged: list[str] = []
    for offset in range(0, len(everything) + 2, 2):
        paged += ids(await ask(world, view, ListQuery(sort=sort, limit=2, offset=offset)))
    assert paged == everything


@pytest.mark.parametrize("caption", PAGES)
async def test_keyset_pages_cover_everything_once(world: Engine, caption: str) -> None:
    view, sort = PAGES[caption]
    everything = (await ask(world, view, ListQuery(sort=sort))).rows
    paged: list[str] = []
    after = None
    while rows := (await ask(world, view, ListQuery(sort=sort, limit=2, after=after))).rows:
        paged += [getattr(row, "row", row).id for row in rows]
        last = getattr(rows[-1], "row", rows[-1])
        after = Keyset(_sort_value(sort.field, last), last.id)
    assert paged == [getattr(row, "row", row).id for row in everything]


@pytest.mark.parametrize("field", ["last_activity", "latency", "trace_count", "total_tokens", "total_cost"])
@pytest.mark.parametrize("descending", [True, False])
async def test_pages_of_sessions_follow_one_another_in_an_order_of_their_traces(
    world: Engine, *, field: str, descending: bool
) -> None:
    sort = Sort(field, descending)
    everything = await world.reader.list_sessions(PROJECT, ListQuery(sort=sort))
    groups = await world.reader.group_traces(PROJECT, ALWAYS, "session_id", sort=Sort("id"), limit=100)
    name = {"last_activity": "last_us", "latency": "span_us"}.get(field, field)
    values = {group.id: getattr(group, name) for group in groups}
    paged: list[str] = []
    after = None
    while (page := await world.reader.list_sessions(PROJECT, ListQuery(sort=sort, limit=1, after=after))).rows:
        (last,) = page.rows
        (value,) = page.sorted_by or [_sort_value(field, last)]
        assert (value, type(value)) == (values[last.id], int)
        paged.append(last.id)
        after = Keyset(value, last.id)
    assert paged == ids(everything)


def _sort_value(field: str, row: Any) -> Any:
    renamed = {"timestamp": "timestamp_us", "start_time": "start_us"}.get(field, field)
    return getattr(row, renamed) if hasattr(row, renamed) else getattr(row.totals, renamed)


@pytest.mark.parametrize(
    ("view", "name"), [(view, name) for view in View for name, field in FIELDS[view].items() if field.sortable]
)
@pytest.mark.parametrize("descending", [True, False])
async def test_every_sortable_field_sorts(world: Engine, view: View, name: str, descending: bool) -> None:  # noqa: FBT001
    page = await ask(world, view, ListQuery(sort=Sort(name, descending), with_total=True))
    assert len(page.rows) == page.total > 0


async def test_pages_carry_payloads_only_when_asked(world: Engine) -> None:
    where = Condition("id", Op.EQ, "t1")
    _, query, _ = QUERIES["all traces, earliest first, ties by id"]
    without = await world.reader.list_traces(PROJECT, ListQuery(where=where, sort=query.sort))
    with_payload = await world.reader.list_traces(PROJECT, ListQuery(where=where, sort=query.sort, with_payload=True))
    assert without.rows[0].payload is None
    payload = with_payload.rows[0].payload
    assert payload is not None
    assert (payload.input, payload.output) == ('{"q":1}', "fine")
    assert payload.metadata == {"team": "zeus", "deep": {"x": 1}, "n": 5}


async def test_a_listed_trace_names_its_observations_and_scores(world: Engine) -> None:
    _, query, _ = QUERIES["name is"]
    page = await world.reader.list_traces(PROJECT, query)
    assert page.rows[0].observation_ids == ["o1", "o2"]
    assert page.rows[0].score_ids == ["c1", "c2"]
    assert page.rows[1].score_ids == ["c3"]


async def test_a_trace_names_nothing_where_ids_were_not_asked_for(world: Engine) -> None:
    query = ListQuery(where=Condition("name", Op.EQ, "answer"), sort=Sort("timestamp"), with_ids=False)
    page = await world.reader.list_traces(PROJECT, query)
    assert [(row.row.id, row.observation_ids, row.score_ids) for row in page.rows] == [("t2", [], []), ("t1", [], [])]


async def test_a_listed_observation_carries_what_it_takes_from_its_trace(world: Engine) -> None:
    _, query, _ = QUERIES["model"]
    observed = (await world.reader.list_observations(PROJECT, query)).rows[0]
    assert (observed.user_id, observed.session_id, observed.trace_name) == ("ann", "s-a", "answer")
    assert (observed.tags, observed.release, observed.public) == (["blue", "red"], "r1", True)
    assert observed.payload is None


async def test_a_score_carries_what_it_takes_from_its_trace(world: Engine) -> None:
    scored = await world.reader.get_score(PROJECT, "c1")
    assert scored is not None
    assert (scored.has_trace, scored.user_id, scored.tags) == (True, "ann", ["blue", "red"])
    assert (scored.trace_name, scored.trace_environment, scored.trace_session_id) == ("answer", "production", "s-a")
    lonely = await world.reader.get_score(PROJECT, "c7")
    assert lonely is not None
    assert (lonely.has_trace, lonely.user_id, lonely.tags) == (False, None, [])


async def test_another_projects_ids_name_nothing(world: Engine) -> None:
    assert await world.reader.get_trace(STRANGER, "t2") is None
    assert await world.reader.get_observation(STRANGER, "o1") is None
    assert await world.reader.get_score(STRANGER, "c1") is None
    assert await world.reader.get_session(STRANGER, "s-a") is None
    page = await world.reader.list_traces(STRANGER, QUERIES["name is"][1])
    assert [row.row.id for row in page.rows] == ["t1"]
    assert page.rows[0].observation_ids == []
