"""The little that shared code asks of a database: run a statement, and say what differs between the dialects."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Protocol

from panope.domain.merge.codec import StateParts

Record = Sequence[Any]
"""One row as the driver gives it, read by position."""


class Session(Protocol):
    """One connection inside one transaction. Statements mark parameters with `?` and contain no other `?` or `%`."""

    def execute(self, sql: str, params: Sequence[object] = ()) -> list[Record]:
        """Run one statement and return all its rows."""

    def executemany(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run one statement once per row of parameters."""

    def allocate_keys(self, table: str, count: int) -> int:
        """Reserve `count` consecutive row keys of a table; returns the first."""

    def next_seq(self, count: int) -> int:
        """Reserve `count` consecutive numbers of the change sequence; returns the first."""


class Sql(NamedTuple):
    """A piece of SQL with the parameters of its `?` marks, in their order."""

    text: str
    params: tuple[object, ...] = ()


class Dialect(Protocol):
    """Where the engines differ."""

    payload_columns: tuple[str, ...]
    """Columns of the payload tables besides `key`."""
    forced_join: str
    """The join that keeps the written order of its tables where the planner would guess wrongly."""

    def pack(self, parts: StateParts) -> tuple[object, ...]:
        """Values of the payload columns."""

    def unpack(self, record: Record) -> StateParts | None:
        """The inverse of `pack`; None when the first column is null (a row without a payload)."""

    def pack_state(self, parts: StateParts) -> bytes:
        """A whole small state as one value: scores."""

    def unpack_state(self, blob: bytes) -> StateParts:
        """The inverse of `pack_state`."""

    def is_in(self, expression: str, values: Sequence[object]) -> Sql:
        """Whether the expression is one of at least one value."""

    def contains(self, expression: Sql, text: str) -> Sql:
        """Whether text occurs in the expression, by code point."""

    def ends_with(self, expression: Sql, text: str) -> Sql:
        """Whether the expression ends in a text that is not empty."""

    def unindexed(self, expression: str) -> str:
        """The expression, kept away from the choice of an index."""

    def map_text(self, expression: str, key: str) -> Sql:
        """Text of the value at a top-level key of an expression that holds a JSON object; null when missing or null."""

    def payload_text(self, table: str, key: str, column: str) -> Sql:
        """`input` or `output` of the payload row whose key is the expression `key`."""

    def payload_map_text(self, table: str, key: str, map_key: str) -> Sql:
        """`map_text` of the metadata of the payload row whose key is the expression `key`."""
