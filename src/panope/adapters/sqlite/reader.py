"""The telemetry reader: pooled connections, one thread each, one read transaction per call."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, TypeVar

from panope.adapters.relational.reader import RelationalReader
from panope.adapters.relational.session import Session
from panope.adapters.sqlite.connection import SqliteSession, open_reader, storage_errors
from panope.adapters.sqlite.dialect import SqliteDialect
from panope.adapters.sqlite.driver import sqlite3
from panope.domain.errors import UnavailableError

_CHECK_S: Final = 1.0

Answer = TypeVar("Answer")


class ReaderPool:
    """Threads that own a connection each."""

    def __init__(self, path: Path, size: int, name: str) -> None:
        self._path = path
        self._own = threading.local()
        self._lock = threading.Lock()
        self._connections: list[sqlite3.Connection] = []
        self._threads = ThreadPoolExecutor(size, thread_name_prefix=name)
        self._is_closed = False

    async def run(self, read: Callable[[Session], Answer]) -> Answer:
        """Run in a read transaction on one of the threads."""
        if self._is_closed:
            raise UnavailableError("The server is stopping: ask the one that follows", code="stopping", retry_after_s=1)
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._run, read)

    def _run(self, read: Callable[[Session], Answer]) -> Answer:
        with storage_errors():
            connection = self._connection()
            connection.execute("BEGIN")
            try:
                return read(SqliteSession(connection))
            finally:
                connection.execute("ROLLBACK")

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = open_reader(self._path)
            with self._lock:
                self._connections.append(connection)
        return connection

    def close(self) -> None:
        """Wait for the reads under way, then close the connections. Blocks."""
        self._is_closed = True
        self._threads.shutdown(wait=True)
        with self._lock:
            for connection in self._connections:
                connection.close()
            self._connections.clear()


class SqliteTelemetryReader(RelationalReader):
    """Implements `TelemetryReader` on one file."""

    def __init__(self, path: Path, *, threads: int = 4) -> None:
        self._pool = ReaderPool(path, threads, "telemetry-reader")
        self._check_pool = ReaderPool(path, 1, "telemetry-check")
        super().__init__(self._pool.run, SqliteDialect())

    async def check(self) -> None:
        """See the port. Has a thread of its own: slow queries do not make the store unhealthy."""
        try:
            async with asyncio.timeout(_CHECK_S):
                await self._check_pool.run(lambda session: session.execute("SELECT 1 FROM project LIMIT 1"))
        except TimeoutError:
            raise UnavailableError(
                "The telemetry store did not answer within a second: check the disk", code="store_slow", retry_after_s=5
            ) from None

    async def close(self) -> None:
        """See the port."""
        await asyncio.to_thread(self._pool.close)
        await asyncio.to_thread(self._check_pool.close)
