"""The Postgres reader: one snapshot per call, a bound on every question, and connections that are replaced."""

import asyncio
import gc
import re
import threading
import weakref
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import psycopg
import pytest
from psycopg.pq import PipelineStatus

from panope.adapters.postgres.connection import plans as plans_module
from panope.adapters.postgres.telemetry import PostgresTelemetry
from panope.adapters.relational.session import Session, Sql
from panope.domain.errors import TooBroadError, UnavailableError
from panope.domain.ids import ProjectId
from panope.ports.bounds import ReadBound
from tests.support.batches import batch
from tests.support.engines import telemetry_database
from tests.support.told import observation, score, trace

PROJECT = ProjectId("p1")


@pytest.fixture
def url(request: pytest.FixtureRequest) -> str:
    return telemetry_database(request)


@pytest.fixture
async def telemetry(url: str) -> AsyncIterator[PostgresTelemetry]:
    opened = PostgresTelemetry(url, reader_threads=1, bound=ReadBound(timeout_s=0.2))
    yield opened
    await opened.close()


@pytest.fixture
async def unhurried(url: str) -> AsyncIterator[PostgresTelemetry]:
    opened = PostgresTelemetry(url, reader_threads=1)
    yield opened
    await opened.close()


async def test_all_statements_of_a_call_see_one_moment(url: str, telemetry: PostgresTelemetry) -> None:
    def read(session: Session) -> tuple[Any, Any]:
        before = session.execute("SELECT count(*) FROM project")
        with psycopg.connect(url, autocommit=True) as other:
            other.execute("INSERT INTO project (id) VALUES ('meanwhile')")
        return before, session.execute("SELECT count(*) FROM project")

    before, after = await telemetry.reader._pool.run(read)
    assert before == after == [(0,)]
    assert await telemetry.reader._pool.run(lambda session: session.execute("SELECT count(*) FROM project")) == [(1,)]


async def test_statements_that_travel_together_find_what_each_finds_alone(telemetry: PostgresTelemetry) -> None:
    together = [Sql("SELECT ?::integer + 1", (1,)), Sql("SELECT 1 WHERE false"), Sql("SELECT 'a' UNION ALL SELECT 'b'")]
    found = await telemetry.reader._pool.run(lambda session: session.execute_all(together))
    assert found == [[(2,)], [], [("a",), ("b",)]]


async def test_only_a_scan_is_planned_without_the_order_of_an_index(telemetry: PostgresTelemetry) -> None:
    shown = "SELECT current_setting('enable_indexscan')"
    together = [Sql(shown), Sql(shown, is_scan=True), Sql(shown)]
    found = await telemetry.reader._pool.run(lambda session: session.execute_all(together))
    assert found == [[("on",)], [("off",)], [("on",)]]


async def test_a_trace_is_read_in_one_journey(telemetry: PostgresTelemetry, monkeypatch: pytest.MonkeyPatch) -> None:
    await telemetry.writer.apply(batch(PROJECT, [trace("t", input="hi"), observation("o", trace_id="t")]))
    monkeypatch.setattr(plans_module, "_KEPT_S", 3_600)
    assert await telemetry.reader.get_trace(PROJECT, "t") is not None  # its project is known now
    asked: list[tuple[str, bool]] = []
    execute = psycopg.Connection.execute

    def note(connection: psycopg.Connection[Any], query: bytes, *args: Any, **options: Any) -> Any:
        asked.append((query.decode().split()[0], connection.pgconn.pipeline_status != PipelineStatus.OFF))
        return execute(connection, query, *args, **options)

    monkeypatch.setattr(psycopg.Connection, "execute", note)
    read = await telemetry.reader.get_trace(PROJECT, "t")
    assert read is not None
    assert (read.trace.payload.input, read.trace.observation_ids) == ("hi", ["o"])
    waited_for = [statement for statement in asked if statement[0] != "COMMIT"]
    assert waited_for == [("BEGIN", True), *4 * [("SELECT", True)]]


async def test_the_plans_of_point_reads_are_kept(telemetry: PostgresTelemetry) -> None:
    await telemetry.writer.apply(batch(PROJECT, [trace("t"), observation("o", trace_id="t")]))
    for _ in range(3):
        assert await telemetry.reader.get_trace(PROJECT, "t") is not None
        assert await telemetry.reader.get_observation(PROJECT, "o") is not None
    asked = "SELECT count(*), min(generic_plans + custom_plans) FROM pg_prepared_statements"
    assert await telemetry.reader._pool.run(lambda session: session.execute(asked)) == [(4, 3)]


