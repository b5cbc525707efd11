"""Statements on the telemetry file."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

import msgspec

from panope.adapters.relational.session import Record, Sql, TextNotes
from panope.adapters.relational.tables import OBSERVATIONS, write_observation
from panope.adapters.sqlite.dialect import NOW_US
from panope.adapters.sqlite.driver import sqlite3
from panope.domain.rollups import BucketKey, BucketTotals
from panope.domain.tracing import ObservationRow

_astuple: Final = msgspec.structs.astuple
_METERED_AT, _RARE_AT = (OBSERVATIONS.columns.index(name) for name in OBSERVATIONS.sparse_from)
_NOTHING: Final = tuple(write_observation(ObservationRow(id="", trace_id="", type="", start_us=0)))
_NOTHING_BESIDES: Final = _NOTHING[_METERED_AT:]
_NOTHING_RARE: Final = _NOTHING[_RARE_AT:]
_BUCKET_KEY: Final = BucketKey.__struct_fields__
_BUCKET_TOTALS: Final = BucketTotals.__struct_fields__


def _insert(table: str, columns: Sequence[str]) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608


_ADD_BUCKET: Final = (
    _insert("bucket", ("project", *_BUCKET_KEY, *_BUCKET_TOTALS))
    + f" ON CONFLICT (project, {', '.join(_BUCKET_KEY)}) DO UPDATE SET "
    + ", ".join(f"{name} = bucket.{name} + excluded.{name}" for name in _BUCKET_TOTALS)
)
_DROP_EMPTY_BUCKET: Final = (
    "DELETE FROM bucket WHERE "  # noqa: S608
    + " AND ".join(f"{name} = ?" for name in ("project", *_BUCKET_KEY))
    + "".join(f" AND {name} = 0" for name in _BUCKET_TOTALS)
)
_CUT: Final = (
    _insert("tombstone", ("project", "kind", "id", "cut_us"))
    + " ON CONFLICT (project, kind, id) DO UPDATE SET cut_us = excluded.cut_us "
    "WHERE excluded.cut_us > tombstone.cut_us"
)
_NOTE: Final = (
    "INSERT INTO text_change (project, source, first_key, last_key, is_gone, noted_us) "  # noqa: S608
    f"SELECT ?, ?, ?, ?, ?, {NOW_US} WHERE EXISTS (SELECT 1 FROM text_index i WHERE i.project = ?)"
)
_STAMP: Final = "SELECT value FROM change_sequence WHERE only = 1"
_KEEP_STAMP: Final = "UPDATE change_sequence SET value = ? WHERE only = 1"
_KEEP_SET: Final = _insert("attribute_set", ("project", "id", "json")) + " ON CONFLICT (project, id) DO NOTHING"


@lru_cache(maxsize=256)
def _insert_sql(table: str, columns: tuple[str, ...]) -> str:
    return _insert(table, columns)


@lru_cache(maxsize=256)
def _replace_sql(table: str, columns: tuple[str, ...]) -> str:
    sets = ", ".join(f"{column} = excluded.{column}" for column in columns[1:])
    return f"{_insert(table, columns)} ON CONFLICT ({columns[0]}) DO UPDATE SET {sets}"


@lru_cache(maxsize=256)
def _update_sql(table: str, columns: tuple[str, ...]) -> str:
    sets = ", ".join(f"{column} = ?" for column in columns[:-1])
    return f"UPDATE {table} SET {sets} WHERE {columns[-1]} = ?"  # noqa: S608


@lru_cache(maxsize=256)
def _delete_sql(table: str, columns: tuple[str, ...]) -> str:
    return f"DELETE FROM {table} WHERE {' AND '.join(f'{column} = ?' for column in columns)}"  # noqa: S608


class SqliteTextNotes:
    """Implements `TextNotes`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, project: int, source: str, ranges: Sequence[tuple[int, int]], *, is_gone: bool) -> None:
        """See the protocol."""
        rows = [(project, source, first, last, int(is_gone), project) for first, last in ranges]
        self._connection.executemany(_NOTE, rows)

    def await_writers(self) -> None:
        """There is only this one."""


