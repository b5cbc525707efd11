"""What is SQLite's own in the shared statements."""

from collections.abc import Sequence
from typing import Final

import msgspec

from panope.adapters.relational.session import Record, Sql
from panope.adapters.sqlite.payloads import pack, unpack
from panope.domain.merge.codec import StateParts

_encode: Final = msgspec.json.Encoder().encode
NOW_US: Final = "CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)"
_PARTS: Final = {"input": 1, "output": 2}


class SqlitePacking:
    """Implements `Packing`."""

    payload_columns: tuple[str, ...] = ("body",)

    def pack(self, parts: StateParts) -> tuple[object, ...]:
        """One blob."""
        return (pack(parts),)

    def unpack(self, record: Record) -> StateParts | None:
        """From one blob."""
        return None if record[0] is None else unpack(record[0])

    def pack_state(self, parts: StateParts) -> bytearray:
        """The same blob."""
        return pack(parts)

    def unpack_state(self, blob: bytes) -> StateParts:
        """From the same blob."""
        return unpack(blob)


class SqliteDialect(SqlitePacking):
    """Implements `Dialect`. The functions named `panope_…` are registered by `open_connection`."""

    max_values: int = 500
    forced_join: str = "CROSS JOIN"
    payload_bytes: str = "length(p.body)"
    now_us: str = NOW_US
    listed: str = "json_each('[' || ? || ']') w"
    small_letters: str = "lower({})"
    walked_project: str = "{}.project"

    bucket_table: str = "bucket"

    change_place: str = "CAST((SELECT value FROM change_sequence WHERE only = 1) AS TEXT)"

    is_changed: str = "{0}.seq > CAST(? AS INTEGER) AND {0}.seq <= CAST(? AS INTEGER)"

    def equals(self, expression: Sql, text: str) -> Sql:
        """As it is written."""
        return Sql(f"{expression.text} = ?", (*expression.params, text))

    def is_in(self, expression: str, values: Sequence[object]) -> Sql:
        """One mark per value: `json_each` would be planned as a scan of the project."""
        return Sql(f"{expression} IN ({', '.join('?' * len(values))})", tuple(values))

    def named(self, tables: str, alias: str, project: int, ids: Sequence[str]) -> Sql:
        """One parameter. With a mark per id, each number of ids is a statement of its own that keeps the last ones.

        One id after another is looked up; `IN` would sort them into a table first.
        """
        rows = f"json_each(?) CROSS JOIN {tables}"
        return Sql(
            f"{rows} WHERE {alias}.project = ? AND {alias}.id = json_each.value", (_encode(ids).decode(), project)
        )

    def contains(self, expression: Sql, text: str) -> Sql:
        """By `instr`."""
        return Sql(f"instr({expression.text}, ?) > 0", (*expression.params, text))

    def ends_with(self, expression: Sql, text: str) -> Sql:
        """By a negative `substr`."""
        return Sql(f"substr({expression.text}, ?) = ?", (*expression.params, -len(text), text))

    def is_in_piece(self, table: str, key: Sequence[str]) -> str:
        """By the key."""
        columns = ", ".join(key)
        return f"({columns}) IN (SELECT {columns} FROM {table} WHERE project = ? LIMIT ?)"  # noqa: S608

    def unindexed(self, expression: str) -> str:
        """A unary plus."""
        return f"+{expression}"

    def map_text(self, expression: str, key: str) -> Sql:
        """By a function of ours: SQLite's own would respell numbers and nested values."""
        return Sql(f"panope_map_text({expression}, ?)", (key,))

    def payload_text(self, table: str, key: str, column: str) -> Sql:
        """Unpacks the blob."""
        return Sql(f"panope_payload_text((SELECT p.body FROM {table} p WHERE p.key = {key}), {_PARTS[column]})")  # noqa: S608

    def payload_map_text(self, table: str, key: str, map_key: str) -> Sql:
        """Unpacks the blob."""
        text = f"panope_payload_map_text((SELECT p.body FROM {table} p WHERE p.key = {key}), ?)"  # noqa: S608
        return Sql(text, (map_key,))
