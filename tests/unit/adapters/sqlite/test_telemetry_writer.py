import asyncio
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from panope.adapters.relational import transaction
from panope.adapters.relational.session import Record
from panope.adapters.sqlite.connection import open_writer
from panope.adapters.sqlite.driver import connect, sqlite3
from panope.adapters.sqlite.session import SqliteSession
from panope.adapters.sqlite.telemetry import SqliteTelemetry
from panope.domain.errors import ErrorKind, PanopeError, UnavailableError
from panope.domain.events import AttributeSet, TelemetryEvent
from panope.domain.ids import ProjectId
from panope.domain.ledger import Receipt
from panope.domain.projection.events import project_events
from panope.domain.projection.store import ChangeSet
from panope.kit.batching import Limits
from panope.query.ast import ListQuery, Sort
from tests.support.batches import batch
from tests.support.told import observation, score, trace

PROJECT = ProjectId("p1")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "telemetry.db"


@pytest.fixture
async def telemetry(path: Path) -> AsyncIterator[SqliteTelemetry]:
    opened = SqliteTelemetry.open(path)
    yield opened
    await opened.close()


def _rows(path: Path, sql: str) -> list[Record]:
    with closing(connect(path)) as connection:
        return connection.execute(sql).fetchall()


async def test_what_was_acknowledged_is_there_after_reopening(path: Path, telemetry: SqliteTelemetry) -> None:
    await telemetry.writer.apply(batch(PROJECT, [trace("t1", name="n"), observation("o1", trace_id="t1")]))
    before = await telemetry.reader.snapshot(PROJECT)
    again = SqliteTelemetry.open(path)
    assert await again.reader.snapshot(PROJECT) == before
    assert before["traces"][0]["id"] == "t1"
    await again.close()


