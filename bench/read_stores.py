"""Seeded stores, kept between runs, and readers of them that count work instead of time."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import RawCursor, sql

from bench.postgres import Cluster
from bench.seed import fill
from panope.adapters.postgres.connection.connect import connect
from panope.adapters.postgres.dialect import PostgresDialect
from panope.adapters.postgres.session import PostgresSession, number_marks
from panope.adapters.postgres.telemetry import PostgresTelemetry
from panope.adapters.relational.reader import RelationalReader
from panope.adapters.relational.session import Record, Session, Sql
from panope.adapters.sql.migrations.runner import Plane, upgrade
from panope.adapters.sqlite.connection import open_reader, open_writer
from panope.adapters.sqlite.dialect import SqliteDialect
from panope.adapters.sqlite.migration import SqliteMigrationTarget
from panope.adapters.sqlite.session import SqliteSession
from panope.adapters.sqlite.telemetry import SqliteTelemetry
from panope.ports.bounds import ReadBound

_ROOT: Final = Path(__file__).parents[1]
_KEPT: Final = Path(__file__).parent / ".data"
_STEPS: Final = 10
"""Steps between two ticks of SQLite's clock: the error is smaller than that per statement."""

_SOURCES: Final = (
    "bench/seed.py",
    "src/panope/domain/merge",
    "src/panope/domain/projection",
    "src/panope/domain/rollups.py",
    "src/panope/adapters/relational",
    "src/panope/adapters/sqlite",
    "src/panope/adapters/postgres",
    "src/panope/adapters/sql/migrations",
)
_READ_ONLY: Final = frozenset(
    (
        *("columns", "conditions", "dialect", "errors", "listing", "observations", "pages", "pool"),
        *("reader", "scores", "snapshot", "sources", "traces", "watch"),
    )
)
"""Modules of these that write nothing, so that a changed read finds the stores as they are."""

Answer = TypeVar("Answer")
Telemetry = SqliteTelemetry | PostgresTelemetry


class CountingReader(RelationalReader):
    """Reads as the engine does and adds up the work of its statements."""

    work: int = 0

    async def check(self) -> None:
        """Always there."""

    async def close(self) -> None:
        """The store closes the connection."""


class Store(Protocol):
    """One seeded store of one size."""

    size: int

    def open(self, bound: ReadBound | None = None) -> Telemetry:
        """The engine as the server opens it, unless it is bounded otherwise."""

    def server(self) -> dict[str, Any]:
        """Arguments of `bench.process.Server` for this store."""

    def counting(self) -> CountingReader:
        """A reader that counts work."""


class Stores(Protocol):
    """Where the stores of one engine are kept."""

    unit: str
    """What work is counted in."""

    async def prepare(self, size: int) -> Store:
        """The store of a size, filled now unless an earlier run has filled it."""

    def close(self) -> None:
        """Stop what was started."""


class SqliteStore:
    """A data directory."""

    def __init__(self, folder: Path, size: int) -> None:
        self.size = size
        self._folder = folder

    def open(self, bound: ReadBound | None = None) -> Telemetry:
        """See the protocol."""
        return SqliteTelemetry(self._folder / "telemetry.db", bound=bound)

    def server(self) -> dict[str, Any]:
        """See the protocol."""
        return {"data_dir": self._folder}

    def counting(self) -> CountingReader:
        """See the protocol."""
        connection = open_reader(self._folder / "telemetry.db")
        reader: CountingReader

        def tick() -> int:
            reader.work += _STEPS
            return 0

        async def run(read: Callable[[Session], Answer], *, is_bounded: bool = True) -> Answer:  # noqa: ARG001
            connection.set_progress_handler(tick, _STEPS)
            return read(SqliteSession(connection))

        reader = CountingReader(run, SqliteDialect())
        return reader


class SqliteStores:
    """Data directories under `bench/.data`."""

    unit = "VM steps"

    async def prepare(self, size: int) -> Store:
        """See the protocol."""
        folder = _KEPT / f"sqlite-{size}-{_fingerprint()}"
        if not folder.exists():
            for stale in _KEPT.glob(f"sqlite-{size}-*"):
                shutil.rmtree(stale)
            growing = _KEPT / f"growing-{folder.name}"
            shutil.rmtree(growing, ignore_errors=True)
            growing.mkdir(parents=True)
            path = growing / "telemetry.db"
            open_writer(path).close()
            upgrade(SqliteMigrationTarget(path), Plane.TELEMETRY)
            await _fill(SqliteTelemetry(path), size)
            growing.rename(folder)
        return SqliteStore(folder, size)

    def close(self) -> None:
        """Nothing runs."""


