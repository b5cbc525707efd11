"""A Postgres database as the migration runner sees it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy import Connection, text

from panope.adapters.postgres.catalog import catalog_engine
from panope.adapters.postgres.connection.connect import connect_or_explain
from panope.adapters.sql.migrations.runner import Plane
from panope.domain.errors import ConflictError

_MIGRATION_LOCK: Final = 0x70616E6F_70650002


class PostgresMigrationTarget:
    """Implements `MigrationTarget` for one database, which holds both planes."""

    def __init__(self, url: str) -> None:
        self._url = url

    @property
    def telemetry_schema(self) -> str:
        """See `MigrationTarget.telemetry_schema`. Columns are compressed as the server does where it has no lz4."""
        script = Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")
        with connect_or_explain(self._url) as connection:
            return script if _has_lz4(connection) else script.replace(" COMPRESSION lz4", "")

    def recorded_revision(self, plane: Plane) -> str | None:
        """See `MigrationTarget.recorded_revision`. Raises `ConflictError` for another server's database."""
        with connect_or_explain(self._url) as connection:
            if _has_table(connection, plane.version_table):
                query = SQL("SELECT version_num FROM {}").format(Identifier(plane.version_table))
                found = connection.execute(query).fetchone()
                return str(found[0]) if found else None
            if _has_table(connection, "_prisma_migrations"):
                raise ConflictError(
                    "This database holds the tables of another server, a Langfuse by its looks: "
                    "give panope a database of its own",
                    code="foreign_database",
                )
            return None

    @contextmanager
    def exclusive_transaction(self) -> Iterator[Connection]:
        """See `MigrationTarget.exclusive_transaction`."""
        engine = catalog_engine(self._url)
        try:
            with engine.connect() as connection:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)").bindparams(key=_MIGRATION_LOCK))
                yield connection
                connection.commit()
        finally:
            engine.dispose()


def _has_table(connection: psycopg.Connection[tuple[Any, ...]], name: str) -> bool:
    row = connection.execute("SELECT to_regclass(%s) IS NOT NULL", [name]).fetchone()
    return row is not None and bool(row[0])


def _has_lz4(connection: psycopg.Connection[tuple[Any, ...]]) -> bool:
    query = "SELECT 'lz4' = ANY (enumvals) FROM pg_settings WHERE name = 'default_toast_compression'"
    row = connection.execute(query).fetchone()
    return row is not None and bool(row[0])
