"""Opens each telemetry engine for tests; the suites never know which one they run on."""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import pytest
from msgspec import Struct

from panope.adapters.memory.snapshot import MemoryStoreSnapshot
from panope.adapters.memory.telemetry import MemoryTelemetry
from panope.adapters.postgres.metrics import PostgresMetricsReader
from panope.adapters.postgres.migration import PostgresMigrationTarget
from panope.adapters.postgres.snapshot import PostgresStoreSnapshot
from panope.adapters.postgres.telemetry import PostgresTelemetry
from panope.adapters.relational.text.building import Patience
from panope.adapters.sql.migrations.runner import Plane, upgrade
from panope.adapters.sqlite.metrics import SqliteMetricsReader
from panope.adapters.sqlite.snapshot import SqliteStoreSnapshot
from panope.adapters.sqlite.telemetry import SqliteTelemetry
from panope.ports.bounds import ReadBound
from panope.ports.metrics import MetricsReader
from panope.ports.operations import OperationStore
from panope.ports.telemetry import TelemetryReader, TelemetryWriter
from panope.ports.texts.index import TextIndexStore
from panope.ports.verification import StoreSnapshot
from tests.support.postgres import URL_VARIABLE, Clusters, find_installations


class Engine(Struct):
    """One engine under test."""

    name: str
    writer: TelemetryWriter
    reader: TelemetryReader
    operations: OperationStore
    metrics: MetricsReader
    row_metrics: MetricsReader
    """The same answers without help from the time buckets, and in small pieces where the engine takes pieces."""
    open_snapshot: Callable[[], StoreSnapshot]
    texts: TextIndexStore
    """Which takes small steps, and none of them too soon."""


_EAGER: Final = Patience(settled_us=0, purge_us=0, segment_rows=4)
_ROWS_AT_ONCE: Final = 3
"""So few that the small worlds of tests have many pieces, some within an hour."""
Opener = Callable[[pytest.FixtureRequest, Path, ReadBound | None], Awaitable[Engine]]


def of_memory(telemetry: MemoryTelemetry) -> Engine:
    """The memory engine over a store that is there."""
    return Engine(
        "memory",
        telemetry,
        telemetry,
        telemetry,
        telemetry.metrics,
        telemetry.metrics,
        lambda: MemoryStoreSnapshot(telemetry),
        telemetry.texts,
    )


async def _memory(_request: pytest.FixtureRequest, _folder: Path, bound: ReadBound | None) -> Engine:
    return of_memory(MemoryTelemetry(bound=bound))


async def _sqlite(_request: pytest.FixtureRequest, folder: Path, bound: ReadBound | None) -> Engine:
    path = folder / "telemetry.db"
    telemetry = SqliteTelemetry.open(path, bound=bound, patience=_EAGER)
    return Engine(
        "sqlite",
        telemetry.writer,
        telemetry.reader,
        telemetry.operations,
        telemetry.metrics,
        SqliteMetricsReader(path, bound=bound, uses_buckets=False, rows_at_once=_ROWS_AT_ONCE),
        lambda: SqliteStoreSnapshot(path),
        telemetry.texts,
    )


def _postgres(version: str | None) -> Opener:
    async def opener(request: pytest.FixtureRequest, _folder: Path, bound: ReadBound | None) -> Engine:
        url = telemetry_database(request, version)
        telemetry = PostgresTelemetry(url, reader_threads=2, bound=bound, patience=_EAGER)
        return Engine(
            "postgres",
            telemetry.writer,
            telemetry.reader,
            telemetry.operations,
            telemetry.metrics,
            PostgresMetricsReader(url, bound=bound, uses_buckets=False),
            lambda: PostgresStoreSnapshot(url),
            telemetry.texts,
        )

    return opener


async def _no_postgres(_request: pytest.FixtureRequest, _folder: Path, _bound: ReadBound | None) -> Engine:
    pytest.skip(f"no Postgres: set {URL_VARIABLE}")


def _postgres_openers() -> dict[str, Opener]:
    """One for each Postgres there is."""
    if os.environ.get(URL_VARIABLE):
        return {"postgres": _postgres(None)}
    versions = [installation.version for installation in find_installations()]
    return {f"postgres{version}": _postgres(version) for version in versions} or {"postgres": _no_postgres}


def telemetry_database(request: pytest.FixtureRequest, version: str | None = None) -> str:
    """Address of a new database with the telemetry plane's schema, dropped when the asking fixture or test ends."""
    clusters: Clusters = request.getfixturevalue("postgres_clusters")
    databases = clusters.databases(version)
    url = databases.create(create_telemetry_schema)
    request.addfinalizer(lambda: databases.drop(url))
    return url


def create_telemetry_schema(url: str) -> None:
    """Make the telemetry plane's tables in an empty database."""
    upgrade(PostgresMigrationTarget(url), Plane.TELEMETRY)


_OPENERS: dict[str, Opener] = {"memory": _memory, "sqlite": _sqlite, **_postgres_openers()}
ENGINES = tuple(_OPENERS)


async def open_engine(
    name: str, request: pytest.FixtureRequest, folder: Path, bound: ReadBound | None = None
) -> Engine:
    """A fresh, empty store of the named engine."""
    return await _OPENERS[name](request, folder, bound)
