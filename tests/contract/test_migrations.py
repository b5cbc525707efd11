"""Migrations of both planes on both SQL engines."""

import sqlite3 as standard_sqlite
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, inspect, text

from panope.adapters.postgres.catalog import catalog_engine as postgres_engine
from panope.adapters.postgres.migration import PostgresMigrationTarget
from panope.adapters.sql import tables
from panope.adapters.sql.migrations import runner
from panope.adapters.sql.migrations.runner import MigrationTarget, Plane, known_revisions, status, upgrade
from panope.adapters.sql.migrations.scripts import split_statements
from panope.adapters.sqlite.catalog import catalog_engine as sqlite_engine
from panope.adapters.sqlite.driver import sqlite3
from panope.adapters.sqlite.migration import SqliteMigrationTarget
from panope.domain.errors import ConflictError, UnavailableError, UnsupportedError
from tests.support.postgres import postgres_versions

SQLITE = "sqlite"
BLOB_TABLES = ("catalog_blob", "catalog_blob_chunk")
"""Of Postgres alone; their statements are not SQLAlchemy's."""


class Database:
    """One empty database, as migrator and as reader."""

    def __init__(self, target: Callable[[], MigrationTarget], engine: Engine) -> None:
        self.target = target
        self.engine = engine

    def table_names(self) -> set[str]:
        return set(inspect(self.engine).get_table_names())

    def execute(self, statement: str) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(statement))


@pytest.fixture(params=[SQLITE, *postgres_versions()])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == SQLITE:
        path = tmp_path / "one.db"
        engine = sqlite_engine(path)
        yield Database(lambda: SqliteMigrationTarget(path), engine)
    else:
        url = request.getfixturevalue("postgres_database")(version=request.param)
        engine = postgres_engine(url)
        yield Database(lambda: PostgresMigrationTarget(url), engine)
    engine.dispose()


@pytest.mark.parametrize("plane", list(Plane))
def test_an_empty_database_is_upgraded_and_then_left_alone(database: Database, plane: Plane) -> None:
    before = upgrade(database.target(), plane)
    assert (before.current, before.pending) == (None, known_revisions(plane))
    after = status(database.target(), plane)
    assert (after.current, after.pending, after.is_current) == (known_revisions(plane)[-1], (), True)
    assert upgrade(database.target(), plane) == after


def test_both_planes_fit_into_one_database(database: Database) -> None:
    for plane in Plane:
        upgrade(database.target(), plane)
    names = database.table_names()
    assert {"catalog_revision", "telemetry_revision", "catalog_api_key", "trace"} <= names


def test_asking_for_the_status_creates_nothing(database: Database) -> None:
    assert status(database.target(), Plane.CATALOG).current is None
    assert database.table_names() == set()


def test_statements_name_the_tables_as_the_migrations_make_them(database: Database) -> None:
    upgrade(database.target(), Plane.CATALOG)
    inspector = inspect(database.engine)
    raw = {"catalog_revision", *(BLOB_TABLES if database.engine.dialect.name == "postgresql" else ())}
    assert set(tables.metadata.tables) == database.table_names() - raw
    assert raw <= database.table_names()
    for table in tables.metadata.tables.values():
        made = {column["name"]: column["nullable"] for column in inspector.get_columns(table.name)}
        assert made == {column.name: column.nullable for column in table.columns}, table.name
        named = {(key.parent.name, key.column.table.name) for key in table.foreign_keys}
        kept = {
            (column, key["referred_table"])
            for key in inspector.get_foreign_keys(table.name)
            for column in key["constrained_columns"]
        }
        assert kept == named, table.name


def test_a_migration_that_fails_leaves_nothing_behind(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    script = "CREATE TABLE one (id integer); INSERT INTO one VALUES (1); CREATE TABLE one (id integer);"
    target = database.target()
    monkeypatch.setattr(type(target), "telemetry_schema", script)
    with pytest.raises((sqlite3.OperationalError, psycopg.errors.DuplicateTable)):
        upgrade(target, Plane.TELEMETRY)
    assert database.table_names() == set()


def test_a_script_may_hold_what_drivers_read_meaning_into(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    script = (
        "CREATE TABLE one (id text); INSERT INTO one VALUES ('100% :x ?; %s -- no comment'); -- a comment; with one"
    )
    target = database.target()
    monkeypatch.setattr(type(target), "telemetry_schema", script)
    upgrade(target, Plane.TELEMETRY)
    with database.engine.connect() as connection:
        assert connection.scalar(text("SELECT id FROM one")) == "100% :x ?; %s -- no comment"


def test_several_migrators_at_once_do_the_work_once(database: Database) -> None:
    with ThreadPoolExecutor(4) as threads:
        done = [*threads.map(lambda _: upgrade(database.target(), Plane.CATALOG), range(4))]
    assert len(done) == 4
    assert status(database.target(), Plane.CATALOG).is_current
    with database.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM catalog_version")) == 1


def test_what_a_newer_panope_made_is_not_touched(database: Database) -> None:
    upgrade(database.target(), Plane.CATALOG)
    database.execute("UPDATE catalog_revision SET version_num = '9999'")
    for look in (status, upgrade):
        with pytest.raises(UnsupportedError, match="9999"):
            look(database.target(), Plane.CATALOG)


def test_alembic_is_not_even_asked_when_nothing_is_pending(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade(database.target(), Plane.CATALOG)
    target = database.target()
    monkeypatch.setattr(type(target), "exclusive_transaction", lambda _: pytest.fail("began to migrate"))
    assert upgrade(target, Plane.CATALOG).is_current


def test_the_database_of_another_server_is_refused(database: Database) -> None:
    if database.engine.dialect.name == "sqlite":
        return
    database.execute("CREATE TABLE _prisma_migrations (id text)")
    for plane in Plane:
        with pytest.raises(ConflictError, match="its own"):
            upgrade(database.target(), plane)
    assert database.table_names() == {"_prisma_migrations"}


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    path.write_text("not a database " * 100)
    with pytest.raises(UnavailableError, match=r"catalog\.db"):
        status(SqliteMigrationTarget(path), Plane.CATALOG)


def test_an_unreachable_server_is_an_expected_failure(tmp_path: Path) -> None:
    url = f"postgresql://u:s3cret@/x?host={tmp_path}"
    with pytest.raises(UnavailableError) as refused:
        status(PostgresMigrationTarget(url), Plane.CATALOG)
    assert "s3cret" not in refused.value.message


def test_revisions_are_numbered_without_a_gap() -> None:
    for plane in Plane:
        known = known_revisions(plane)
        assert known == tuple(f"{number:04}" for number in range(1, len(known) + 1))
        assert Path(runner.__file__).parent.joinpath(plane.value).is_dir()


def test_statements_are_cut_where_they_end() -> None:
    trigger = "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET x = 1; UPDATE a SET y = ';'; END;"
    script = f"CREATE TABLE a (x, y); -- one; two\n{trigger}\n/* ; */ INSERT INTO a VALUES (1, 'it''s; %');\n"
    assert [*split_statements(script, standard_sqlite.complete_statement)] == [
        "CREATE TABLE a (x, y);",
        f"-- one; two\n{trigger}",
        "/* ; */ INSERT INTO a VALUES (1, 'it''s; %');",
    ]
