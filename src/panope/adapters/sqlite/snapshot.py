"""A snapshot of the telemetry file for verifying it, beside whoever writes to it."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from panope.adapters.relational.session import Record
from panope.adapters.relational.verification.ledger import RelationalLedger
from panope.adapters.relational.verification.states import RelationalStates
from panope.adapters.relational.verification.sums import RelationalSums
from panope.adapters.sqlite.connection import is_unavailable
from panope.adapters.sqlite.dialect import SqliteDialect
from panope.adapters.sqlite.directory import is_there
from panope.adapters.sqlite.driver import connect, sqlite3
from panope.domain.errors import UnavailableError
from panope.ports.verification import STORE_DAMAGED, Integrity, StampedRow

_WAIT_S: Final = 10.0
_CORRUPT: Final = frozenset({11, 26})
"""Primary result codes: CORRUPT, NOTADB."""
_MAX_SENTENCES: Final = 100
_PRAGMAS: Final = (
    "PRAGMA query_only = ON",
    "PRAGMA cache_size = -65536",
    "PRAGMA temp_store = FILE",  # what is sorted may be larger than memory
)


class SqliteStoreSnapshot(RelationalStates, RelationalSums, RelationalLedger):
    """Implements `StoreSnapshot` on one file, and checks the files beside it.

    Opened for reading only: a server may write meanwhile, in a process of its own. Until the snapshot is closed its
    write-ahead log keeps growing.
    """

    def __init__(self, path: Path, beside: Sequence[Path] = ()) -> None:
        self._beside = beside
        with reading_errors():
            self._connection = open_snapshot(path)
        super().__init__(SqliteStream(self._connection), SqliteDialect())

    def stamps_ahead(self, limit: int) -> list[StampedRow]:
        """See the port. Keys follow from the largest there is, so none can be ahead."""
        counter = self._session.execute("SELECT value FROM change_sequence WHERE only = 1")
        return self._beyond("seq", counter[0][0] if counter else 0, limit)

    def integrity(self, *, deep: bool) -> Integrity:
        """See the port: SQLite's own check of the telemetry file and of those beside it."""
        answer = Integrity()
        with reading_errors():
            _check_file(self._connection, "telemetry.db", answer, deep=deep)
            for path in self._beside:
                if not is_there(path) or not path.stat().st_size:
                    answer.missing.append(f"{path.name}: it is gone or empty; put it back from a backup")
                    continue
                connection = open_snapshot(path)
                try:
                    _check_file(connection, path.name, answer, deep=deep)
                finally:
                    connection.close()
        if not deep:
            answer.not_checked.append("indexes against their tables: run again with --deep")
        return answer

    def close(self) -> None:
        """See the port."""
        self._connection.close()


class SqliteStream:
    """Implements `StreamSession`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, params: Sequence[object] = ()) -> list[Record]:
        """See the protocol."""
        with reading_errors():
            return self._connection.execute(sql, params).fetchall()

    def stream(self, sql: str, params: Sequence[object] = ()) -> Iterator[Record]:
        """See the protocol."""
        with reading_errors():
            yield from self._connection.execute(sql, params)


def open_snapshot(path: Path) -> sqlite3.Connection:
    """A connection that cannot write, in a read transaction that has begun."""
    connection = connect(path, read_only=True, timeout_s=_WAIT_S)
    for pragma in _PRAGMAS:
        connection.execute(pragma).fetchall()
    connection.execute("BEGIN")
    connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()  # a transaction begins with its first read
    return connection


@contextmanager
def reading_errors() -> Iterator[None]:
    """Tell a damaged file from one that is away."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", None)
        if code is not None and is_unavailable(error) and code & 0xFF not in _CORRUPT:
            raise UnavailableError(
                f"The store cannot be read now ({error}): check the disk and who owns the files",
                code="store_unavailable",
            ) from error
        said = type(error).__name__ if code is None else str(error)  # the driver's own errors may quote what was read
        raise UnavailableError(f"The file is damaged where it was read ({said})", code=STORE_DAMAGED) from error


def _check_file(connection: sqlite3.Connection, name: str, answer: Integrity, *, deep: bool) -> None:
    pragma = "integrity_check" if deep else "quick_check"
    said = [str(text) for (text,) in connection.execute(f"PRAGMA {pragma}({_MAX_SENTENCES})")]
    if said != ["ok"]:
        answer.damage += [f"{name}: {line}" for line in _lines(said)]
    broken = connection.execute("PRAGMA foreign_key_check").fetchmany(_MAX_SENTENCES)
    answer.damage += [
        f"{name}: row {row} of {table} refers to a row of {other} that is not there" for table, row, other, _ in broken
    ]
    answer.checked.append(f"{name} by {pragma} and foreign_key_check")


def _lines(said: Iterable[str]) -> list[str]:
    return [line.strip() for text in said for line in text.splitlines() if line.strip(" *")]