async def test_every_commit_reaches_the_disk(path: Path, telemetry: SqliteTelemetry) -> None:
    with closing(open_writer(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)


async def test_every_write_of_a_row_takes_a_higher_number(path: Path, telemetry: SqliteTelemetry) -> None:
    await telemetry.writer.apply(batch(PROJECT, [trace("t1"), observation("o1", trace_id="t1")]))
    first = dict(_rows(path, "SELECT id, seq FROM trace UNION SELECT id, seq FROM observation"))
    await telemetry.writer.apply(batch(PROJECT, [observation("o1", 1, trace_id="t1", is_update=True, level="ERROR")]))
    second = dict(_rows(path, "SELECT id, seq FROM trace UNION SELECT id, seq FROM observation"))
    assert len(set(first.values())) == 2
    assert min(second.values()) > max(first.values())
    assert _rows(path, "SELECT value FROM change_sequence") == [(max(second.values()),)]


async def test_a_batch_that_says_nothing_new_writes_no_row(path: Path, telemetry: SqliteTelemetry) -> None:
    told = [trace("t1", tags=["a"]), observation("o1", trace_id="t1"), score("s1", trace_id="t1", name="q", number=1)]
    await telemetry.writer.apply(batch(PROJECT, told))
    before = _rows(path, "SELECT value FROM change_sequence")
    await telemetry.writer.apply(batch(PROJECT, told, now_us=5))
    assert _rows(path, "SELECT value FROM change_sequence") == before
    assert _rows(path, "SELECT count(*) FROM ledger") == [(2,)]


async def test_tags_follow_their_trace_through_every_change(path: Path, telemetry: SqliteTelemetry) -> None:
    async def entries() -> list[Record]:
        return _rows(path, "SELECT tag, timestamp_us, trace_id FROM trace_tag ORDER BY tag")

    await telemetry.writer.apply(batch(PROJECT, [trace("t1", 1, timestamp=70, tags=["a"])]))
    assert await entries() == [("a", 70, "t1")]
    await telemetry.writer.apply(batch(PROJECT, [trace("t1", 2, tags=["b"])]))
    assert await entries() == [("a", 70, "t1"), ("b", 70, "t1")]
    await telemetry.writer.apply(batch(PROJECT, [trace("t1", 0, timestamp=60)]))
    assert await entries() == [("a", 60, "t1"), ("b", 60, "t1")]
    await telemetry.writer.delete_traces(PROJECT, ["t1"], at_us=1)
    assert await entries() == []


async def test_deletion_leaves_nothing_but_the_cut(path: Path, telemetry: SqliteTelemetry) -> None:
    told = [
        trace("t1", session_id="s", tags=["a"], input="x"),
        observation("o1", trace_id="t1", output="y"),
        score("c1", trace_id="t1", name="q", number=1),
    ]
    await telemetry.writer.apply(batch(PROJECT, told))
    assert await telemetry.writer.delete_traces(PROJECT, ["t1", "unknown"], at_us=1) == 1
    tables = ("trace", "trace_payload", "trace_tag", "observation", "observation_payload", "score", "session", "bucket")
    assert {table: _rows(path, f"SELECT count(*) FROM {table}") for table in tables} == {
        name: [(0,)] for name in tables
    }
    assert {kind for (kind,) in _rows(path, "SELECT kind FROM tombstone")} == {"trace", "observation", "score"}


async def test_a_bad_batch_of_a_commit_fails_alone(telemetry: SqliteTelemetry, monkeypatch: pytest.MonkeyPatch) -> None:
    groups: list[list[str]] = []

    def project(store: Any, events: list[TelemetryEvent], *rest: Any) -> ChangeSet:
        groups.append([event.entity_id for event in events])
        if any(event.entity_id == "bad" for event in events):
            raise ZeroDivisionError
        return project_events(store, events, *rest)

    monkeypatch.setattr(transaction, "project_events", project)
    names = ["first", *(f"t{number}" for number in range(5)), "bad", "last"]
    outcomes = await asyncio.gather(
        *(telemetry.writer.apply(batch(PROJECT, [trace(name)])) for name in names), return_exceptions=True
    )
    failed = [name for name, outcome in zip(names, outcomes, strict=True) if outcome is not None]
    assert failed == ["bad"]
    assert any(len(group) > 1 and "bad" in group for group in groups), "it met others in a group"
    rows = (await telemetry.reader.snapshot(PROJECT))["traces"]
    assert {row["id"] for row in rows} == {*names} - {"bad"}


async def test_a_number_too_large_to_store_fails_its_batch_and_rolls_it_back(telemetry: SqliteTelemetry) -> None:
    told = [trace("t1", tags=["a"]), score("c1", trace_id="t1", name="q", number=1, timestamp=2**70)]
    with pytest.raises(OverflowError):
        await telemetry.writer.apply(batch(PROJECT, told))
    assert (await telemetry.reader.snapshot(PROJECT))["traces"] == []
    assert await telemetry.reader.list_receipts(PROJECT, 5) == []
    await telemetry.writer.apply(batch(PROJECT, [trace("t1")]))
    assert await telemetry.reader.get_trace(PROJECT, "t1") is not None


async def test_a_full_disk_refuses_with_a_time_to_retry_and_recovers(
    telemetry: SqliteTelemetry, monkeypatch: pytest.MonkeyPatch
) -> None:
    await telemetry.writer.apply(batch(PROJECT, [trace("t1")]))
    connection = telemetry.writer._committer._connection
    assert connection is not None
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    large = "".join(f"{number}" for number in range(100_000))
    with pytest.raises(UnavailableError) as refused:
        await telemetry.writer.apply(batch(PROJECT, [trace("t2", input=large)]))
    assert refused.value.code == "disk_full"
    assert large[:100] not in str(refused.value)
    assert await telemetry.reader.get_trace(PROJECT, "t2") is None
    connection.execute("PRAGMA max_page_count = 1000000")
    await telemetry.writer.apply(batch(PROJECT, [trace("t2", input=large)]))
    detail = await telemetry.reader.get_trace(PROJECT, "t2")
    assert detail is not None
    assert detail.trace.payload is not None
    assert detail.trace.payload.input == large


async def test_a_connection_that_cannot_roll_back_is_replaced(
    telemetry: SqliteTelemetry, monkeypatch: pytest.MonkeyPatch
) -> None:
    await telemetry.writer.apply(batch(PROJECT, [trace("t1")]))
    broken = telemetry.writer._committer._connection
    assert broken is not None
    broken.close()
    with pytest.raises(sqlite3.ProgrammingError):
        await telemetry.writer.apply(batch(PROJECT, [trace("t2")]))
    await telemetry.writer.apply(batch(PROJECT, [trace("t2")]))
    assert telemetry.writer._committer._connection is not broken
    assert await telemetry.reader.get_trace(PROJECT, "t2") is not None


async def test_a_full_queue_refuses_and_keeps_nothing(path: Path) -> None:
    telemetry = SqliteTelemetry.open(path, limits=Limits(queue_jobs=1, group_jobs=1))
    names = [f"t{number}" for number in range(20)]
    outcomes = await asyncio.gather(
        *(telemetry.writer.apply(batch(PROJECT, [trace(name)])) for name in names), return_exceptions=True
    )
    refused = {name for name, outcome in zip(names, outcomes, strict=True) if outcome is not None}
    assert refused
    for outcome in outcomes:
        assert outcome is None or (isinstance(outcome, PanopeError) and outcome.kind is ErrorKind.UNAVAILABLE)
        assert outcome is None or (isinstance(outcome, PanopeError) and outcome.retry_after_s == 1)
    rows = (await telemetry.reader.snapshot(PROJECT))["traces"]
    assert {row["id"] for row in rows} == {*names} - refused
    await telemetry.close()


async def test_a_closed_store_refuses_writes_and_reads(telemetry: SqliteTelemetry) -> None:
    await telemetry.writer.apply(batch(PROJECT, [trace("t1")]))
    await telemetry.close()
    await telemetry.close()
    with pytest.raises(UnavailableError):
        await telemetry.writer.apply(batch(PROJECT, [trace("t2")]))
    with pytest.raises(UnavailableError):
        await telemetry.reader.get_trace(PROJECT, "t1")


async def test_the_store_answers_its_check_while_all_readers_are_busy(path: Path) -> None:
    telemetry = SqliteTelemetry.open(path, reader_threads=1)
    release = asyncio.Event()
    loop = asyncio.get_running_loop()

    def wait(_session: object) -> None:
        asyncio.run_coroutine_threadsafe(release.wait(), loop).result(10)

    busy = asyncio.create_task(telemetry.reader._pool.run(wait))
    await telemetry.reader.check()
    release.set()
    await busy
    await telemetry.close()


async def test_the_check_fails_when_the_file_is_no_database(tmp_path: Path) -> None:
    telemetry = SqliteTelemetry(tmp_path / "telemetry.db")
    (tmp_path / "telemetry.db").write_bytes(b"this is not a database" * 1000)
    with pytest.raises(UnavailableError):
        await telemetry.reader.check()
    await telemetry.close()


async def test_events_and_deletions_of_one_commit_keep_their_order(
    telemetry: SqliteTelemetry, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_us = trace("t", 5).at_us
    jobs = [
        telemetry.writer.apply(batch(PROJECT, [trace("t1", 1)])),
        telemetry.writer.delete_traces(PROJECT, ["t1"], at_us=at_us),
        telemetry.writer.apply(batch(PROJECT, [trace("t1", 2, name="late")])),
        telemetry.writer.apply(batch(PROJECT, [trace("t2", 2)])),
        telemetry.writer.record(PROJECT, Receipt(request_id="r9", received_us=1, protocol="legacy", status=400)),
    ]
    assert await asyncio.gather(*jobs) == [None, 1, None, None, None]
    page = await telemetry.reader.list_traces(PROJECT, ListQuery(sort=Sort("timestamp"), with_total=True))
    assert [traced.row.id for traced in page.rows] == ["t2"]
    assert page.total == 1
    assert [receipt.request_id for receipt in await telemetry.reader.list_receipts(PROJECT, 1)] == ["r"]
    assert len(await telemetry.reader.list_receipts(PROJECT, 10)) == 4


async def test_projects_see_nothing_of_each_other(telemetry: SqliteTelemetry) -> None:
    other = ProjectId("p2")
    await telemetry.writer.apply(batch(PROJECT, [trace("t1", name="one", tags=["a"])]))
    await telemetry.writer.apply(batch(other, [trace("t1", name="two", tags=["a"])]))
    await telemetry.writer.delete_traces(other, ["t1"], at_us=1)
    mine = await telemetry.reader.get_trace(PROJECT, "t1")
    assert mine is not None
    assert mine.trace.row.name == "one"
    assert await telemetry.reader.get_trace(other, "t1") is None
    assert await telemetry.reader.get_trace(ProjectId("never"), "t1") is None
    assert (
        await telemetry.reader.list_traces(ProjectId("never"), ListQuery(sort=Sort("id"), with_total=True))
    ).total == 0


async def test_attribute_sets_are_stored_once_and_shown_in_the_metadata(path: Path, telemetry: SqliteTelemetry) -> None:
    resource = AttributeSet("r" * 16, '{"service.name":"shop"}')
    told = [observation("o1", trace_id="t1", resource=resource.id, metadata={"zz": 1, "a": 2})]
    for number in range(2):
        events = told if number == 0 else [observation("o2", trace_id="t1", resource=resource.id)]
        await telemetry.writer.apply(batch(PROJECT, events, attribute_sets=[resource]))
    assert _rows(path, "SELECT count(*) FROM attribute_set") == [(1,)]
    observed = await telemetry.reader.get_observation(PROJECT, "o1")
    assert observed is not None
    assert observed.payload is not None
    assert list(observed.payload.metadata.items()) == [
        ("a", 2),
        ("resourceAttributes", {"service.name": "shop"}),
        ("zz", 1),
    ]


async def test_a_rolled_back_group_forgets_the_numbers_it_gave(
    path: Path, telemetry: SqliteTelemetry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A project and an attribute set first seen in a commit that failed are written by the next one."""
    resource = AttributeSet("r" * 16, "{}")
    original = SqliteSession.executemany

    def fail(self: SqliteSession, sql: str, rows: Any) -> None:
        original(self, sql, rows)
        if "INTO ledger" in sql:
            raise ZeroDivisionError

    monkeypatch.setattr(SqliteSession, "executemany", fail)
    with pytest.raises(ZeroDivisionError):
        await telemetry.writer.apply(batch(PROJECT, [trace("t1")], attribute_sets=[resource]))
    monkeypatch.setattr(SqliteSession, "executemany", original)
    await telemetry.writer.apply(batch(PROJECT, [trace("t1")], attribute_sets=[resource]))
    assert _rows(path, "SELECT id FROM project") == [(PROJECT,)]
    assert _rows(path, "SELECT count(*) FROM attribute_set") == [(1,)]
