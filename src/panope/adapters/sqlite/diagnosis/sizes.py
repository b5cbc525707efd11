"""How much of a file each table takes, from a sample.

The library is built without the table that would say it exactly, and that one reads every page. So some rows of each
table are weighed as SQLite stores them, their entries in indexes too, and what the file holds is shared out by weight.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from panope.adapters.sqlite.driver import sqlite3
from panope.ports.diagnosis import TableSize

_SAMPLE: Final = 512
_SPARSE: Final = 8
"""Where fewer numbers than one in so many are taken, hits say little of how many rows there are."""
_GOLDEN: Final = 0.6180339887498949
_ENTRY_BYTES: Final = 7
"""Of a row besides its record: its number, its length and its place in the page."""
_RANDOM_FILL: Final = 0.69
"""How full the pages of an index are whose entries come in no order."""
_FULL: Final = 0.97
_BY_TIME: Final = "_us"
_TABLES: Final = """
SELECT name, sql LIKE '%WITHOUT ROWID%' FROM sqlite_schema
WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name
"""


class _Index(NamedTuple):
    columns: tuple[int, ...]
    """Positions in a row of the table; those that are null in a partial index make no entry."""
    is_partial: bool
    fill: float


class _Shape(NamedTuple):
    """What of a table its sample is weighed by."""

    indexes: list[_Index]
    page_bytes: int


def estimate_tables(connection: sqlite3.Connection) -> list[TableSize]:
    """All tables of a file; together they have what the file has in use."""
    page_bytes, pages, free = (
        int(connection.execute(f"PRAGMA {name}").fetchone()[0])
        for name in ("page_size", "page_count", "freelist_count")
    )
    weighed = [
        (name, *_weigh(connection, name, page_bytes, is_keyed=not is_without_key))
        for name, is_without_key in connection.execute(_TABLES).fetchall()
    ]
    total = sum(weight for _, _, weight in weighed) or 1
    used = (pages - free) * page_bytes
    return [
        TableSize(name=name, rows=rows, bytes=int(used * weight / total), is_estimate=True)
        for name, rows, weight in weighed
    ]


def _weigh(connection: sqlite3.Connection, table: str, page_bytes: int, *, is_keyed: bool) -> tuple[int, float]:
    """Rows of a table, and about how many bytes they take."""
    count, sample = (_sample_keyed if is_keyed else _sample_first)(connection, table)
    shape = _Shape(list(_indexes(connection, table)), page_bytes)
    weights = [_row_bytes(row, shape) for row in sample]
    overhead = page_bytes * (1 + len(shape.indexes))
    return count, overhead + (count * sum(weights) / len(weights) if weights else 0)


def _sample_keyed(connection: sqlite3.Connection, table: str) -> tuple[int, list[Sequence[object]]]:
    """Rows by their number; how many of the numbers are taken says how many rows there are."""
    first, last = connection.execute(f"SELECT min(rowid), max(rowid) FROM {table}").fetchone()  # noqa: S608
    if first is None:
        return 0, []
    span = last - first + 1
    keys = [first + place for place in _spread(span)]
    marks = ", ".join("?" * len(keys))
    rows = connection.execute(f"SELECT * FROM {table} WHERE rowid IN ({marks})", keys).fetchall()  # noqa: S608
    if len(rows) * _SPARSE < len(keys):
        return _sample_first(connection, table)
    return span * len(rows) // len(keys), rows


def _spread(span: int) -> list[int]:
    """Places within a span, all of a small one, else some that are spread evenly and follow no period of the rows."""
    if span <= _SAMPLE:
        return list(range(span))
    return sorted({int(span * (number * _GOLDEN % 1)) for number in range(_SAMPLE)})


def _sample_first(connection: sqlite3.Connection, table: str) -> tuple[int, list[Sequence[object]]]:
    [(count,)] = connection.execute(f"SELECT count(*) FROM {table}").fetchall()  # noqa: S608
    return count, connection.execute(f"SELECT * FROM {table} LIMIT ?", [_SAMPLE]).fetchall()  # noqa: S608


def _indexes(connection: sqlite3.Connection, table: str) -> Iterator[_Index]:
    for _, name, _, origin, is_partial in connection.execute(f"PRAGMA index_list({table})").fetchall():
        if origin == "pk":
            continue
        columns = connection.execute(f"PRAGMA index_info({name})").fetchall()
        is_by_time = any(column.endswith(_BY_TIME) for _, _, column in columns[:2])
        yield _Index(
            tuple(position for _, position, _ in columns), bool(is_partial), _FULL if is_by_time else _RANDOM_FILL
        )


def _row_bytes(row: Sequence[object], shape: _Shape) -> float:
    weight = _on_pages(sum(map(_value_bytes, row)), shape.page_bytes) / _FULL
    for index in shape.indexes:
        entry = [row[position] for position in index.columns]
        if not (index.is_partial and None in entry):
            weight += (_ENTRY_BYTES + sum(map(_value_bytes, entry))) / index.fill
    return weight


def _on_pages(record_bytes: int, page_bytes: int) -> int:
    """What a record takes: beyond most of a page, the rest lies on pages of its own, the last of them partly used."""
    most = page_bytes - 35
    if record_bytes <= most:
        return record_bytes + _ENTRY_BYTES
    least = (page_bytes - 12) * 32 // 255 - 23
    own = page_bytes - 4
    local = least + (record_bytes - least) % own
    local = local if local <= most else least
    return local + 4 + _ENTRY_BYTES + -(-(record_bytes - local) // own) * page_bytes


def _value_bytes(value: object) -> int:
    """Of one column in a record, its type included."""
    if value is None:
        return 1
    if isinstance(value, int):
        return 1 + (0 if value in {0, 1} else _integer_bytes(value))
    if isinstance(value, float):
        return 9
    size = len(value.encode()) if isinstance(value, str) else len(value) if isinstance(value, bytes) else 0
    return size + (1 if size < 58 else 2 if size < 8_186 else 3)


def _integer_bytes(value: int) -> int:
    bits = value.bit_length() + 1
    return next(size for size in (1, 2, 3, 4, 6, 8) if bits <= 8 * size)