class SqliteReadSession:
    """Implements `Session` over one connection inside a transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, params: Sequence[object] = ()) -> list[Record]:
        """Run one statement and return all its rows."""
        return self._connection.execute(sql, params).fetchall()

    def execute_all(self, statements: Sequence[Sql]) -> list[list[Record]]:
        """See the protocol: one after another."""
        return [self.execute(statement.text, statement.params) for statement in statements]


class SqliteSession(SqliteReadSession):
    """Implements `WriteSession` over one connection inside a transaction."""

    stamp_columns: tuple[str, ...] = ("seq",)

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self._next_keys: dict[str, int] = {}
        self._last_stamp: int | None = None
        self.text_notes: TextNotes = SqliteTextNotes(connection)

    def executemany(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run one statement once per row of parameters."""
        self._connection.executemany(sql, rows)

    def stamps(self, count: int) -> Iterable[tuple[object, ...]]:
        """From the counter, which rolls back with the transaction; read once, as the writer is alone."""
        if self._last_stamp is None:
            self._last_stamp = int(self._connection.execute(_STAMP).fetchone()[0])
        first, self._last_stamp = self._last_stamp + 1, self._last_stamp + count
        self._connection.execute(_KEEP_STAMP, (self._last_stamp,))
        return [(seq,) for seq in range(first, first + count)]

    def allocate_keys(self, table: str, count: int) -> Sequence[int]:
        """The writer is alone, so the largest key is enough to know."""
        first = self._next_keys.get(table)
        if first is None:
            largest = self._connection.execute(f"SELECT max(key) FROM {table}").fetchone()[0]  # noqa: S608
            first = (largest or 0) + 1
        self._next_keys[table] = first + count
        return range(first, first + count)

    def insert(self, table: str, columns: tuple[str, ...], rows: Sequence[Sequence[object]]) -> None:
        """See the protocol."""
        if table == OBSERVATIONS.name:
            for told, shaped in by_shape(columns, rows).items():
                self.executemany(_insert_sql(table, told), shaped)
        else:
            self.executemany(_insert_sql(table, columns), rows)

    def replace(self, table: str, columns: tuple[str, ...], rows: Sequence[Sequence[object]]) -> None:
        """See the protocol."""
        self.executemany(_replace_sql(table, columns), rows)

    def update(self, table: str, columns: tuple[str, ...], rows: Sequence[Sequence[object]]) -> None:
        """See the protocol."""
        self.executemany(_update_sql(table, columns), rows)

    def delete(self, table: str, columns: tuple[str, ...], rows: Sequence[Sequence[object]]) -> None:
        """See the protocol."""
        self.executemany(_delete_sql(table, columns), rows)

    def add_to_buckets(self, project: int, differences: Mapping[BucketKey, BucketTotals]) -> None:
        """See the protocol; a bucket that is empty then is dropped."""
        moved = []
        shrunk = []
        for key, totals in differences.items():
            kind, *where = _astuple(key)
            place = (project, str(kind), *where)  # a member of an enumeration as its text: the driver takes no other
            moved.append((*place, *_astuple(totals)))
            if totals.count < 0:
                shrunk.append(place)
        self.executemany(_ADD_BUCKET, moved)
        if shrunk:
            self.executemany(_DROP_EMPTY_BUCKET, shrunk)

    def keep_cuts(self, project: int, cuts: Mapping[tuple[str, str], int]) -> None:
        """See the protocol."""
        self.executemany(_CUT, [(project, str(kind), name, cut) for (kind, name), cut in cuts.items()])

    def keep_sets(self, project: int, sets: Mapping[str, str]) -> None:
        """See the protocol."""
        self.executemany(_KEEP_SET, [(project, set_id, json) for set_id, json in sets.items()])


def by_shape(
    columns: tuple[str, ...], rows: Sequence[Sequence[object]]
) -> dict[tuple[str, ...], list[Sequence[object]]]:
    """Observations without the groups of columns that hold nothing in them, by the columns that are left.

    Handing over a null takes as long as handing over a number, and most columns of most observations are null: with
    them left out, an insert takes a third less.
    """
    metered, rare = (columns.index(name) for name in OBSERVATIONS.sparse_from)
    plain: list[Sequence[object]] = []
    called: list[Sequence[object]] = []
    odd: list[Sequence[object]] = []
    for row in rows:
        if row[metered:] == _NOTHING_BESIDES:
            plain.append(row[:metered])
        elif row[rare:] == _NOTHING_RARE:
            called.append(row[:rare])
        else:
            odd.append(row)
    shaped = {columns[:metered]: plain, columns[:rare]: called, columns: odd}
    return {told: found for told, found in shaped.items() if found}
