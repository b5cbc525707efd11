"""The telemetry reader: pooled connections, one thread each, one read transaction per call."""

import asyncio
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Final, TypeVar

from panope.adapters.relational.pool import ReaderPool
from panope.adapters.relational.reader import RelationalReader
from panope.adapters.relational.session import Session
from panope.adapters.sqlite.connection import open_reader, storage_errors
from panope.adapters.sqlite.dialect import SqliteDialect
from panope.adapters.sqlite.driver import sqlite3
from panope.adapters.sqlite.session import SqliteReadSession
from panope.adapters.sqlite.watch import Watch
from panope.domain.errors import UnavailableError
from panope.ports.bounds import ReadBound

_CHECK_S: Final = 1.0

Answer = TypeVar("Answer")


class SqliteReadEngine:
    """Implements `ReadEngine`."""

    def __init__(self, path: Path, bound: ReadBound, *, read_only: bool = False) -> None:
        self._path = path
        self._bound = bound
        self._read_only = read_only

    def connect(self) -> sqlite3.Connection:
        """See the protocol."""
        return open_reader(self._path, read_only=self._read_only)

    def read(self, connection: sqlite3.Connection, work: Callable[[Session], Answer], *, is_bounded: bool) -> Answer:
        """See the protocol."""
        with storage_errors():
            connection.execute("BEGIN")
            try:
                with Watch(self._bound).over(connection) if is_bounded else nullcontext():
                    return work(SqliteReadSession(connection))
            finally:
                connection.execute("ROLLBACK")

    def finish(self, _connection: sqlite3.Connection) -> None:
        """Nothing: ending it is no journey."""

    def is_broken(self, _connection: sqlite3.Connection) -> bool:
        """A file does not hang up."""
        return False


class SqliteTelemetryReader(RelationalReader):
    """Implements `TelemetryReader` on one file.

    `read_only` is for a process beside the server: it leaves the file as it is, also when it is the last to close it.
    """

    def __init__(
        self, path: Path, *, threads: int = 4, bound: ReadBound | None = None, read_only: bool = False
    ) -> None:
        engine = SqliteReadEngine(path, bound or ReadBound(), read_only=read_only)
        self._pool: ReaderPool[sqlite3.Connection] = ReaderPool(engine, threads, "telemetry-reader")
        self._check_pool: ReaderPool[sqlite3.Connection] = ReaderPool(engine, 1, "telemetry-check")
        self.run = self._pool.run
        """Runs any read of the same store."""
        super().__init__(self._pool.run, SqliteDialect())

    async def check(self) -> None:
        """See the port. Has a thread of its own: slow queries do not make the store unhealthy."""
        try:
            async with asyncio.timeout(_CHECK_S):
                await self._check_pool.run(lambda session: session.execute("SELECT 1 FROM project LIMIT 1"))
        except TimeoutError:
            raise UnavailableError(
                "The telemetry store did not answer within a second: check the disk", code="store_slow"
            ) from None

    async def close(self) -> None:
        """See the port."""
        await asyncio.to_thread(self._pool.close)
        await asyncio.to_thread(self._check_pool.close)
