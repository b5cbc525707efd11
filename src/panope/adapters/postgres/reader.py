"""The telemetry reader: pooled connections, one thread each, one snapshot per call."""

import asyncio
from collections.abc import Callable
from math import ceil
from typing import Any, Final, TypeVar

import psycopg
from psycopg import Connection, RawCursor
from psycopg.pq import TransactionStatus

from panope.adapters.postgres.connection.connect import connect
from panope.adapters.postgres.connection.errors import is_lost, is_unprepared, question_errors, storage_errors
from panope.adapters.postgres.connection.plans import RENEW, KeptPlans
from panope.adapters.postgres.dialect import PostgresDialect
from panope.adapters.postgres.session import PostgresReadSession
from panope.adapters.relational.pool import ReaderPool
from panope.adapters.relational.reader import RelationalReader
from panope.adapters.relational.session import Session
from panope.domain.errors import TooBroadError, UnavailableError
from panope.ports.bounds import ReadBound

_CHECK_S: Final = 1.0
_WHEN_TOLD: Final = 1 << 30
"""Uses of a statement before it is prepared: never by itself. A plan for all values is a bad one for a list."""

Answer = TypeVar("Answer")


class PostgresReadEngine:
    """Implements `ReadEngine`. Page and total of a call come from one snapshot, and no statement runs for ever.

    `work_mb` is the least memory that a step of a statement may use; None: what the server allows. With `keeps_plans`
    lookups are prepared.
    """

    def __init__(
        self, url: str, statement_timeout_s: float, *, work_mb: int | None = None, keeps_plans: bool = False
    ) -> None:
        self._url = url
        self._begin = _begin(statement_timeout_s, work_mb)
        self._begin_unbounded = _begin(0, work_mb)
        self._plans = KeptPlans(_WHEN_TOLD) if keeps_plans else None

    def connect(self) -> Connection[Any]:
        """See the protocol."""
        with storage_errors():
            connection = connect(self._url, autocommit=True)
            connection.cursor_factory = RawCursor
            if self._plans is not None:
                try:
                    self._plans.allow(connection)
                except BaseException:
                    connection.close()
                    raise
            return connection

    def read(self, connection: Connection[Any], work: Callable[[Session], Answer], *, is_bounded: bool) -> Answer:
        """See the protocol."""
        with question_errors():
            try:
                return work(self._open(connection, is_bounded=is_bounded))
            except psycopg.Error as error:
                if self._plans is None or not is_unprepared(error) or not self._plans.give_up(connection):
                    raise
            self.finish(connection)
            return work(self._open(connection, is_bounded=is_bounded))

    def finish(self, connection: Connection[Any]) -> None:
        """See the protocol. It is a journey that no answer has to wait for."""
        status = connection.info.transaction_status
        if is_lost(connection) or status == TransactionStatus.IDLE:
            return
        # After a ROLLBACK psycopg prepares everything anew, and lets the server forget what a failure left there.
        end = b"ROLLBACK" if status == TransactionStatus.INERROR else b"COMMIT"
        try:
            connection.execute(end, prepare=False)
        except psycopg.Error:
            connection.close()

    def _open(self, connection: Connection[Any], *, is_bounded: bool) -> PostgresReadSession:
        """A session whose transaction begins with its first statement."""
        first = self._begin if is_bounded else self._begin_unbounded
        if self._plans is not None and self._plans.are_due(connection):
            first = [*first, RENEW]
        return PostgresReadSession(connection, first)

    def is_broken(self, connection: Connection[Any]) -> bool:
        """See the protocol."""
        return is_lost(connection)


def _begin(statement_timeout_s: float, work_mb: int | None) -> list[str]:
    """What goes before the first statement, in its journey; a timeout of 0 is none.

    Compiling a plan to machine code takes longer than a page may take.
    """
    timeout_ms = ceil(statement_timeout_s * 1000)
    begin = [
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        f"SELECT set_config('statement_timeout', '{timeout_ms}', true), set_config('jit', 'off', true)",
    ]
    if work_mb is not None:
        begin.append(
            f"SELECT set_config('work_mem', '{work_mb}MB', true) "
            f"WHERE pg_size_bytes(current_setting('work_mem')) < {work_mb << 20}"
        )
    return begin


class PostgresTelemetryReader(RelationalReader):
    """Implements `TelemetryReader` on one database."""

    def __init__(self, url: str, *, threads: int = 8, bound: ReadBound | None = None) -> None:
        engine = PostgresReadEngine(url, (bound or ReadBound()).timeout_s, keeps_plans=True)
        check_engine = PostgresReadEngine(url, _CHECK_S)
        self._pool: ReaderPool[Connection[Any]] = ReaderPool(engine, threads, "telemetry-reader")
        self._check_pool: ReaderPool[Connection[Any]] = ReaderPool(check_engine, 1, "telemetry-check")
        self.run = self._pool.run
        """Runs any read of the same store."""
        super().__init__(self._pool.run, PostgresDialect())

    async def check(self) -> None:
        """See the port. Has a connection of its own: slow queries do not make the store unhealthy."""
        try:
            async with asyncio.timeout(_CHECK_S):
                await self._check_pool.run(lambda session: session.execute("SELECT 1 FROM project LIMIT 1"))
        except (TimeoutError, TooBroadError):
            raise UnavailableError(
                "The telemetry database did not answer within a second: check it", code="store_slow"
            ) from None

    async def close(self) -> None:
        """See the port."""
        await asyncio.to_thread(self._pool.close)
        await asyncio.to_thread(self._check_pool.close)