async def test_a_pooler_that_hides_is_noticed_by_a_new_connection(telemetry: PostgresTelemetry) -> None:
    await telemetry.writer.apply(batch(PROJECT, [trace("t")]))
    taken = "DO $$ BEGIN EXECUTE 'PREPARE _pg3_0 AS SELECT 1'; END $$"  # as if another had used this server process
    await telemetry.reader._pool.run(lambda session: session.execute(taken))
    for _ in range(2):
        assert await telemetry.reader.get_trace(PROJECT, "t") is not None
    asked = "SELECT count(*) FROM pg_prepared_statements"
    assert await telemetry.reader._pool.run(lambda session: session.execute(asked)) == [(1,)]


async def test_lookups_that_take_too_long_leave_no_statements_behind(url: str, telemetry: PostgresTelemetry) -> None:
    await telemetry.writer.apply(batch(PROJECT, [trace("t")]))
    await telemetry.reader.list_receipts(PROJECT, 1)  # its project is known now
    with psycopg.connect(url) as holder:
        holder.execute("LOCK TABLE trace IN ACCESS EXCLUSIVE MODE")
        for _ in range(3):
            with pytest.raises(TooBroadError):
                await telemetry.reader.get_trace(PROJECT, "t")
    asked = "SELECT count(*) FROM pg_prepared_statements"
    assert await telemetry.reader._pool.run(lambda session: session.execute(asked)) == [(0,)]


async def test_what_a_failed_read_held_is_free_with_its_error(telemetry: PostgresTelemetry) -> None:
    class Rows(list[int]):
        """Can be referred to weakly."""

    held: list[weakref.ref[Rows]] = []

    def fail(_: Session) -> None:
        rows = Rows([1])
        held.append(weakref.ref(rows))
        raise TooBroadError("too many rows", code="query_too_broad")

    gc.disable()
    try:
        with suppress(TooBroadError):
            await telemetry.reader._pool.run(fail)
        await telemetry.reader._pool.run(lambda _: None)
        assert held[0]() is None
    finally:
        gc.enable()


async def test_plans_that_were_made_of_a_few_rows_do_not_stay(
    url: str, unhurried: PostgresTelemetry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plans_module, "_KEPT_S", 3_600)
    await unhurried.writer.apply(batch(PROJECT, [trace("t"), observation("o", trace_id="t")]))
    with psycopg.connect(url, autocommit=True) as connection:
        for table in ("trace", "observation", "score", "trace_payload", "observation_payload"):
            connection.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")  # type: ignore[arg-type]
        connection.execute("VACUUM ANALYZE")
    for _ in range(8):  # some are needed until a plan serves all values
        assert await unhurried.reader.get_trace(PROJECT, "t") is not None
        assert await unhurried.reader.get_observation(PROJECT, "o") is not None
    ids = [f"m{number}" for number in range(3_000)]
    many = [told for one in ids for told in (trace(one), observation(one, trace_id=one), score(one, trace_id=one))]
    await unhurried.writer.apply(batch(PROJECT, many))
    walking = re.compile("Seq Scan|Filter: .*id = ")
    assert walking.search(await _prepared_plans(unhurried)), "else there is nothing to mend"
    monkeypatch.setattr(plans_module, "_KEPT_S", 0)
    assert await unhurried.reader.get_trace(PROJECT, "t") is not None
    plans = await _prepared_plans(unhurried)
    assert not walking.search(plans), plans


async def _prepared_plans(telemetry: PostgresTelemetry) -> str:
    """How traces and observations are looked up by an id."""

    def explain(session: Session) -> str:
        prepared = session.execute("SELECT name FROM pg_prepared_statements WHERE cardinality(parameter_types) = 2")
        assert len(prepared) == 4
        plans = [session.execute(f"EXPLAIN EXECUTE {name} (1, 't')") for (name,) in prepared]
        return "\n".join(line for plan in plans for (line,) in plan)

    return await telemetry.reader._pool.run(explain)


async def test_a_pooler_that_hides_is_noticed(telemetry: PostgresTelemetry) -> None:
    await telemetry.writer.apply(batch(PROJECT, [trace("t")]))
    assert await telemetry.reader.get_trace(PROJECT, "t") is not None
    elsewhere = "DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$"  # as if the next one went to another server process
    await telemetry.reader._pool.run(lambda session: session.execute(elsewhere))
    for _ in range(2):
        assert await telemetry.reader.get_trace(PROJECT, "t") is not None
    asked = "SELECT count(*) FROM pg_prepared_statements"
    assert await telemetry.reader._pool.run(lambda session: session.execute(asked)) == [(0,)]


