"""The metrics reader: threads of its own, so that reports keep no list waiting."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from panope.adapters.relational.metrics.reader import RelationalMetricsReader
from panope.adapters.relational.pool import ReaderPool
from panope.adapters.relational.session import Record, Session, Sql
from panope.adapters.sqlite.dialect import SqliteDialect
from panope.adapters.sqlite.driver import sqlite3
from panope.adapters.sqlite.reader import SqliteReadEngine
from panope.ports.bounds import ReadBound

_STEPS: Final = 10
"""A row that is aggregated takes as many steps as so many that are passed over; rows are counted beforehand."""
_CALENDAR: Final = {"month": "%Y-%m", "day": "%Y-%m-%d"}


_ROWS_AT_ONCE: Final = 5_000
"""SQLite groups by sorting a list of rows that were allocated one by one: while they fit a cache of the processor, a
row takes half as long as among a million."""


class SqliteAggregates:
    """Implements `Aggregates`."""

    buckets: str = "bucket"
    each_tag: str = "LEFT JOIN json_each(t.tags) g"

    def __init__(self, rows_at_once: int | None = _ROWS_AT_ONCE) -> None:
        self.rows_at_once = rows_at_once

    def total(self, expression: str, *, is_wide: bool) -> tuple[str, ...]:
        """Its own sum, which fails beyond 64 bits; the wide one is that of both halves, and a quarter slower."""
        if is_wide:
            return (f"sum({expression} >> 32)", f"sum({expression} & 4294967295)")
        return (f"sum({expression})",)

    def read_total(self, values: Sequence[Any]) -> int | None:
        """From the halves, if there are two."""
        if values[0] is None or len(values) == 1:
            return None if values[0] is None else int(values[0])
        return (int(values[0]) << 32) + int(values[1])

    def execute(self, session: Session, sql: Sql) -> list[Record]:
        """Know the failure of the sum by its message: it has no code of its own."""
        try:
            return session.execute(sql.text, sql.params)
        except sqlite3.OperationalError as error:
            if str(error) != "integer overflow":
                raise
            raise OverflowError from error

    def gather(self, expression: str) -> str:
        """By `json_group_array`."""
        return f"json_group_array({expression}) FILTER (WHERE {expression} IS NOT NULL)"

    def calendar(self, expression: str, unit: str) -> str:
        """By `strftime`, of the second that has begun."""
        second = f"(({expression} - (({expression} % 1000000) + 1000000) % 1000000) / 1000000)"
        return f"strftime('{_CALENDAR[unit]}', {second}, 'unixepoch')"


class SqliteMetricsReader(RelationalMetricsReader):
    """Implements `MetricsReader` on one file."""

    def __init__(
        self,
        path: Path,
        *,
        threads: int = 2,
        bound: ReadBound | None = None,
        uses_buckets: bool = True,
        rows_at_once: int | None = _ROWS_AT_ONCE,
    ) -> None:
        bound = bound or ReadBound()
        watched = ReadBound(max_rows=bound.max_rows * _STEPS, timeout_s=bound.timeout_s)
        engine = SqliteReadEngine(path, watched)
        self._pool: ReaderPool[sqlite3.Connection] = ReaderPool(engine, threads, "metrics-reader")
        aggregates = SqliteAggregates(rows_at_once)
        super().__init__(self._pool.run, SqliteDialect(), aggregates, bound.max_rows, uses_buckets=uses_buckets)

    async def close(self) -> None:
        """See the port."""
        await asyncio.to_thread(self._pool.close)
