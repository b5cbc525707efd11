"""A snapshot of the telemetry tables for verifying them, beside all that write to them."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from itertools import count
from typing import Any, Final

import psycopg
from psycopg import Connection, RawCursor, RawServerCursor

from panope.adapters.postgres.connection.connect import connect_or_explain
from panope.adapters.postgres.connection.errors import is_unavailable
from panope.adapters.postgres.dialect import PostgresDialect
from panope.adapters.postgres.session import number_marks
from panope.adapters.relational.session import Record
from panope.adapters.relational.verification.ledger import RelationalLedger
from panope.adapters.relational.verification.states import RelationalStates
from panope.adapters.relational.verification.sums import RelationalSums
from panope.domain.errors import UnavailableError
from panope.ports.verification import STORE_DAMAGED, Integrity, StampedRow

_FETCHED: Final = 2_000
"""Rows that one journey brings."""
_KEYS_PER_BLOCK: Final = 1_000
_DAMAGED: Final = frozenset({"XX001", "XX002"})
"""SQL states: data corrupted, index corrupted."""
# A cursor is planned for its first tenth unless told that all of it will be read.
_BEGIN: Final = (
    b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    b"SET LOCAL statement_timeout = 0",
    b"SET LOCAL idle_in_transaction_session_timeout = 0",
    b"SET LOCAL cursor_tuple_fraction = 1.0",
    b"SET LOCAL jit = off",
    b"SAVEPOINT begun",
)
_INDEXES: Final = """
SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_am m ON m.oid = c.relam
WHERE m.amname = 'btree' AND i.indisvalid AND c.relnamespace = current_schema()::regnamespace ORDER BY 1
"""
_TABLES: Final = """
SELECT c.oid::regclass::text FROM pg_class c
WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace ORDER BY 1
"""
_HAS_AMCHECK: Final = "SELECT to_regprocedure('bt_index_check(regclass, boolean)') IS NOT NULL"


class PostgresStoreSnapshot(RelationalStates, RelationalSums, RelationalLedger):
    """Implements `StoreSnapshot` on one database.

    One transaction that only reads: the server keeps what it may see until the snapshot is closed.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection = connect_or_explain(url)
        self._connection.cursor_factory = RawCursor
        session = PostgresStream(self._connection)
        for statement in _BEGIN:
            with reading_errors(self._connection):
                self._connection.execute(statement, prepare=False)
        super().__init__(session, PostgresDialect())

    def stamps_ahead(self, limit: int) -> list[StampedRow]:
        """See the port."""
        found = self._beyond("seq", self._last_of("change_sequence"), limit)
        last_key = (self._last_of("key_block") + 1) * _KEYS_PER_BLOCK - 1
        return [*found, *self._beyond("key", last_key, limit - len(found))]

    def integrity(self, *, deep: bool) -> Integrity:
        """See the port: by the extension amcheck, where it is installed and may be used."""
        answer = Integrity()
        with closing(connect_or_explain(self._url)) as connection, reading_errors(connection):
            _check_database(connection, answer, deep=deep)
        return answer

    def close(self) -> None:
        """See the port."""
        self._connection.close()

    def _last_of(self, sequence: str) -> int:
        sql = f"SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM {sequence}"  # noqa: S608
        return int(self._session.execute(sql)[0][0])


class PostgresStream:
    """Implements `StreamSession`."""

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection
        self._numbers = count(1)

    def execute(self, sql: str, params: Sequence[object] = ()) -> list[Record]:
        """See the protocol."""
        with reading_errors(self._connection):
            return self._connection.execute(number_marks(sql), params, binary=True).fetchall()

    def stream(self, sql: str, params: Sequence[object] = ()) -> Iterator[Record]:
        """See the protocol."""
        with reading_errors(self._connection):
            cursor = RawServerCursor(self._connection, f"stream_{next(self._numbers)}")
            cursor.itersize = _FETCHED
            try:
                cursor.execute(number_marks(sql), params, binary=True)
                yield from cursor
            finally:
                with suppress(psycopg.Error):  # an error elsewhere has closed it already
                    cursor.close()


@contextmanager
def reading_errors(connection: Connection[Any]) -> Iterator[None]:
    """Tell damaged tables from a server that is away; after the former the snapshot can be read on elsewhere."""
    try:
        yield
    except psycopg.Error as error:
        if error.sqlstate in _DAMAGED:
            with suppress(psycopg.Error):
                connection.execute(b"ROLLBACK TO SAVEPOINT begun", prepare=False)
            raise UnavailableError(
                f"The database is damaged where it was read ({_said(error)})", code=STORE_DAMAGED
            ) from error
        if not is_unavailable(error):
            raise
        raise UnavailableError(
            f"The database cannot be read now ({type(error).__name__}): check it, then try again",
            code="store_unavailable",
        ) from error


def _said(error: psycopg.Error) -> str:
    """The server's main sentence, without the detail, which may quote a row."""
    return error.diag.message_primary or type(error).__name__


def _check_database(connection: Connection[Any], answer: Integrity, *, deep: bool) -> None:
    row = connection.execute(_HAS_AMCHECK).fetchone()
    if row is None or not row[0]:
        answer.not_checked.append(
            "the files of Postgres: let a superuser run CREATE EXTENSION amcheck in this database"
        )
        return
    try:
        _check_indexes(connection, answer, deep=deep)
        if deep:
            _check_tables(connection, answer)
        else:
            answer.not_checked.append("indexes against their tables: run again with --deep")
    except psycopg.errors.InsufficientPrivilege:
        answer.not_checked.append("the files of Postgres: this user may not call the functions of amcheck")


def _check_indexes(connection: Connection[Any], answer: Integrity, *, deep: bool) -> None:
    names = [name for (name,) in connection.execute(_INDEXES).fetchall()]
    for name in names:
        try:
            connection.execute("SELECT bt_index_check(%s::regclass, %s)", (name, deep))
        except psycopg.errors.InternalError as error:
            answer.damage.append(_said(error))
    answer.checked.append(f"{len(names)} indexes by amcheck{' against their tables' if deep else ''}")


def _check_tables(connection: Connection[Any], answer: Integrity) -> None:
    names = [name for (name,) in connection.execute(_TABLES).fetchall()]
    for name in names:
        for (said,) in connection.execute("SELECT msg FROM verify_heapam(%s::regclass)", (name,)).fetchall():
            answer.damage.append(f"{name}: {said}")
    answer.checked.append(f"{len(names)} tables by amcheck")
