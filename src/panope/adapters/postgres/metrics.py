"""The metrics reader: connections of its own, so that reports keep no list waiting."""

import asyncio
from typing import Any

from psycopg import Connection

from panope.adapters.postgres.dialect import PostgresDialect
from panope.adapters.postgres.reader import PostgresReadEngine
from panope.adapters.relational.metrics.reader import RelationalMetricsReader
from panope.adapters.relational.pool import ReaderPool
from panope.ports.bounds import ReadBound


class PostgresMetricsReader(RelationalMetricsReader):
    """Implements `MetricsReader` on one database."""

    def __init__(
        self, url: str, *, threads: int = 2, bound: ReadBound | None = None, uses_buckets: bool = True
    ) -> None:
        bound = bound or ReadBound()
        engine = PostgresReadEngine(url, bound.timeout_s)
        self._pool: ReaderPool[Connection[Any]] = ReaderPool(engine, threads, "metrics-reader")
        super().__init__(self._pool.run, PostgresDialect(), bound.max_rows, uses_buckets=uses_buckets)

    async def close(self) -> None:
        """See the port."""
        await asyncio.to_thread(self._pool.close)
