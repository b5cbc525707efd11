"""The metrics reader: connections of its own, so that reports keep no list waiting."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from psycopg import Connection

from panope.adapters.postgres.dialect import PostgresDialect
from panope.adapters.postgres.reader import PostgresReadEngine
from panope.adapters.relational.metrics.reader import RelationalMetricsReader
from panope.adapters.relational.pool import ReaderPool
from panope.adapters.relational.session import Record, Session, Sql
from panope.ports.bounds import ReadBound

_WORK_MB: Final = 32
"""What sorting or hashing for a report may hold before it goes to the disk, unless the server allows more anyway; its
default of 4 makes distinct users by day take twice as long. A statement has two or three such steps."""
_CALENDAR: Final = {"month": "YYYY-MM", "day": "YYYY-MM-DD"}


class PostgresAggregates:
    """Implements `Aggregates`."""

    rows_at_once: int | None = None
    buckets: str = "bucket_difference"
    each_tag: str = "LEFT JOIN LATERAL jsonb_array_elements_text(t.tags::jsonb) AS g(value) ON true"

    def total(self, expression: str, *, is_wide: bool) -> tuple[str, ...]:  # noqa: ARG002 - it always is
        """A numeric, which has no end."""
        return (f"sum({expression})",)

    def read_total(self, values: Sequence[Any]) -> int | None:
        """As a whole number."""
        return None if values[0] is None else int(values[0])

    def execute(self, session: Session, sql: Sql) -> list[Record]:
        """Nothing overflows."""
        return session.execute(sql.text, sql.params)

    def gather(self, expression: str) -> str:
        """Of the values' own texts, which read back as the same numbers."""
        return f"'[' || string_agg(({expression})::text, ',') || ']'"

    def calendar(self, expression: str, unit: str) -> str:
        """By `to_char`, of the second that has begun."""
        second = f"to_timestamp(floor({expression} / 1000000.0)::double precision)"
        return f"to_char({second} AT TIME ZONE 'UTC', '{_CALENDAR[unit]}') COLLATE \"C\""


class PostgresMetricsReader(RelationalMetricsReader):
    """Implements `MetricsReader` on one database."""

    def __init__(
        self, url: str, *, threads: int = 2, bound: ReadBound | None = None, uses_buckets: bool = True
    ) -> None:
        bound = bound or ReadBound()
        engine = PostgresReadEngine(url, bound.timeout_s, work_mb=_WORK_MB)
        self._pool: ReaderPool[Connection[Any]] = ReaderPool(engine, threads, "metrics-reader")
        super().__init__(
            self._pool.run, PostgresDialect(), PostgresAggregates(), bound.max_rows, uses_buckets=uses_buckets
        )

    async def close(self) -> None:
        """See the port."""
        await asyncio.to_thread(self._pool.close)
