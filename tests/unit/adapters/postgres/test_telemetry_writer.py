"""The Postgres writer where things go wrong: races, lost connections, poolers, locks; and what the schema must hold."""

import asyncio
import random
import signal
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
import structlog

from panope.adapters.memory.telemetry import MemoryTelemetry
from panope.adapters.postgres import buckets, locks
from panope.adapters.postgres.committer import PostgresCommitter
from panope.adapters.postgres.telemetry import PostgresTelemetry
from panope.domain.errors import UnavailableError
from panope.domain.ids import ProjectId
from panope.domain.ledger import Receipt
from panope.query.ast import Condition, ListQuery, Op, Sort
from tests.support.batches import NOW_US, batch
from tests.support.engines import telemetry_database
from tests.support.postgres import PostgresDatabase, Server, find_installations
from tests.support.told import minute, observation, score, trace

PROJECT = ProjectId("p1")


@pytest.fixture
def url(request: pytest.FixtureRequest) -> str:
    return telemetry_database(request)


@pytest.fixture
async def telemetry(url: str) -> AsyncIterator[PostgresTelemetry]:
    opened = PostgresTelemetry(url, reader_threads=1)
    yield opened
    await opened.close()


@pytest.fixture
def attempts(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """For each attempt at a commit, whether it took the store alone."""
    made: list[bool] = []
    attempt = PostgresCommitter._attempt

    def watch(self: PostgresCommitter, task: Any) -> list[int]:
        made.append(task.is_alone)
        return attempt(self, task)

    monkeypatch.setattr(PostgresCommitter, "_attempt", watch)
    return made


def _committer(telemetry: PostgresTelemetry) -> PostgresCommitter:
    committer = telemetry.writer._committer
    assert isinstance(committer, PostgresCommitter)
    return committer


def _ask(url: str, sql: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(sql).fetchall()  # type: ignore[call-overload]


def _fail_commits(telemetry: PostgresTelemetry, fail: Callable[[Any, Callable[[], Any]], None], times: int = 1) -> None:
    """Let the next commits of the writer's connection fail as `fail(connection, commit)` does."""
    connection = _committer(telemetry)._connection
    assert connection is not None
    execute = connection.execute
    left = [times]

    def flaky(query: Any, *args: Any, **options: Any) -> Any:
        if query == b"COMMIT" and left[0]:
            left[0] -= 1
            fail(connection, lambda: execute(query, *args, **options))
        return execute(query, *args, **options)

    connection.execute = flaky  # type: ignore[method-assign]


def _lose_after(connection: Any, commit: Callable[[], Any]) -> None:
    commit()
    connection.close()


def _lose_before(connection: Any, _commit: Callable[[], Any]) -> None:
    connection.close()


@pytest.mark.parametrize("lose", [_lose_after, _lose_before])
async def test_a_commit_whose_answer_is_lost_is_stored_once(
    telemetry: PostgresTelemetry, lose: Callable[..., None]
) -> None:
    await telemetry.writer.apply(batch(PROJECT, [trace("t0")]))
    _fail_commits(telemetry, lose)
    await telemetry.writer.apply(batch(PROJECT, [observation("o1", trace_id="t1", usage={"total": 3})]))
    detail = await telemetry.reader.get_trace(PROJECT, "t1")
    assert detail is not None
    assert detail.trace.row.totals.total_tokens == 3
    assert len(await telemetry.reader.list_receipts(PROJECT, 9)) == 2


async def test_a_deletion_whose_answer_is_lost_still_says_how_many(telemetry: PostgresTelemetry) -> None:
    await telemetry.writer.apply(batch(PROJECT, [trace("t1"), trace("t2")]))
    _fail_commits(telemetry, _lose_after)
    assert await telemetry.writer.delete_traces(PROJECT, ["t1", "t2"], at_us=NOW_US) == 2


async def test_an_idle_connection_that_died_is_replaced_unnoticed(url: str, telemetry: PostgresTelemetry) -> None:
    await telemetry.writer.apply(batch(PROJECT, [trace("t1")]))
    assert await telemetry.reader.get_trace(PROJECT, "t1") is not None
    _ask(url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'panope'")
    await telemetry.writer.apply(batch(PROJECT, [trace("t2")]))
    assert await telemetry.reader.get_trace(PROJECT, "t2") is not None


async def test_a_server_that_is_away_refuses_with_a_time_to_retry_and_serves_when_it_is_back() -> None:
    server = Server(find_installations()[0])
    try:
        server.start()
        telemetry = PostgresTelemetry.open(server.url, reader_threads=1)
        await telemetry.writer.apply(batch(PROJECT, [trace("t1")]))
        server.stop(signal.SIGINT)
        with pytest.raises(UnavailableError) as refused:
            await telemetry.writer.apply(batch(PROJECT, [trace("t2")]))
        assert refused.value.code == "store_unavailable"
        for ask in (telemetry.reader.get_trace(PROJECT, "t1"), telemetry.reader.check()):
            with pytest.raises(UnavailableError):
                await ask
        server.start()
        await telemetry.writer.apply(batch(PROJECT, [trace("t3")]))
        assert await telemetry.reader.get_trace(PROJECT, "t2") is None
        assert await telemetry.reader.get_trace(PROJECT, "t3") is not None
        await telemetry.reader.check()
        await telemetry.close()
    finally:
        server.remove()


async def test_what_the_projection_touches_beyond_what_was_named_is_locked_by_running_again(
    telemetry: PostgresTelemetry, attempts: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    story = [
        trace("t1", 1, session_id="s"),
        observation("o1", 1, trace_id="t1"),
        score("c1", 1, name="q", number=1, trace_id="t1"),
    ]
    await telemetry.writer.apply(batch(PROJECT, story))
    monkeypatch.setattr(locks.Wanted, "peek", lambda self, _connection: set(self.names))
    attempts.clear()
    await telemetry.writer.apply(batch(PROJECT, [observation("o1", 2, is_update=True, end_time=minute(2))]))
    assert attempts == [False, False, False], "the trace of the observation, then the session of the trace"
    attempts.clear()
    await telemetry.writer.delete_traces(PROJECT, ["t1"], at_us=NOW_US)
    assert attempts == [False, False, False], "the score of the trace, then its session"
    assert await telemetry.reader.get_session(PROJECT, "s") is None


async def test_a_look_before_the_locks_finds_what_events_do_not_name(
    telemetry: PostgresTelemetry, attempts: list[bool]
) -> None:
    story = [trace("t1", 1, session_id="s"), observation("o1", 1, trace_id="t1")]
    await telemetry.writer.apply(batch(PROJECT, story))
    attempts.clear()
    await telemetry.writer.apply(batch(PROJECT, [observation("o1", 2, is_update=True, end_time=minute(2))]))
    assert attempts == [False]


async def test_more_names_than_locks_take_the_store_alone(
    telemetry: PostgresTelemetry, attempts: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "MAX_LOCKS", 10)
    held: list[str] = []
    take = locks.take

    def watch(connection: Any, names: Any) -> str:
        xid = take(connection, names)
        modes = connection.execute(b"SELECT mode FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
        held.extend(mode for (mode,) in modes.fetchall())
        return xid

    monkeypatch.setattr(locks, "take", watch)
    await telemetry.writer.apply(batch(PROJECT, [trace(f"t{number}", session_id="s") for number in range(20)]))
    assert held == ["ExclusiveLock"]
    assert (await telemetry.reader.list_traces(PROJECT, ListQuery(sort=Sort("timestamp"), with_total=True))).total == 20


async def test_a_full_lock_table_makes_the_transaction_take_the_store_alone(
    telemetry: PostgresTelemetry, attempts: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    take = locks.take

    def fill(connection: Any, names: Any) -> str:
        if names:
            raise psycopg.errors.OutOfMemory
        return take(connection, names)

    monkeypatch.setattr(locks, "take", fill)
    await telemetry.writer.apply(batch(PROJECT, [trace("t1")]))
    assert len(attempts) == 2
    assert await telemetry.reader.get_trace(PROJECT, "t1") is not None


async def test_a_race_is_run_again(
    telemetry: PostgresTelemetry, attempts: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    take = locks.take
    races = [psycopg.errors.UniqueViolation, psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure]

    def race(connection: Any, names: Any) -> str:
        if races:
            raise races.pop()
        return take(connection, names)

    monkeypatch.setattr(locks, "take", race)
    await telemetry.writer.apply(batch(PROJECT, [trace("t1")]))
    assert len(attempts) == 4
    assert len(await telemetry.reader.list_receipts(PROJECT, 9)) == 1


async def test_two_writers_of_a_new_observation_that_name_different_traces_agree(url: str) -> None:
    telemetries = [PostgresTelemetry(url, reader_threads=1) for _ in range(2)]
    memory = MemoryTelemetry()
    for number in range(60):
        told = [
            [observation(f"o{number}", 1, trace_id=f"a{number}", usage={"total": 1})],
            [observation(f"o{number}", 2, is_update=True, trace_id=f"b{number}", usage={"total": 2})],
        ]
        pairs = zip(telemetries, told, strict=True)
        await asyncio.gather(*(telemetry.writer.apply(batch(PROJECT, events)) for telemetry, events in pairs))
        for events in told:
            await memory.apply(batch(PROJECT, events))
    assert await telemetries[0].reader.snapshot(PROJECT) == await memory.snapshot(PROJECT)
    for telemetry in telemetries:
        await telemetry.close()


async def test_a_lock_that_is_never_given_up_is_not_waited_for_for_ever(
    url: str, telemetry: PostgresTelemetry, monkeypatch: pytest.MonkeyPatch
) -> None:
    await telemetry.writer.apply(batch(PROJECT, [trace("t1")]))
    impatient = locks.BEGIN_SHARED.replace(b"lock_timeout = '20s'", b"lock_timeout = '50ms'")
    assert impatient != locks.BEGIN_SHARED
    monkeypatch.setattr(locks, "BEGIN_SHARED", impatient)
    with psycopg.connect(url) as holder:
        holder.execute("SELECT pg_advisory_xact_lock(%s)", [locks.Name(locks.LockKind.TRACE, 1, "t1").key()])
        with pytest.raises(UnavailableError):
            await telemetry.writer.apply(batch(PROJECT, [trace("t1", 2)]))
        await telemetry.writer.apply(batch(PROJECT, [trace("t2")]))
    await telemetry.writer.apply(batch(PROJECT, [trace("t1", 2)]))


async def test_a_pooler_that_loses_prepared_statements_is_noticed(telemetry: PostgresTelemetry) -> None:
    committer = _committer(telemetry)
    for number in range(5):
        await telemetry.writer.apply(batch(PROJECT, [observation("o", number, is_update=True, trace_id="t")]))
    connection = committer._connection
    assert connection is not None
    assert connection.execute(b"SELECT count(*) FROM pg_prepared_statements").fetchone() != (0,)
    connection.execute(b"DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$", prepare=False)
    await telemetry.writer.apply(batch(PROJECT, [observation("o", 9, is_update=True, name="last")]))
    assert committer._connection is not connection
    assert committer._connection is not None
    assert committer._connection.prepare_threshold is None
    observed = await telemetry.reader.get_observation(PROJECT, "o")
    assert observed is not None
    assert observed.row.name == "last"


async def test_a_commit_is_durable_whatever_the_database_says(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(
            psycopg.sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(psycopg.sql.Identifier(name))
        )
    telemetry = PostgresTelemetry(url, reader_threads=1)
    await telemetry.writer.apply(batch(PROJECT, [trace("t1")]))
    seen: list[str] = []

    def look(connection: Any, _commit: Callable[[], Any]) -> None:
        found = psycopg.Connection.execute(connection, b"SHOW synchronous_commit").fetchone()
        seen.append(found[0])

    _fail_commits(telemetry, look)
    await telemetry.writer.apply(batch(PROJECT, [trace("t2")]))
    await telemetry.close()
    assert seen == ["on"]


async def test_many_may_open_an_empty_database_at_once(postgres_database: PostgresDatabase) -> None:
    url = postgres_database()
    with ThreadPoolExecutor(4) as threads:
        opened = list(threads.map(PostgresTelemetry.open, [url] * 4))
    await asyncio.gather(*(one.writer.apply(batch(PROJECT, [trace("t")])) for one in opened))
    assert await opened[0].reader.get_trace(PROJECT, "t") is not None
    for one in opened:
        await one.close()


async def test_a_server_that_may_lose_commits_is_warned_of(postgres_database: PostgresDatabase) -> None:
    with structlog.testing.capture_logs() as logs:
        await PostgresTelemetry.open(postgres_database()).close()
    assert [entry["setting"] for entry in logs if entry["log_level"] == "warning"] == ["fsync", "full_page_writes"]


async def test_texts_too_long_for_an_index_are_kept_and_found_whole(telemetry: PostgresTelemetry) -> None:
    chance = random.Random(1)

    def text(count: int) -> str:
        return "".join(chr(chance.randrange(0x10000, 0x1F000)) for _ in range(count))

    stem, ids = text(999), [text(200) for _ in range(4)]
    for number, end in enumerate("ab"):
        told = {"name": stem + end, "user_id": stem + end, "tags": [stem + end], "version": stem}
        events = [
            trace(ids[number], 0, session_id=ids[2], environment="e" * 40, **told),
            observation(ids[number], 0, trace_id=ids[number], name=stem, model=stem, type="GENERATION"),
            score(ids[number], 0, trace_id=ids[number], observation_id=ids[number], name=stem + end, text=stem),
            score(ids[3], 0, session_id=ids[2], dataset_run_id=ids[3], name=stem + end, number=1),
        ]
        await telemetry.writer.apply(batch(PROJECT, events))
    for field in ("name", "user_id"):
        for op, value in ((Op.EQ, stem + "b"), (Op.ANY_OF, (stem + "b", stem))):
            query = ListQuery(where=Condition(field, op, value), sort=Sort("timestamp"), with_total=True)
            page = await telemetry.reader.list_traces(PROJECT, query)
            assert ([traced.row.id for traced in page.rows], page.total) == ([ids[1]], 1)
    query = ListQuery(where=Condition("tags", Op.ALL_OF, (stem + "a",)), sort=Sort("timestamp"))
    assert [traced.row.id for traced in (await telemetry.reader.list_traces(PROJECT, query)).rows] == [ids[0]]
    query = ListQuery(where=Condition("name", Op.EQ, stem + "a"), sort=Sort("timestamp"))
    assert [scored.row.id for scored in (await telemetry.reader.list_scores(PROJECT, query)).rows] == [ids[0]]
    session = await telemetry.reader.get_session(PROJECT, ids[2])
    assert session is not None
    assert session.trace_count == 2


async def test_folding_the_time_buckets_changes_no_sum(
    url: str, telemetry: PostgresTelemetry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buckets, "_FOLD_AT", 8)
    memory = MemoryTelemetry()
    for number in range(30):
        events = [observation(f"o{number}", number % 3, trace_id="t", usage={"total": number}, level="ERROR")]
        await telemetry.writer.apply(batch(PROJECT, events))
        await memory.apply(batch(PROJECT, events))
    await telemetry.writer.delete_traces(PROJECT, ["none"], at_us=1)
    assert (await telemetry.reader.snapshot(PROJECT))["buckets"] == (await memory.snapshot(PROJECT))["buckets"]
    rows = _ask(url, "SELECT count(*) FROM bucket_difference")[0][0]
    assert rows < 20


async def test_a_bucket_that_adds_up_to_nothing_goes(
    url: str, telemetry: PostgresTelemetry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buckets, "_FOLD_AT", 1)
    await telemetry.writer.apply(batch(PROJECT, [observation("o", 0, trace_id="t")]))
    await telemetry.writer.delete_traces(PROJECT, ["t"], at_us=NOW_US)
    assert _ask(url, "SELECT count(*) FROM bucket_difference") == [(0,)]


async def test_a_reader_of_changes_that_stops_before_running_transactions_misses_nothing(
    url: str, telemetry: PostgresTelemetry
) -> None:
    """The query is the one that the schema describes; the slow transaction draws its numbers first and commits last."""
    changes = (
        "SELECT id, xid::text, seq FROM trace WHERE (xid, seq) > (%s::xid8, %s) "
        "AND xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY xid, seq"
    )
    await telemetry.writer.apply(batch(PROJECT, [trace("t0")]))
    with psycopg.connect(url, autocommit=True) as reader, psycopg.connect(url) as slow:
        seen = reader.execute(changes, ["0", 0]).fetchall()
        slow.execute("UPDATE trace SET xid = DEFAULT, seq = DEFAULT WHERE id = 't0'")
        await telemetry.writer.apply(batch(PROJECT, [trace("t1"), trace("t2")]))
        assert reader.execute(changes, seen[-1][1:]).fetchall() == []
        slow.commit()
        later = reader.execute(changes, seen[-1][1:]).fetchall()
        assert later[0][0] == "t0"
        assert {change[0] for change in later[1:]} == {"t1", "t2"}
        await telemetry.writer.apply(batch(PROJECT, [trace("t1", 3, name="new")]))
        again = reader.execute(changes, later[-1][1:]).fetchall()
        assert [change[0] for change in again] == ["t1"]


async def test_a_receipt_alone_waits_for_nobody(url: str, telemetry: PostgresTelemetry) -> None:
    await telemetry.writer.apply(batch(PROJECT, [trace("t1")]))
    with psycopg.connect(url) as holder:
        holder.execute("SELECT pg_advisory_xact_lock(%s)", [locks.Name(locks.LockKind.TRACE, 1, "t1").key()])
        await telemetry.writer.record(PROJECT, Receipt(request_id="r", received_us=1, protocol="langfuse"))
    assert len(await telemetry.reader.list_receipts(PROJECT, 9)) == 2
