"""What is Postgres's own in the shared statements."""

from collections.abc import Sequence
from typing import Final

import msgspec

from panope.adapters.relational.session import Record, Sql
from panope.domain.merge.codec import StateParts
from panope.domain.text.quoting import QUOTED

_PREFIX_CHARS: Final = 200
"""As many characters of a long text are in its index."""
_PREFIXED: Final = frozenset({"t.name", "t.user_id", "g.tag", "s.name"})
"""Columns whose index holds no more than that."""

_QUOTED: Final = f"^(?:{QUOTED})$"

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(StateParts).decode


class PostgresPacking:
    """Implements `Packing`."""

    payload_columns: tuple[str, ...] = ("skeleton", "input", "output", "metadata")

    def pack(self, parts: StateParts) -> tuple[object, ...]:
        """As it is: large values are compressed by the server."""
        return (parts.skeleton, parts.input, parts.output, parts.metadata)

    def unpack(self, record: Record) -> StateParts | None:
        """From the same columns."""
        return None if record[0] is None else StateParts(record[0], record[1], record[2], record[3])

    def pack_state(self, parts: StateParts) -> bytes:
        """MessagePack."""
        return _encode(parts)

    def unpack_state(self, blob: bytes) -> StateParts:
        """From MessagePack."""
        return _decode(blob)


class PostgresDialect(PostgresPacking):
    """Implements `Dialect`."""

    max_values: int = 50_000
    forced_join: str = "JOIN"
    payload_bytes: str = (
        "pg_column_size(p.skeleton) + coalesce(pg_column_size(p.input), 0) + coalesce(pg_column_size(p.output), 0) "
        "+ coalesce(pg_column_size(p.metadata), 0)"
    )
    now_us: str = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
    listed: str = "unnest(string_to_array(?, ',')::bigint[]) w (value)"
    small_letters: str = 'lower(({}) COLLATE "C")'
    walked_project: str = "({}.project + 0)"
    """As the indexes for that begin: see the schema."""

    bucket_table: str = "bucket_difference"

    change_place: str = "pg_snapshot_xmin(pg_current_snapshot())::text"
    """What lies below it has ended: see the schema."""

    is_changed: str = "{0}.xid >= CAST(? AS text)::xid8 AND {0}.xid < CAST(? AS text)::xid8"
    """By the transaction that wrote it."""

    def equals(self, expression: Sql, text: str) -> Sql:
        """The indexed prefix first; of a shorter text it says it all."""
        if expression.text not in _PREFIXED:
            return Sql(f"{expression.text} = ?", (*expression.params, text))
        prefix = f"{_prefix(expression.text)} = ?"
        if len(text) < _PREFIX_CHARS:
            return Sql(prefix, (text,))
        return Sql(f"{prefix} AND {expression.text} = ?", (text[:_PREFIX_CHARS], text))

    def is_in(self, expression: str, values: Sequence[object]) -> Sql:
        """One parameter: an array."""
        if expression not in _PREFIXED:
            return Sql(f"{expression} = ANY(?)", (list(values),))
        texts = [str(value) for value in values]
        prefixes = [text[:_PREFIX_CHARS] for text in texts]
        matches = f"{_prefix(expression)} = ANY(?)"
        if all(len(text) < _PREFIX_CHARS for text in texts):
            return Sql(matches, (texts,))
        return Sql(f"{matches} AND {expression} = ANY(?)", (prefixes, texts))

    def named(self, tables: str, alias: str, project: int, ids: Sequence[str]) -> Sql:
        """As by any other value."""
        matches = self.is_in(f"{alias}.id", ids)
        return Sql(f"{tables} WHERE {alias}.project = ? AND {matches.text}", (project, *matches.params))

    def contains(self, expression: Sql, text: str) -> Sql:
        """By `strpos`, under the collation that counts code points."""
        return Sql(f"strpos({expression.text}, ?) > 0", (*expression.params, text))

    def ends_with(self, expression: Sql, text: str) -> Sql:
        """By `right`."""
        return Sql(f"right({expression.text}, ?) = ?", (*expression.params, len(text), text))

    def is_in_piece(self, table: str, key: Sequence[str]) -> str:  # noqa: ARG002 - not every table has one
        """By the place of the row, which nobody else moves meanwhile."""
        return f"ctid = ANY(ARRAY(SELECT ctid FROM {table} WHERE project = ? LIMIT ?))"  # noqa: S608

    def unindexed(self, expression: str) -> str:
        """As it is: the planner has statistics."""
        return expression

    def map_text(self, expression: str, key: str) -> Sql:
        """By `->>` on json, which keeps the stored spelling; on jsonb it would not. A quoted text is read once more."""
        value = f"SELECT ({expression})::json ->> ?::text AS value OFFSET 0"
        is_quoted = "left(m.value, 1) = '\"' AND m.value ~ ?"
        said = f"CASE WHEN {is_quoted} THEN concat('[', m.value, ']')::json ->> 0 ELSE m.value END"
        return Sql(f'(SELECT {said} FROM ({value}) m) COLLATE "C"', (_QUOTED, key))  # noqa: S608

    def payload_text(self, table: str, key: str, column: str) -> Sql:
        """The column."""
        return Sql(f"(SELECT p.{column} FROM {table} p WHERE p.key = {key})")  # noqa: S608

    def payload_map_text(self, table: str, key: str, map_key: str) -> Sql:
        """The same on the metadata."""
        return self.map_text(f"SELECT p.metadata FROM {table} p WHERE p.key = {key}", map_key)  # noqa: S608


def prefixed(alias: str, column: str) -> str:
    """The column as its index holds it."""
    name = f"{alias}.{column}"
    return _prefix(name) if name in _PREFIXED else name


def _prefix(name: str) -> str:
    return f"left({name}, {_PREFIX_CHARS})"
