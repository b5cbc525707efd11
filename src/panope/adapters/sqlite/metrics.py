"""The metrics reader: threads of its own, so that reports keep no list waiting."""

import asyncio
from pathlib import Path
from typing import Final

from panope.adapters.relational.metrics.reader import RelationalMetricsReader
from panope.adapters.relational.pool import ReaderPool
from panope.adapters.sqlite.dialect import SqliteDialect
from panope.adapters.sqlite.driver import sqlite3
from panope.adapters.sqlite.reader import SqliteReadEngine
from panope.ports.bounds import ReadBound

_STEPS: Final = 10
"""A row that is aggregated takes as many steps as so many that are passed over; rows are counted beforehand."""


class SqliteMetricsReader(RelationalMetricsReader):
    """Implements `MetricsReader` on one file."""

    def __init__(
        self, path: Path, *, threads: int = 2, bound: ReadBound | None = None, uses_buckets: bool = True
    ) -> None:
        bound = bound or ReadBound()
        watched = ReadBound(max_rows=bound.max_rows * _STEPS, timeout_s=bound.timeout_s)
        engine = SqliteReadEngine(path, watched)
        self._pool: ReaderPool[sqlite3.Connection] = ReaderPool(engine, threads, "metrics-reader")
        super().__init__(self._pool.run, SqliteDialect(), bound.max_rows, uses_buckets=uses_buckets)

    async def close(self) -> None:
        """See the port."""
        await asyncio.to_thread(self._pool.close)
