"""The telemetry plane in one Postgres database."""

from typing import Any, Final

import psycopg
import structlog

from panope.adapters.postgres.connection.connect import connect_or_explain
from panope.adapters.postgres.connection.durability import find_unsafe_settings, require_durable
from panope.adapters.postgres.dialect import PostgresDialect
from panope.adapters.postgres.metrics import PostgresMetricsReader
from panope.adapters.postgres.migration import PostgresMigrationTarget
from panope.adapters.postgres.reader import PostgresTelemetryReader
from panope.adapters.postgres.writer import PostgresTelemetryWriter
from panope.adapters.relational.operations import RelationalOperations
from panope.adapters.relational.text.building import Patience
from panope.adapters.relational.text.index import RelationalTextIndex
from panope.adapters.sql.migrations.runner import Plane, upgrade
from panope.domain.errors import UnsupportedError
from panope.kit.batching import Limits, OnCommit
from panope.ports.bounds import ReadBound

_OLDEST_VERSION: Final = 15


class PostgresTelemetry:
    """Writer, readers and operations of one database. Other processes may use it at the same time."""

    def __init__(
        self,
        url: str,
        *,
        reader_threads: int = 8,
        bound: ReadBound | None = None,
        limits: Limits | None = None,
        on_commit: OnCommit | None = None,
        patience: Patience | None = None,
        must_be_durable: bool = False,
    ) -> None:
        """With `must_be_durable` no connection writes that may lose what it commits: `UnavailableError` instead."""
        self.writer = PostgresTelemetryWriter(url, limits=limits, on_commit=on_commit, must_be_durable=must_be_durable)
        self.reader = PostgresTelemetryReader(url, threads=reader_threads, bound=bound)
        self.metrics = PostgresMetricsReader(url, bound=bound)
        self.texts = RelationalTextIndex(self.writer, self.reader.run, PostgresDialect(), patience)
        self.operations = RelationalOperations(self.writer, self.reader.run, PostgresDialect())

    @classmethod
    def open(cls, url: str, **options: Any) -> "PostgresTelemetry":
        """Bring the schema up to date, check the server, and open; `options` are those of the class.

        Safe from several processes at once. Raises `UnavailableError` without a server, `UnsupportedError` for one
        that is too old or holds text in another encoding than UTF-8.
        """
        check_server(url)
        upgrade(PostgresMigrationTarget(url), Plane.TELEMETRY)
        return cls(url, **options)

    async def close(self) -> None:
        """Finish what is queued and release everything. Idempotent."""
        await self.writer.close()
        await self.reader.close()
        await self.metrics.close()


def check_server(url: str, *, must_be_durable: bool = False) -> None:
    """Refuse a server that cannot serve; refuse or warn of one that may lose acknowledged telemetry in a power cut.

    Raises `UnsupportedError`, and `UnavailableError` with the settings that are off when it must be durable.
    """
    with connect_or_explain(url) as connection:
        version = connection.info.server_version // 10_000
        if version < _OLDEST_VERSION:
            raise UnsupportedError(
                f"Postgres {version} is too old: use {_OLDEST_VERSION} or newer", code="database_too_old"
            )
        if _show(connection, "server_encoding") != "UTF8":
            raise UnsupportedError(
                "The database does not hold UTF-8: create one with ENCODING 'UTF8'", code="database_encoding"
            )
        if must_be_durable:
            require_durable(connection)
        for name in find_unsafe_settings(connection):
            structlog.get_logger("panope.postgres").warning(
                "Postgres may lose acknowledged telemetry in a power cut: turn the setting on", setting=name
            )


def _show(connection: psycopg.Connection[Any], name: str) -> str:
    row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
    assert row is not None
    return str(row[0])