async def test_work_that_asks_nothing_begins_no_transaction(
    telemetry: PostgresTelemetry, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await telemetry.reader._pool.run(lambda session: session.execute("SELECT 1")) == [(1,)]
    monkeypatch.delattr(psycopg.Connection, "execute")
    assert await telemetry.reader._pool.run(lambda _: "nothing") == "nothing"


async def test_an_answer_does_not_wait_for_the_end_of_its_transaction(
    url: str, telemetry: PostgresTelemetry, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_end = threading.Event()
    execute = psycopg.Connection.execute

    def hold(connection: psycopg.Connection[Any], query: bytes, *args: Any, **options: Any) -> Any:
        if query == b"COMMIT":
            may_end.wait(9)
        return execute(connection, query, *args, **options)

    monkeypatch.setattr(psycopg.Connection, "execute", hold)
    with psycopg.connect(url, autocommit=True) as other:
        read = asyncio.create_task(telemetry.reader._pool.run(lambda session: session.execute("SELECT 1")))
        assert await asyncio.wait_for(read, 5) == [(1,)]
        assert _transactions(other) == 1
        may_end.set()
        await telemetry.reader._pool.run(lambda session: session.execute("SELECT 1"))  # on the same thread, afterwards
        assert _transactions(other) <= 1, "its own, perhaps"


def _transactions(connection: psycopg.Connection[Any]) -> int:
    """How many others of this database are in a transaction and do nothing."""
    found = connection.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'"
    ).fetchone()
    assert found is not None
    return int(found[0])


async def test_a_connection_that_dies_at_the_end_of_a_read_is_replaced(
    url: str, telemetry: PostgresTelemetry, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute = psycopg.Connection.execute

    def die(connection: psycopg.Connection[Any], query: bytes, *args: Any, **options: Any) -> Any:
        if query == b"COMMIT":
            with psycopg.connect(url) as other:
                other.execute("SELECT pg_terminate_backend(%s)", [connection.info.backend_pid])
        return execute(connection, query, *args, **options)

    with monkeypatch.context() as patched:
        patched.setattr(psycopg.Connection, "execute", die)
        for number in range(3):
            read = await telemetry.reader._pool.run(lambda session, n=number: session.execute(f"SELECT {n}"))
            assert read == [(number,)]
    assert await telemetry.reader._pool.run(lambda session: session.execute("SELECT 1")) == [(1,)]


async def test_a_read_that_nobody_waits_for_any_more_is_left_out(telemetry: PostgresTelemetry) -> None:
    may_go, ran = threading.Event(), []
    first = asyncio.create_task(telemetry.reader._pool.run(lambda _: may_go.wait(9)))
    second = asyncio.create_task(telemetry.reader._pool.run(lambda _: ran.append("second")))
    await asyncio.sleep(0)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    may_go.set()
    await first
    await telemetry.reader._pool.run(lambda _: ran.append("third"))
    assert ran == ["third"]


@pytest.mark.parametrize("is_scan", [False, True])
async def test_of_statements_that_travel_together_one_that_takes_too_long_is_told_to_narrow(
    telemetry: PostgresTelemetry, *, is_scan: bool
) -> None:
    together = [Sql("SELECT 1"), Sql("SELECT pg_sleep(9)", is_scan=is_scan), Sql("SELECT 2")]
    with pytest.raises(TooBroadError, match="shorter range of time"):
        await telemetry.reader._pool.run(lambda session: session.execute_all(together))
    assert await telemetry.reader._pool.run(lambda session: session.execute("SELECT 1")) == [(1,)]


async def test_a_question_that_takes_too_long_is_told_to_narrow(telemetry: PostgresTelemetry) -> None:
    with pytest.raises(TooBroadError, match="shorter range of time") as refused:
        await telemetry.reader._pool.run(lambda session: session.execute("SELECT pg_sleep(9)"))
    assert refused.value.code == "query_too_broad"
    assert await telemetry.reader._pool.run(lambda session: session.execute("SELECT 1")) == [(1,)]


async def test_a_reader_cannot_write(telemetry: PostgresTelemetry) -> None:
    with pytest.raises(UnavailableError):
        await telemetry.reader._pool.run(lambda session: session.execute("INSERT INTO project (id) VALUES ('x')"))


async def test_a_reader_is_refused_once_closed(telemetry: PostgresTelemetry) -> None:
    await telemetry.writer.apply(batch(PROJECT, [trace("t")]))
    await telemetry.close()
    await telemetry.close()
    with pytest.raises(UnavailableError):
        await telemetry.reader.get_trace(PROJECT, "t")
    with pytest.raises(UnavailableError):
        await telemetry.writer.apply(batch(PROJECT, [trace("t")]))


async def test_a_check_that_is_not_answered_says_that_the_store_is_away(url: str, telemetry: PostgresTelemetry) -> None:
    await telemetry.reader.check()
    with psycopg.connect(url) as holder:
        holder.execute("LOCK TABLE project IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(UnavailableError):
            await telemetry.reader.check()
