"""A SQLite file as the migration runner sees it."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from panope.adapters.sql.migrations.runner import Plane
from panope.adapters.sqlite.catalog import catalog_engine
from panope.adapters.sqlite.directory import is_there
from panope.adapters.sqlite.driver import connect, sqlite3
from panope.domain.errors import UnavailableError

_WAIT_S: Final = 30.0
"""How long one migrator waits for another."""
_HALF_DONE: Final = frozenset({8, 10, 14, 264, 776, 1288})
"""READONLY, IOERR, CANTOPEN, READONLY_RECOVERY, READONLY_ROLLBACK, READONLY_CANTINIT: what a power cut left half done
is rolled back by whoever opens the file for writing."""


class SqliteMigrationTarget:
    """Implements `MigrationTarget` for one file, which holds one plane."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def telemetry_schema(self) -> str:
        """See `MigrationTarget.telemetry_schema`."""
        return Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")

    def recorded_revision(self, plane: Plane) -> str | None:
        """See `MigrationTarget.recorded_revision`."""
        if not is_there(self._path):
            return None
        try:
            return self._read_revision(plane, read_only=True)
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", None) not in _HALF_DONE:
                raise _unreadable(self._path, error) from None
        try:
            return self._read_revision(plane, read_only=False)
        except sqlite3.Error as error:
            raise _unreadable(self._path, error) from None

    def _read_revision(self, plane: Plane, *, read_only: bool) -> str | None:
        with closing(connect(self._path, read_only=read_only)) as connection:
            query = "SELECT count(*) FROM sqlite_schema WHERE name = ?"
            if connection.execute(query, [plane.version_table]).fetchall() == [(0,)]:
                return None
            found = connection.execute(f"SELECT version_num FROM {plane.version_table}").fetchall()  # noqa: S608
        return str(found[0][0]) if found else None

    @contextmanager
    def exclusive_transaction(self) -> Iterator[Connection]:
        """See `MigrationTarget.exclusive_transaction`."""
        engine = catalog_engine(self._path, timeout_s=_WAIT_S)
        try:
            with engine.connect() as connection:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                yield connection
                connection.commit()
        finally:
            engine.dispose()


def _unreadable(path: Path, error: sqlite3.Error) -> UnavailableError:
    return UnavailableError(
        f"{path} cannot be read as a SQLite database ({error}): run this as the user of the server, and check that the "
        "file is whole",
        code="database_unreadable",
    )
