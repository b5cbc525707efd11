"""A SQLite store from outside: read only, in short transactions, so that a server beside it notices nothing."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final, TypeVar

from panope.adapters.sqlite.diagnosis.sizes import estimate_tables
from panope.adapters.sqlite.directory import DataDirectory, is_there
from panope.adapters.sqlite.driver import connect, is_affected_by_wal_reset, sqlite3, sqlite_version
from panope.domain.errors import UnavailableError
from panope.kit.clock import monotonic_s
from panope.ports.diagnosis import FileFacts, TableSize

_BUSY_S: Final = 2.0

Answer = TypeVar("Answer")


class SqliteProbe:
    """Implements `DatabaseProbe` for the files of a data directory."""

    def __init__(self, directory: DataDirectory) -> None:
        self._directory = directory

    async def inspect(self) -> FileFacts | None:
        """See the port: about the telemetry file, sizes of both."""
        if not self._files():
            return None
        return await asyncio.to_thread(self._inspect)

    async def list_table_sizes(self) -> Sequence[TableSize]:
        """See the port."""
        return await asyncio.to_thread(self._list_table_sizes)

    def _inspect(self) -> FileFacts:
        files = self._files()
        began_s = monotonic_s()
        journal_mode = _ask(files[0], lambda connection: str(_pragma(connection, "journal_mode")))
        round_trip_us = int((monotonic_s() - began_s) * 1_000_000)
        return FileFacts(
            library=f"SQLite {sqlite3.sqlite_version}",
            is_library_safe=not is_affected_by_wal_reset(sqlite_version()),
            journal_mode=journal_mode,
            file_bytes=sum(path.stat().st_size for path in files),
            free_bytes=sum(_ask(path, _free_bytes) for path in files),
            log_bytes=sum(path.stat().st_size for path in map(_log_of, files) if path.exists()),
            round_trip_us=round_trip_us,
        )

    def _list_table_sizes(self) -> list[TableSize]:
        tables = [table for path in self._files() for table in _ask(path, estimate_tables)]
        return sorted(tables, key=lambda table: (-table.bytes, table.name))

    def _files(self) -> list[Path]:
        paths = (self._directory.telemetry_path, self._directory.catalog_path)
        return [path for path in paths if is_there(path) and path.stat().st_size]


def _ask(path: Path, question: Callable[[sqlite3.Connection], Answer]) -> Answer:
    try:
        with closing(connect(path, read_only=True, timeout_s=_BUSY_S)) as connection:
            return question(connection)
    except sqlite3.Error as error:
        raise UnavailableError(
            f"{path} cannot be read as a SQLite database ({error}): run this as the user of the server, and check that "
            "the file is whole",
            code="database_unreadable",
        ) from None


def _pragma(connection: sqlite3.Connection, name: str) -> object:
    return connection.execute(f"PRAGMA {name}").fetchone()[0]


def _free_bytes(connection: sqlite3.Connection) -> int:
    return int(str(_pragma(connection, "freelist_count"))) * int(str(_pragma(connection, "page_size")))


def _log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")
