"""Connections to the telemetry file, and what their failures mean."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from panope.adapters.sqlite.driver import connect, sqlite3
from panope.adapters.sqlite.payloads import (
    detail_holds,
    detail_length,
    detail_number,
    detail_part,
    map_text,
    payload_map_text,
    payload_text,
)
from panope.adapters.sqlite.watch import watched
from panope.domain.errors import UnavailableError

_SCHEMA: Final = Path(__file__).with_name("schema.sql")
_BUSY_S: Final = 10.0
_FULL: Final = frozenset({13, 4874})
"""Extended result codes: FULL, and IOERR_SHMSIZE, which is the same for the index of the write-ahead log."""
_UNAVAILABLE_CODES: Final = frozenset({5, 6, 7, 8, 10, 11, 13, 14, 15, 26})
"""Primary result codes: BUSY, LOCKED, NOMEM, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, PROTOCOL, NOTADB."""
_WRITER_PRAGMAS: Final = (
    "PRAGMA page_size = 8192",  # takes effect on an empty file; a seventh smaller than with 4096, at no more CPU
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA wal_autocheckpoint = 2000",
    "PRAGMA journal_size_limit = 67108864",
    "PRAGMA cache_size = -65536",
    "PRAGMA temp_store = MEMORY",
)
_READER_PRAGMAS: Final = (
    "PRAGMA query_only = ON",
    "PRAGMA cache_size = -16384",
    "PRAGMA mmap_size = 268435456",
    "PRAGMA temp_store = MEMORY",
)

_FUNCTIONS: Final[dict[str, tuple[int, Callable[..., Any]]]] = {
    "panope_detail_holds": (3, detail_holds),
    "panope_detail_length": (2, detail_length),
    "panope_detail_number": (3, detail_number),
    "panope_detail_part": (2, detail_part),
    "panope_map_text": (2, map_text),
    "panope_payload_text": (2, payload_text),
    "panope_payload_map_text": (2, payload_map_text),
}

_nothing: dict[None, None] = {}
# The driver asks every parameter that is neither a number nor text for an adapter, and takes a microsecond to learn
# that there is none. Most of a row is null: these two give a value back as it is, in C; an insert is four times faster.
sqlite3.register_adapter(type(None), _nothing.get)
sqlite3.register_adapter(bytes, bytes)


def create_schema(connection: sqlite3.Connection) -> None:
    """Create the tables of the telemetry plane in one transaction, unless they are there."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'trace'").fetchone():
            for statement in _statements(_SCHEMA.read_text(encoding="utf-8")):
                connection.execute(statement)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def open_writer(path: Path) -> sqlite3.Connection:
    """The connection of the one writer: every commit reaches the disk."""
    return _open(path, _WRITER_PRAGMAS)


def open_checkpointer(path: Path) -> sqlite3.Connection:
    """A connection that does nothing but move pages from the log into the file, syncing both."""
    return _open(path, ("PRAGMA synchronous = FULL",))


def open_reader(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """A connection that cannot write; with `read_only` closing it does not either, nor does it make the file."""
    return _open(path, _READER_PRAGMAS, read_only=read_only)


def _open(path: Path, pragmas: Iterable[str], *, read_only: bool = False) -> sqlite3.Connection:
    with storage_errors():
        connection = connect(path, timeout_s=_BUSY_S, read_only=read_only)
        for pragma in pragmas:
            connection.execute(pragma).fetchall()
        for name, (arguments, function) in _FUNCTIONS.items():
            connection.create_function(name, arguments, watched(function), deterministic=True)
    return connection


@contextmanager
def storage_errors() -> Iterator[None]:
    """Turn failures of the disk or of the lock into `UnavailableError`; let the rest pass."""
    try:
        yield
    except sqlite3.Error as error:
        if not is_unavailable(error):
            raise
        if getattr(error, "sqlite_errorcode", None) in _FULL:
            raise UnavailableError(
                "The disk of the telemetry store is full, nothing of this was kept: make room, then send again",
                code="disk_full",
            ) from error
        raise UnavailableError(
            f"The telemetry store cannot be used now ({error}): check the disk, then send again",
            code="store_unavailable",
        ) from error


def is_unavailable(error: sqlite3.Error) -> bool:
    """Whether trying again later may help: the disk or the lock, not the statement."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in _UNAVAILABLE_CODES
