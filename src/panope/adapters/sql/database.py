"""One SQLAlchemy engine, and the threads that wait for it on behalf of the event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, TypeVar

from sqlalchemy import Connection, Engine, text, update
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from panope.adapters.sql import tables
from panope.domain.errors import InvalidError, UnavailableError
from panope.ports.catalog import Version

POOL_SIZE = 4
"""Connections, and threads that use them."""
SELECT_VERSION = f"SELECT {', '.join(Version.__struct_fields__)} FROM catalog_version"  # noqa: S608 - names of our own
"""The fields of `Version`, in their order."""
_Result = TypeVar("_Result")


class CatalogDatabase:
    """Runs units of work, each in a transaction of its own.

    `begin_write` is the statement by which the engine lets one writer in at a time. So a unit that writes may look
    first and write then, without a race.
    """

    def __init__(self, engine: Engine, begin_write: str) -> None:
        self.engine = engine
        self._begin_write = text(begin_write)
        self._threads = ThreadPoolExecutor(POOL_SIZE, thread_name_prefix="catalog")

    async def read(self, work: Callable[[Connection], _Result]) -> _Result:
        """Run a unit that only reads."""
        return await self.run(lambda: self._transact(work))

    async def write(self, work: Callable[[Connection], _Result]) -> _Result:
        """Run a unit as the only writer; on return it is durable. Whatever it raises rolls it back."""

        def exclusive(connection: Connection) -> _Result:
            connection.execute(self._begin_write)
            return work(connection)

        return await self.run(lambda: self._transact(exclusive))

    async def run(self, call: Callable[[], _Result]) -> _Result:
        """Run a blocking call in a thread; a database that is away becomes `UnavailableError`."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, call)
        except (OperationalError, InterfaceError, PoolTimeoutError) as error:
            raise unavailable() from error
        except DataError as error:
            if getattr(error.orig, "sqlstate", None) is not None:
                raise
            # The driver's own refusal, before the database was asked: the one text that Postgres cannot take.
            text = "The request holds the character NUL, which no text may: leave it out"
            raise InvalidError(text, code="invalid_text") from None

    async def close(self) -> None:
        """Let running units finish and close all connections. Idempotent."""
        await asyncio.to_thread(self._threads.shutdown)
        self.engine.dispose()

    def _transact(self, work: Callable[[Connection], _Result]) -> _Result:
        with self.engine.connect() as connection:
            done = work(connection)
            connection.commit()
            return done


def unavailable() -> UnavailableError:
    """The error for a catalog that does not answer."""
    return UnavailableError("The catalog database does not answer: try again later", code="catalog_unavailable")


Kind = Literal["accounts", "models", "prompts", "score_configs"]
"""Rows that share a version: a field of `Version`."""


def grow(connection: Connection, kind: Kind) -> None:
    """Move the version that caches of this kind of row carry."""
    column = tables.version.c[kind]
    connection.execute(update(tables.version).values({column: column + 1}))
