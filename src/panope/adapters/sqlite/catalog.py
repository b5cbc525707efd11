"""The catalog in a SQLite file: `catalog.db` in the data directory."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, QueuePool, create_engine

from panope.adapters.sql.catalog import SqlCatalog
from panope.adapters.sql.database import POOL_SIZE, SELECT_VERSION, CatalogDatabase, unavailable
from panope.adapters.sqlite.directory import FileLock
from panope.adapters.sqlite.driver import connect, sqlite3
from panope.domain.errors import UnavailableError
from panope.ports.catalog import Version

_LOCK_TIMEOUT_S: Final = 30.0
_LOCK_POLL_S: Final = 0.05
_VERSION_TIMEOUT_S: Final = 0.5
_PRAGMAS: Final = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON")


def catalog_engine(path: Path, *, timeout_s: float = 5.0, read_only: bool = False) -> Engine:
    """An SQLAlchemy engine on one file, whose transactions begin by themselves or with a `BEGIN` of the caller's."""
    return create_engine(
        "sqlite://",
        module=sqlite3,
        creator=lambda: _connect(path, timeout_s, read_only=read_only),
        poolclass=QueuePool,
        pool_size=POOL_SIZE,
        max_overflow=0,
        hide_parameters=True,
    )


def open_catalog(path: Path, *, read_only: bool = False) -> SqlCatalog:
    """Open a catalog whose schema is up to date. With `read_only` every write fails and the file stays as it is."""
    version = SqliteCatalogVersion(path, read_only=read_only)
    lock = SqliteCatalogLock(path.with_name("provisioning.lock"))
    return SqlCatalog(
        CatalogDatabase(catalog_engine(path, read_only=read_only), "BEGIN IMMEDIATE"), version, lock, version.close
    )


class SqliteCatalogVersion:
    """Implements `CatalogVersion` on a connection of its own.

    Reads on the event loop: one row of a file in write-ahead mode waits for nobody and takes a tenth of what handing it
    to a thread would. What was read is told again to whoever asks in the same turn of the loop: who does was called
    before the read, so every write that they can know of had returned by then.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self._path = path
        self._read_only = read_only
        self._connection: sqlite3.Connection | None = None
        self._told: tuple[asyncio.AbstractEventLoop, Version] | None = None

    async def current(self) -> Version:
        """See `CatalogVersion.current`."""
        loop = asyncio.get_running_loop()
        if self._told is not None and self._told[0] is loop:
            return self._told[1]
        version = self._read()
        self._told = loop, version
        loop.call_soon(self._forget)
        return version

    def _forget(self) -> None:
        self._told = None

    def _read(self) -> Version:
        try:
            if self._connection is None:
                self._connection = connect(self._path, timeout_s=_VERSION_TIMEOUT_S, read_only=self._read_only)
            [row] = self._connection.execute(SELECT_VERSION).fetchall()
        except sqlite3.Error as error:
            raise unavailable() from error
        return Version(*row)

    async def close(self) -> None:
        """Close the connection. Idempotent."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class SqliteCatalogLock:
    """Implements `CatalogLock` by a lock on a file beside the catalog."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @asynccontextmanager
    async def exclusive(self) -> AsyncIterator[None]:
        """See `CatalogLock.exclusive`."""
        lock = FileLock(self._path)
        try:
            async with asyncio.timeout(_LOCK_TIMEOUT_S):
                while not lock.try_acquire():  # noqa: ASYNC110 - the file is another process's, which sends no event
                    await asyncio.sleep(_LOCK_POLL_S)
        except TimeoutError:
            raise UnavailableError(
                "Somebody else has been provisioning the catalog for too long: try again later", code="catalog_locked"
            ) from None
        try:
            yield
        finally:
            lock.release()


def _connect(path: Path, timeout_s: float, *, read_only: bool) -> sqlite3.Connection:
    connection = connect(path, timeout_s=timeout_s, read_only=read_only)
    if read_only:
        return connection
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").close()
    return connection
