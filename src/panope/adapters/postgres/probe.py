"""A Postgres server from outside: what it is, how it keeps its promises, how busy it is."""

import asyncio
from collections.abc import Sequence
from statistics import median
from typing import Any, Final

import psycopg

from panope.adapters.postgres.connection.connect import connect_or_explain
from panope.domain.errors import UnavailableError
from panope.kit.clock import monotonic_s, now_us
from panope.ports.diagnosis import DeadRows, ServerFacts, TableSize

SUPPORTED: Final = (15, 18)
CONNECTIONS_PER_PROCESS: Final = 20
"""Catalog 4, its version 1, blobs 2, readers 8, their check 1, metrics 2, writer 1, provisioning or migration 1."""
_ROUND_TRIPS: Final = 7
_TIMEOUT_S: Final = 10
_DURABILITY: Final = ("fsync", "synchronous_commit", "full_page_writes")
_MIN_DEAD: Final = 10_000
_SETTINGS: Final = "SELECT name, setting FROM pg_settings WHERE name = ANY(%s)"
_FACTS: Final = """
SELECT pg_is_in_recovery(), has_schema_privilege(current_schema(), 'CREATE'), pg_database_size(current_database()),
    (SELECT age(datfrozenxid) FROM pg_database WHERE datname = current_database())
"""
_CONNECTIONS: Final = "SELECT sum(numbackends)::bigint FROM pg_stat_database"
_LONGEST: Final = """
SELECT (extract(epoch FROM clock_timestamp() - xact_start) * 1000000)::bigint, state LIKE 'idle in transaction%'
FROM pg_stat_activity WHERE datname = current_database() AND xact_start IS NOT NULL AND pid <> pg_backend_pid()
ORDER BY xact_start LIMIT 1
"""
_DEAD: Final = """
SELECT relname, n_live_tup, n_dead_tup FROM pg_stat_user_tables
WHERE schemaname = current_schema() AND n_dead_tup >= %s AND n_dead_tup > n_live_tup * 0.5 ORDER BY n_dead_tup DESC
"""
_SIZES: Final = """
SELECT relname, CASE WHEN reltuples < 0 THEN NULL ELSE reltuples::bigint END, pg_total_relation_size(oid)
FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace ORDER BY 3 DESC, 1
"""


class PostgresProbe:
    """Implements `DatabaseProbe` for one database."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def inspect(self) -> ServerFacts:
        """See the port."""
        return await asyncio.to_thread(self._ask, _inspect)

    async def list_table_sizes(self) -> Sequence[TableSize]:
        """See the port; exact."""
        return await asyncio.to_thread(self._ask, _list_table_sizes)

    def _ask(self, question: Any) -> Any:
        with connect_or_explain(self._url) as connection:
            try:
                with connection.transaction():
                    connection.execute(f"SET LOCAL statement_timeout = '{_TIMEOUT_S}s'")
                    return question(connection)
            except psycopg.Error as error:
                raise UnavailableError(
                    f"Postgres does not answer what it is asked about itself ({type(error).__name__}): check the "
                    "rights of the user, then try again",
                    code="database_unreachable",
                ) from None


def _inspect(connection: psycopg.Connection[Any]) -> ServerFacts:
    names = (*_DURABILITY, "max_connections", "superuser_reserved_connections", "reserved_connections")
    more = ("autovacuum", "server_encoding", "default_transaction_read_only")
    settings = dict(connection.execute(_SETTINGS, [[*names, *more]]).fetchall())
    in_recovery, may_create, size_bytes, xid_age = _row(connection, _FACTS)
    round_trips, offsets = zip(*(_meet(connection) for _ in range(_ROUND_TRIPS)), strict=True)
    longest_us, is_idle = connection.execute(_LONGEST).fetchone() or (0, False)
    round_trip_us = int(median(round_trips))
    reserved = sum(int(settings.get(f"{name}_connections", 0)) for name in ("superuser_reserved", "reserved"))
    version = connection.info.server_version
    return ServerFacts(
        product=f"Postgres {version // 10_000}.{version % 10_000}",
        major_version=version // 10_000,
        supported_versions=SUPPORTED,
        encoding=settings["server_encoding"],
        durability={name: settings[name] for name in _DURABILITY},
        is_read_only=in_recovery or settings["default_transaction_read_only"] == "on",
        may_create_tables=bool(may_create),
        max_connections=int(settings["max_connections"]) - reserved,
        used_connections=_row(connection, _CONNECTIONS)[0],
        connections_per_process=CONNECTIONS_PER_PROCESS,
        round_trip_us=round_trip_us,
        clock_offset_us=offsets[round_trips.index(min(round_trips))],
        clock_error_us=min(round_trips) // 2,
        longest_transaction_us=max(0, longest_us or 0),
        is_longest_idle=bool(is_idle),
        dead_rows=tuple(DeadRows(table=name, live=live, dead=dead) for name, live, dead in _dead(connection)),
        is_cleaning_on=settings["autovacuum"] == "on",
        oldest_xid_age=xid_age,
        size_bytes=size_bytes,
    )


def _meet(connection: psycopg.Connection[Any]) -> tuple[int, int]:
    """Time of a round trip, and by how much the server's clock is ahead of the middle of it; both in µs."""
    before_us, began_s = now_us(), monotonic_s()
    [theirs_us] = _row(connection, "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")
    trip_us = int((monotonic_s() - began_s) * 1_000_000)
    return trip_us, theirs_us - (before_us + trip_us // 2)


def _dead(connection: psycopg.Connection[Any]) -> list[Any]:
    return connection.execute(_DEAD, [_MIN_DEAD]).fetchall()


def _list_table_sizes(connection: psycopg.Connection[Any]) -> list[TableSize]:
    found = connection.execute(_SIZES).fetchall()
    return [TableSize(name=name, rows=rows, bytes=size, is_estimate=False) for name, rows, size in found]


def _row(connection: psycopg.Connection[Any], sql: str) -> Any:
    row = connection.execute(sql).fetchone()
    assert row is not None
    return row