class _CountingSession(PostgresSession):
    """Runs every statement twice, the first time for its count of buffers."""

    def __init__(self, connection: psycopg.Connection[Any], count: Callable[[int], None]) -> None:
        super().__init__(connection)
        self._count = count

    def execute(self, sql: str, params: Any = ()) -> list[Record]:
        """Explain, then run."""
        explained = b"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + number_marks(sql)
        found = self._connection.execute(explained, params).fetchone()
        assert found is not None
        plan = (found[0] if isinstance(found[0], list) else json.loads(found[0]))[0]["Plan"]
        self._count(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])
        return super().execute(sql, params)

    def execute_all(self, statements: Sequence[Sql]) -> list[list[Record]]:
        """One after another."""
        found = []
        for statement in statements:
            with self.planned_for(statement):
                found.append(self.execute(statement.text, statement.params))
        return found


class PostgresStore:
    """A database."""

    def __init__(self, url: str, size: int, folder: Path) -> None:
        self.size = size
        self._url = url
        self._folder = folder

    def open(self, bound: ReadBound | None = None) -> Telemetry:
        """See the protocol."""
        return PostgresTelemetry(self._url, bound=bound)

    def server(self) -> dict[str, Any]:
        """See the protocol."""
        return {"data_dir": self._folder, "database_url": self._url}

    def counting(self) -> CountingReader:
        """See the protocol."""
        connection = connect(self._url, autocommit=True)
        connection.cursor_factory = RawCursor
        reader: CountingReader

        def count(buffers: int) -> None:
            reader.work += buffers

        async def run(read: Callable[[Session], Answer], *, is_bounded: bool = True) -> Answer:  # noqa: ARG001
            with connection.transaction():
                connection.execute(b"SET LOCAL jit = off")
                return read(_CountingSession(connection, count))

        reader = CountingReader(run, PostgresDialect())
        return reader


class PostgresStores:
    """Databases of a server that is given, or of one that is kept under `bench/.data`."""

    unit = "buffers"

    def __init__(self, admin_url: str | None) -> None:
        self._cluster: Cluster | None = None
        if admin_url is None:
            self._cluster = Cluster(_KEPT / "postgres")
            admin_url = self._cluster.url
        self._admin_url = admin_url

    async def prepare(self, size: int) -> Store:
        """See the protocol."""
        name = f"panope_reads_{size}_{_fingerprint()}"
        url = urlunsplit(urlsplit(self._admin_url)._replace(path=f"/{name}"))
        with psycopg.connect(self._admin_url, autocommit=True) as admin:
            if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                _drop_stale(admin, f"panope_reads_{size}_%")
                growing = f"growing_{name}"
                admin.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(growing)))
                admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(growing)))
                growing_url = urlunsplit(urlsplit(self._admin_url)._replace(path=f"/{growing}"))
                await _fill(PostgresTelemetry.open(growing_url), size)
                with psycopg.connect(growing_url, autocommit=True) as filled:
                    filled.execute("VACUUM ANALYZE")
                rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
                admin.execute(rename.format(sql.Identifier(growing), sql.Identifier(name)))
        return PostgresStore(url, size, _KEPT / "postgres-server")

    def close(self) -> None:
        """Stop the server, if it is ours."""
        if self._cluster is not None:
            self._cluster.stop()


def _drop_stale(admin: psycopg.Connection[Any], pattern: str) -> None:
    for (name,) in admin.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [pattern]).fetchall():
        admin.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


async def _fill(telemetry: Telemetry, size: int) -> None:
    print(f"filling a store of {size:,} observations", flush=True)
    await fill(telemetry.writer, size)
    await telemetry.close()


def _fingerprint() -> str:
    """Changes with whatever decides what the writer stores."""
    digest = hashlib.sha256()
    for name in _SOURCES:
        place = _ROOT / name
        files = (
            [place]
            if place.is_file()
            else sorted([file for kind in ("py", "sql", "bin") for file in place.rglob(f"*.{kind}")])
        )
        for file in files:
            if file.stem not in _READ_ONLY and "metrics" not in (file.stem, file.parent.name):
                digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


@contextmanager
def open_stores(engine: str, database_url: str | None) -> Iterator[Stores]:
    """The stores of an engine for the block."""
    stores: Stores = PostgresStores(database_url) if engine == "postgres" else SqliteStores()
    try:
        yield stores
    finally:
        stores.close()
