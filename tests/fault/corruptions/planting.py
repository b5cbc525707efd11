"""How a corruption is described, and how it gets into the tables of either engine."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import psycopg
from msgspec import Struct

from panope.adapters.postgres.dialect import PostgresDialect
from panope.adapters.sqlite.dialect import SqliteDialect
from panope.adapters.sqlite.driver import connect
from panope.domain.merge.codec import StateParts


class Corruption(Struct, frozen=True, kw_only=True):
    """One way in which a store can be wrong."""

    name: str
    plant: "str | Callable[[Tables], None]"
    """Statements separated by `;`, or what to do. `ONE` is the number of the first project; `literals` has the rest."""
    kinds: tuple[str, ...]
    """All that must be said, the fault itself first and then what follows from it."""
    entity: str | None = None
    """Id that the first kind must name."""
    fields: tuple[str, ...] = ()
    """Columns that its first finding must name; () does not ask."""
    only: str | None = None
    """The engine that can be damaged like this."""
    needs_deep: bool = False


class Tables(Protocol):
    """A store's tables, past panope."""

    engine: str
    payload_columns: tuple[str, ...]

    def execute(self, sql: str) -> list[Any]:
        """Run one statement."""

    def read_parts(self, table: str, entity: str) -> StateParts:
        """State of an entity of the first project."""

    def write_parts(self, table: str, entity: str, parts: StateParts) -> None:
        """Put another state in its place."""

    def update(self, table: str, entity: str, values: dict[str, Any]) -> None:
        """Set columns of a row of the first project."""

    def plant(self, corruption: Corruption) -> None:
        """Do it."""

    def close(self) -> None:
        """Release the connection."""


class _Planting:
    literals: tuple[tuple[str, str], ...]

    def plant(self: Any, corruption: Corruption) -> None:
        if not isinstance(corruption.plant, str):
            corruption.plant(self)
            return
        [(one,)] = self.execute("SELECT number FROM project WHERE id = 'project-one'")
        statements = corruption.plant.replace("ONE", str(one))
        for mark, text in self.literals:
            statements = statements.replace(mark, text)
        for statement in filter(str.strip, statements.split(";")):
            self.execute(statement)


def key_of(table: str, entity: str) -> str:
    project = "(SELECT number FROM project WHERE id = 'project-one')"
    return f"(SELECT key FROM {table} WHERE project = {project} AND id = '{entity}')"


class SqliteTables(_Planting):
    """A SQLite file."""

    engine = "sqlite"
    payload_columns = SqliteDialect.payload_columns
    literals = (("BUCKETS", "bucket"), ("NOISE", "x'01ff'"), ("INFINITE", "9e999"))

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection = connect(path)

    def execute(self, sql: str) -> list[Any]:
        return self._connection.execute(sql).fetchall()

    def read_parts(self, table: str, entity: str) -> StateParts:
        [(body,)] = self.execute(f"SELECT body FROM {table}_payload WHERE key = {key_of(table, entity)}")
        return SqliteDialect().unpack_state(body)

    def write_parts(self, table: str, entity: str, parts: StateParts) -> None:
        body = SqliteDialect().pack_state(parts)
        sql = f"UPDATE {table}_payload SET body = ? WHERE key = {key_of(table, entity)}"
        self._connection.execute(sql, (body,))

    def update(self, table: str, entity: str, values: dict[str, Any]) -> None:
        sets = ", ".join(f"{column} = ?" for column in values)
        sql = f"UPDATE {table} SET {sets} WHERE key = {key_of(table, entity)}"
        self._connection.execute(sql, tuple(values.values()))

    def overwrite_root(self, name: str) -> None:
        """Write noise over the first page of a table or an index."""
        [(page,)] = self.execute(f"SELECT rootpage FROM sqlite_schema WHERE name = '{name}'")
        [(size,)] = self.execute("PRAGMA page_size")
        self.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.close()
        with self.path.open("r+b") as file:
            file.seek((page - 1) * size)
            file.write(b"\xa5" * size)

    def close(self) -> None:
        self._connection.close()


class PostgresTables(_Planting):
    """A Postgres database."""

    engine = "postgres"
    payload_columns = PostgresDialect.payload_columns
    literals = (("BUCKETS", "bucket_difference"), ("NOISE", "'\\x01ff'"), ("INFINITE", "'Infinity'"))

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True)

    def execute(self, sql: str) -> list[Any]:
        cursor = self._connection.execute(sql)
        return cursor.fetchall() if cursor.description else []

    def read_parts(self, table: str, entity: str) -> StateParts:
        columns = ", ".join(PostgresDialect.payload_columns)
        [record] = self.execute(f"SELECT {columns} FROM {table}_payload WHERE key = {key_of(table, entity)}")
        parts = PostgresDialect().unpack(record)
        assert parts is not None
        return parts

    def write_parts(self, table: str, entity: str, parts: StateParts) -> None:
        sets = ", ".join(f"{column} = %s" for column in PostgresDialect.payload_columns)
        sql = f"UPDATE {table}_payload SET {sets} WHERE key = {key_of(table, entity)}"
        self._connection.execute(sql, PostgresDialect().pack(parts))

    def update(self, table: str, entity: str, values: dict[str, Any]) -> None:
        sets = ", ".join(f"{column} = %s" for column in values)
        sql = f"UPDATE {table} SET {sets} WHERE key = {key_of(table, entity)}"
        self._connection.execute(sql, tuple(values.values()))

    def close(self) -> None:
        self._connection.close()


def corruption(
    name: str,
    plant: Any,
    *kinds: str,
    of: str | None = None,
    fields: str = "",
    only: str | None = None,
    deep: bool = False,
) -> Corruption:
    """One of the table: its name, what to do, what must be said, of whom and of which columns."""
    return Corruption(
        name=name, plant=plant, kinds=kinds, entity=of, fields=tuple(fields.split()), only=only, needs_deep=deep
    )


def assign(table: str, entity: str, assignment: str) -> str:
    """A statement that changes a row of the first project."""
    return f"UPDATE {table} SET {assignment} WHERE project = ONE AND id = '{entity}'"
