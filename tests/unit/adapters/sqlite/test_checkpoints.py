"""The write-ahead log is moved into the file beside the writer, and stays short."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from panope.adapters.sqlite import checkpoints
from panope.adapters.sqlite.checkpoints import Checkpointer, is_possible
from panope.adapters.sqlite.connection import create_schema, open_reader, open_writer
from panope.adapters.sqlite.driver import sqlite3, sqlite_version
from panope.adapters.sqlite.writer import SqliteCommitter
from panope.domain.errors import UnavailableError

LIMITS = {"_MANY": 20, "_LONG": 60, "_FEW": 5, "_TOO_MANY": 120, "_TOO_LONG": 240}


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, pages in LIMITS.items():
        monkeypatch.setattr(checkpoints, name, pages)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "telemetry.db"


@pytest.fixture
def writer(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_writer(path)) as connection:
        connection.execute("CREATE TABLE page (number INTEGER PRIMARY KEY, body BLOB)")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        yield connection


@pytest.fixture
def checkpointer(path: Path, writer: sqlite3.Connection) -> Iterator[Checkpointer]:
    if not is_possible(sqlite_version()):
        pytest.skip("this SQLite moves pages within its commits")
    made = Checkpointer(path)
    made.adopt(writer)
    yield made
    made.close(None)


def _write(writer: sqlite3.Connection, pages: int = 1) -> None:
    """Fill so many pages in one commit."""
    writer.execute("BEGIN IMMEDIATE")
    writer.executemany("INSERT INTO page (body) VALUES (?)", [(bytes(8_000),)] * pages)
    writer.execute("COMMIT")


def _log(connection: sqlite3.Connection) -> tuple[int, int]:
    """Pages in the log, and how many of them have moved."""
    _, logged, moved = connection.execute("PRAGMA wal_checkpoint(NOOP)").fetchone()
    return logged, moved


def _moved_of(checkpointer: Checkpointer) -> int:
    with closing(open_reader(checkpointer._path)) as reader:
        return _log(reader)[1]


def _await(is_so: Callable[[], bool]) -> None:
    """Until a condition holds."""
    pause = threading.Event()
    for _ in range(3_000):
        if is_so():
            return
        pause.wait(0.01)
    raise AssertionError("it never came about")


def test_a_commit_that_leaves_many_pages_has_them_moved_by_somebody_else(
    writer: sqlite3.Connection, checkpointer: Checkpointer
) -> None:
    _write(writer, 10)
    checkpointer.after_commit(writer)
    assert _log(writer)[1] == 0
    _write(writer, 30)
    assert _log(writer)[1] == 0
    checkpointer.after_commit(writer)
    _await(lambda: _log(writer)[1] == _log(writer)[0])


def test_the_log_begins_anew_beside_a_writer_that_never_pauses(
    writer: sqlite3.Connection, checkpointer: Checkpointer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "_TOO_LONG", 1 << 40)
    commits, length, renewals = 0, 0, 0
    while renewals < 3:
        _write(writer)
        checkpointer.after_commit(writer)
        before, length = length, _log(writer)[0]
        renewals += length < before
        commits += 1
        assert commits < 20_000
    checkpointer.close(None)
    assert writer.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert writer.execute("SELECT count(*) FROM page").fetchone() == (commits,)


@pytest.mark.parametrize(("pages", "commits"), [(10, 15), (1, 90)])
def test_a_writer_whose_thread_falls_behind_waits_for_it_and_moves_the_rest(
    pages: int, commits: int, writer: sqlite3.Connection, checkpointer: Checkpointer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpointer, "_wake", lambda: None)
    for _ in range(commits):
        _write(writer, pages)
    is_done = threading.Event()

    def look() -> None:
        checkpointer.after_commit(writer)
        is_done.set()

    with checkpointer._moving:  # a pass is under way
        waiting = threading.Thread(target=look)
        waiting.start()
        assert not is_done.wait(0.2)
        assert _moved_of(checkpointer) == 0
    waiting.join()
    assert _log(writer)[1] == _log(writer)[0]


def test_a_long_log_is_finished_by_the_writer_when_little_is_left(
    path: Path, writer: sqlite3.Connection, checkpointer: Checkpointer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpointer, "_wake", lambda: None)
    _write(writer, 70)
    checkpointer.after_commit(writer)
    assert _log(writer)[1] == 0
    with closing(open_reader(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM page").fetchone()
        _write(writer)
        writer.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()  # as far as the reader lets it
    logged, moved = _log(writer)
    assert 0 < logged - moved <= 5
    checkpointer.after_commit(writer)
    assert _log(writer) == (logged, logged)
    _write(writer)
    assert _log(writer)[0] < 10


def test_a_log_that_nobody_moves_is_moved_by_the_commit_that_finds_it_too_long(
    writer: sqlite3.Connection, checkpointer: Checkpointer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpointer, "_wake", lambda: None)
    for _ in range(60):
        _write(writer, 10)
        checkpointer.after_commit(writer)
        assert _log(writer)[0] < 300


def test_a_reader_keeps_the_log_only_as_long_as_it_reads(
    path: Path, writer: sqlite3.Connection, checkpointer: Checkpointer
) -> None:
    def write() -> tuple[int, int]:
        _write(writer, 10)
        checkpointer.after_commit(writer)
        return _log(writer)

    with closing(open_reader(path)) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM page").fetchone() == (0,)
        for _ in range(30):
            write()
        assert _log(writer)[0] >= 300
        assert reader.execute("SELECT count(*) FROM page").fetchone() == (0,)
        reader.execute("COMMIT")
    _await(lambda: write()[0] < 100)


@pytest.mark.parametrize(
    "failure", [UnavailableError("full", code="disk_full"), sqlite3.OperationalError("disk"), MemoryError()]
)
def test_pages_that_could_not_be_moved_are_moved_later(
    writer: sqlite3.Connection, checkpointer: Checkpointer, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    tried = []

    def fail(path: Path) -> Any:
        tried.append(path)
        raise failure

    with monkeypatch.context() as patch:
        patch.setattr(checkpoints, "open_checkpointer", fail)
        _write(writer, 30)
        checkpointer.after_commit(writer)
        _await(lambda: len(tried) == 1)
    _write(writer)
    checkpointer.after_commit(writer)
    _await(lambda: _log(writer)[1] == _log(writer)[0])


def test_a_commit_is_not_refused_because_nothing_is_known_of_the_log(
    path: Path, writer: sqlite3.Connection, checkpointer: Checkpointer
) -> None:
    ended = open_writer(path)
    ended.close()
    checkpointer.after_commit(ended)
    checkpointer.check()
    _write(writer)


def test_a_commit_is_not_refused_because_no_thread_could_be_begun(
    writer: sqlite3.Connection, checkpointer: Checkpointer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    _write(writer, 30)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        checkpointer.after_commit(writer)
    checkpointer.after_commit(writer)
    _await(lambda: _log(writer)[1] == _log(writer)[0])


class DiskError(sqlite3.OperationalError):
    sqlite_errorcode = 10


@pytest.mark.skipif(not is_possible(sqlite_version()), reason="this SQLite moves pages within its commits")
def test_after_a_sync_failed_nothing_is_taken_and_the_log_stays_for_the_next_start(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_path: Path) -> Any:
        raise DiskError("disk I/O error")

    committer = SqliteCommitter(path)
    with closing(open_writer(path)) as connection:
        create_schema(connection)
        connection.execute("CREATE TABLE page (number INTEGER PRIMARY KEY, body BLOB)")
    committer.commit([])
    writer = committer._connection
    assert writer is not None
    _write(writer, 30)
    with monkeypatch.context() as patch:
        patch.setattr(checkpoints, "open_checkpointer", fail)
        committer.commit([])
        _await(lambda: committer._checkpointer._has_lost)
    with pytest.raises(UnavailableError, match="start the server again") as caught:
        committer.commit([])
    assert caught.value.code == "disk_failed"
    for pages in (1, 50, 80, 120):  # as commits that were under way then leave them
        _write(writer, pages)
        committer._checkpointer.after_commit(writer)
        committer._checkpointer._is_needed.set()
        threading.Event().wait(0.1)  # what must not happen has nothing to wait for
        assert _log(writer)[1] == 0
    committer.close()
    committer.close()
    log = path.with_name(f"{path.name}-wal")
    assert log.stat().st_size > 30 * 8_192
    again = SqliteCommitter(path)
    again.commit([])
    assert again._connection is not None
    assert again._connection.execute("SELECT count(*) FROM page").fetchone() == (281,)
    again.close()
    writer.close()


def test_a_connection_in_place_of_another_is_relieved_as_well(path: Path) -> None:
    with closing(open_writer(path)) as connection:
        create_schema(connection)
    committer = SqliteCommitter(path)
    committer.commit([])
    first = committer._connection
    assert first is not None
    first.close()
    with pytest.raises(sqlite3.Error):
        committer.commit([])
    committer.commit([])
    second = committer._connection
    assert second is not None
    expected = 0 if is_possible(sqlite_version()) else 2_000
    assert second.execute("PRAGMA wal_autocheckpoint").fetchone() == (expected,)
    committer.close()


def test_closing_ends_the_thread_and_may_be_repeated(writer: sqlite3.Connection, checkpointer: Checkpointer) -> None:
    _write(writer, 30)
    checkpointer.after_commit(writer)
    checkpointer.close(None)
    checkpointer.close(None)
    assert checkpointer._thread is not None
    assert not checkpointer._thread.is_alive()


@pytest.mark.parametrize("version", [(3, 40, 1), (3, 44, 6), (3, 50, 7), (3, 51, 0), (3, 51, 2)])
def test_an_older_sqlite_moves_pages_within_its_commits(
    path: Path, writer: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, version: tuple[int, ...]
) -> None:
    monkeypatch.setattr(checkpoints, "sqlite_version", lambda: version)
    made = Checkpointer(path)
    before = writer.execute("PRAGMA wal_autocheckpoint").fetchone()
    made.adopt(writer)
    assert writer.execute("PRAGMA wal_autocheckpoint").fetchone() == before == (2_000,)
    _write(writer, 70)
    made.after_commit(writer)
    assert made._thread is None
    made.close(None)


@pytest.mark.parametrize("version", [(3, 51, 3), (3, 53, 4), (4, 0, 0)])
def test_a_newer_one_does_not(version: tuple[int, ...]) -> None:
    assert is_possible(version)
