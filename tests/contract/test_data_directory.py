"""The data directory of an embedded server."""

import os
import stat
from pathlib import Path

import pytest

from panope.adapters.sqlite.directory import DataDirectory, FileLock
from panope.adapters.sqlite.driver import connect, is_affected_by_wal_reset, sqlite3, sqlite_version
from panope.domain.errors import ConflictError, UnavailableError


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_directory_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    directory = DataDirectory(tmp_path / "a" / "b")
    directory.create()
    directory.create()
    assert mode_of(directory.path) == 0o700


def test_a_directory_that_cannot_be_made_is_an_expected_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(UnavailableError, match="--data-dir"):
            DataDirectory(path).create()


def test_a_lock_that_cannot_be_written_is_an_expected_failure(tmp_path: Path) -> None:
    (tmp_path / "server.lock").mkdir()
    with pytest.raises(UnavailableError, match="--data-dir"), DataDirectory(tmp_path).lock():
        pytest.fail("it was locked")


def test_a_second_server_is_refused_and_told_who_holds_it(tmp_path: Path) -> None:
    with DataDirectory(tmp_path).lock():
        with pytest.raises(ConflictError) as refused, DataDirectory(tmp_path).lock():
            pytest.fail("both servers got in")
        assert str(os.getpid()) in refused.value.message
        assert str(tmp_path) in refused.value.message
    with DataDirectory(tmp_path).lock():
        pass


def test_the_lock_is_free_after_a_failure(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="inside"), DataDirectory(tmp_path).lock():
        raise ValueError("inside")
    lock = FileLock(tmp_path / "server.lock")
    assert lock.try_acquire()
    lock.release()
    lock.release()


def test_credentials_are_for_the_owner_alone_and_replace_older_ones(tmp_path: Path) -> None:
    directory = DataDirectory(tmp_path)
    directory.write_credentials({"A": "1"})
    path = directory.write_credentials({"LANGFUSE_PUBLIC_KEY": "pk", "LANGFUSE_SECRET_KEY": "sk"})
    assert path.read_text() == "LANGFUSE_PUBLIC_KEY=pk\nLANGFUSE_SECRET_KEY=sk\n"
    assert mode_of(path) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("version", "affected"),
    [
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 50, 4), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 53), False),
    ],
)
def test_a_sqlite_that_may_lose_a_commit_is_known(version: tuple[int, ...], affected: bool) -> None:  # noqa: FBT001
    assert is_affected_by_wal_reset(version) is affected


def test_the_driver_opens_any_path_and_leaves_transactions_to_the_caller(tmp_path: Path) -> None:
    path = tmp_path / "50% of? #1.db"
    connection = connect(path)
    connection.execute("BEGIN")
    connection.execute("CREATE TABLE a (x)")
    assert connection.in_transaction
    connection.execute("COMMIT")
    connection.close()
    assert path.exists()
    assert len(sqlite_version()) == 3
    reader = connect(path, read_only=True)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.execute("INSERT INTO a VALUES (1)")
    reader.close()
