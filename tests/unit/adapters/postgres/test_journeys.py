"""How many journeys to the server a read makes: statements of which none needs what another finds travel together."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg.pq import PipelineStatus

from panope.adapters.postgres.reader import PostgresTelemetryReader
from panope.adapters.postgres.telemetry import PostgresTelemetry
from panope.domain.events import AttributeSet
from panope.domain.ids import ProjectId
from panope.query.ast import ALWAYS, Condition, ListQuery, Node, Op, Sort
from panope.query.fields import View
from panope.query.grid import Grid
from tests.support.batches import batch
from tests.support.engines import telemetry_database
from tests.support.told import observation, score, trace

PROJECT = ProjectId("p1")
RESOURCE, SCOPE = AttributeSet("0123456789abcdef", '{"a":1}'), AttributeSet("fedcba9876543210", '{"name":"b"}')
NEWEST, LATEST = Sort("timestamp"), Sort("start_time")
QUALITY = Condition("scores_avg", Op.GE, 0.0, key="quality")
Ask = Callable[[PostgresTelemetryReader], Awaitable[Any]]


class Journeys:
    """Counts those that begin while it watches; the end of a transaction is none that an answer waits for."""

    def __init__(self) -> None:
        self.count = 0

    @contextmanager
    def watched(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        execute, pipeline = psycopg.Connection.execute, psycopg.Connection.pipeline

        def count_statement(connection: psycopg.Connection[Any], query: bytes, *args: Any, **options: Any) -> Any:
            is_alone = connection.pgconn.pipeline_status == PipelineStatus.OFF
            self.count += is_alone and query != b"COMMIT"
            return execute(connection, query, *args, **options)

        def count_pipeline(connection: psycopg.Connection[Any]) -> Any:
            self.count += 1
            return pipeline(connection)

        with monkeypatch.context() as patched:
            patched.setattr(psycopg.Connection, "execute", count_statement)
            patched.setattr(psycopg.Connection, "pipeline", count_pipeline)
            yield


@pytest.fixture
async def telemetry(request: pytest.FixtureRequest) -> AsyncIterator[PostgresTelemetry]:
    opened = PostgresTelemetry(telemetry_database(request), reader_threads=1)
    told: dict[str, Any] = {"resource": RESOURCE.id, "scope": SCOPE.id}
    story = [
        trace("t1", name="n", user_id="u", session_id="s", tags=["red"], input="hi", metadata={"customer": "c"}),
        trace("t2", 1, name="n", user_id="u", session_id="s"),
        observation("o1", trace_id="t1", input="hi", **told),
        observation("o2", 1, trace_id="t1", output="ho", **told),
        observation("o3", 2, trace_id="t2", type="TOOL", **told),
        score("s1", 3, trace_id="t1", name="quality", number=1),
    ]
    await opened.writer.apply(batch(PROJECT, story, attribute_sets=[RESOURCE, SCOPE]))
    await opened.reader.list_receipts(PROJECT, 1)  # its project is known now
    yield opened
    await opened.close()


def traces(where: Node = ALWAYS, sort: Sort = NEWEST, **more: Any) -> Ask:
    whole = {"with_payload": True, "with_total": True, **more}
    return lambda reader: reader.list_traces(PROJECT, ListQuery(where=where, sort=sort, **whole))


def observations(where: Node = ALWAYS, **more: Any) -> Ask:
    return lambda reader: reader.list_observations(PROJECT, ListQuery(where=where, sort=LATEST, **more))


READS: dict[str, tuple[int, Ask]] = {
    "traces with everything": (2, traces()),
    "traces without payloads, ids and total": (2, traces(with_payload=False, with_ids=False, with_total=False)),
    "traces by metadata": (2, traces(Condition("metadata", Op.EQ, "c", key="customer"))),
    "traces by score, which is probed first": (3, traces(QUALITY)),
    "traces of a user, and how many": (2, traces(Condition("user_id", Op.EQ, "u"))),
    "traces by cost, a scan": (2, traces(sort=Sort("total_cost"))),
    "no trace": (2, traces(Condition("metadata", Op.EQ, "d", key="customer"))),
    "no trace and no total": (1, traces(Condition("name", Op.EQ, "none"), with_total=False)),
    "a total alone": (1, traces(limit=0)),
    "observations": (2, observations()),
    "observations with payloads and total": (2, observations(with_payload=True, with_total=True)),
    "observations with previews": (2, observations(with_previews=True)),
    "observations with previews and payloads": (2, observations(with_previews=True, with_payload=True)),
    "scores": (2, lambda reader: reader.list_scores(PROJECT, ListQuery(sort=NEWEST))),
    "scores and how many": (2, lambda reader: reader.list_scores(PROJECT, ListQuery(sort=NEWEST, with_total=True))),
    "sessions": (2, lambda reader: reader.list_sessions(PROJECT, ListQuery(sort=Sort("created_at")))),
    "one trace": (1, lambda reader: reader.get_trace(PROJECT, "t1")),
    "one observation": (1, lambda reader: reader.get_observation(PROJECT, "o1")),
    "one session": (1, lambda reader: reader.get_session(PROJECT, "s")),
    "traces by time, a scan": (
        1,
        lambda reader: reader.count_by_time(PROJECT, View.TRACES, ALWAYS, Grid(width_us=10**12, origin_us=0)),
    ),
    "steps of a trace": (1, lambda reader: reader.list_steps(PROJECT, "t1", offset=0, limit=9)),
    "what changed": (2, lambda reader: reader.read_changes(PROJECT, "1", since_us=0, watched=["t1"], limit=9)),
    "how many traces have a score": (2, lambda reader: reader.count_rows(PROJECT, View.TRACES, QUALITY, 100)),
}


@pytest.mark.parametrize("name", READS)
async def test_a_read_makes_as_few_journeys_as_what_depends_on_what(
    telemetry: PostgresTelemetry, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    expected, ask = READS[name]
    await observations(with_payload=True)(telemetry.reader)  # so that the attribute sets are known
    journeys = Journeys()
    with journeys.watched(monkeypatch):
        await ask(telemetry.reader)
    assert journeys.count == expected


async def test_attribute_sets_that_a_page_names_first_take_one_journey_once(
    telemetry: PostgresTelemetry, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, again = Journeys(), Journeys()
    with first.watched(monkeypatch):
        page = await telemetry.reader.list_observations(PROJECT, ListQuery(sort=LATEST, with_payload=True))
    with again.watched(monkeypatch):
        assert await telemetry.reader.list_observations(PROJECT, ListQuery(sort=LATEST, with_payload=True)) == page
    assert (first.count, again.count) == (3, 2)
    payloads = [row.payload for row in page.rows]
    assert [payload.metadata for payload in payloads if payload] == 3 * [
        {"resourceAttributes": {"a": 1}, "scope": {"name": "b"}}
    ]
