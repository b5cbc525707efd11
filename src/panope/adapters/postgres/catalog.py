"""The catalog in Postgres, beside the telemetry plane's tables."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, Final

import psycopg
from sqlalchemy import Connection, Engine, QueuePool, create_engine, text

from panope.adapters.postgres.connection.connect import connect
from panope.adapters.sql.catalog import SqlCatalog
from panope.adapters.sql.coalesce import Coalescer
from panope.adapters.sql.database import POOL_SIZE, SELECT_VERSION, CatalogDatabase, unavailable
from panope.domain.errors import UnavailableError
from panope.ports.catalog import Version

_BEGIN_WRITE: Final = "SELECT id FROM catalog_version FOR UPDATE"
_PROVISIONING_LOCK: Final = 0x70616E6F_70650001
_VERSION_TIMEOUT_S: Final = 5.0
_POOL_TIMEOUT_S: Final = 10.0


def catalog_engine(url: str) -> Engine:
    """An SQLAlchemy engine whose connections libpq makes from the address, so that both read it alike."""
    return create_engine(
        "postgresql+psycopg://",
        creator=lambda: connect(url),
        poolclass=QueuePool,
        pool_size=POOL_SIZE,
        max_overflow=0,
        pool_timeout=_POOL_TIMEOUT_S,
        pool_pre_ping=True,
        hide_parameters=True,
    )


def open_catalog(url: str) -> SqlCatalog:
    """Open a catalog whose schema is up to date."""
    database = CatalogDatabase(catalog_engine(url), _BEGIN_WRITE)
    version = PostgresCatalogVersion(url)
    return SqlCatalog(database, version, PostgresCatalogLock(database), version.close)


class PostgresCatalogVersion:
    """Implements `CatalogVersion`: requests of the same moment share one round trip on a connection of its own."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: psycopg.Connection[tuple[Any, ...]] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="catalog-version")
        self._reads = Coalescer(self._read)

    async def current(self) -> Version:
        """See `CatalogVersion.current`."""
        return await self._reads.ask()

    async def close(self) -> None:
        """Close the connection. Idempotent."""
        await asyncio.to_thread(self._thread.shutdown)
        self._disconnect()

    async def _read(self) -> Version:
        try:
            async with asyncio.timeout(_VERSION_TIMEOUT_S):
                return await asyncio.get_running_loop().run_in_executor(self._thread, self._select)
        except (psycopg.Error, TimeoutError) as error:
            raise unavailable() from error

    def _select(self) -> Version:
        """Ask once more over a new connection when the old one has died in the meantime."""
        if self._connection is not None:
            try:
                return _select_version(self._connection)
            except psycopg.OperationalError:
                self._disconnect()
        self._connection = connect(self._url, autocommit=True)
        return _select_version(self._connection)

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _select_version(connection: psycopg.Connection[tuple[Any, ...]]) -> Version:
    row = connection.execute(SELECT_VERSION).fetchone()
    assert row is not None
    return Version(*row)


class PostgresCatalogLock:
    """Implements `CatalogLock` by an advisory lock of a transaction, which a transaction pooler keeps intact."""

    def __init__(self, database: CatalogDatabase) -> None:
        self._database = database
        self._queue = asyncio.Lock()

    @asynccontextmanager
    async def exclusive(self) -> AsyncIterator[None]:
        """See `CatalogLock.exclusive`."""
        async with self._queue:  # so that those who wait never hold all connections that who is inside needs
            connection = await self._database.run(self._database.engine.connect)
            try:
                await self._acquire(connection)
                yield
            finally:
                await self._database.run(connection.close)

    async def _acquire(self, connection: Connection) -> None:
        lock = text("SELECT pg_advisory_xact_lock(:key)").bindparams(key=_PROVISIONING_LOCK)
        try:
            await self._database.run(lambda: connection.execute(text("SET LOCAL lock_timeout = '30s'")))
            await self._database.run(lambda: connection.execute(lock))
        except UnavailableError as error:
            if isinstance(getattr(error.__cause__, "orig", None), psycopg.errors.LockNotAvailable):
                raise UnavailableError(
                    "Somebody else has been provisioning the catalog for too long: try again later",
                    code="catalog_locked",
                ) from None
            raise
