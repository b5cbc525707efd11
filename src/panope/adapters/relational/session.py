"""The little that shared code asks of a database: run a statement, and say what differs between the dialects."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

from panope.domain.merge.codec import StateParts
from panope.domain.rollups import BucketKey, BucketTotals

Answer = TypeVar("Answer")

Record = Sequence[Any]
"""One row as the driver gives it, read by position."""


class Session(Protocol):
    """One connection inside one transaction. Statements mark parameters with `?` and contain no other `?` or `%`."""

    def execute(self, sql: str, params: Sequence[object] = ()) -> list[Record]:
        """Run one statement and return all its rows."""

    def execute_all(self, statements: "Sequence[Sql]") -> list[list[Record]]:
        """Run statements of which none needs what another one finds; the rows of each.

        They travel together where the way to the database is long.
        """


class RunRead(Protocol):
    """Runs a function in a read transaction of its own, off the event loop."""

    async def __call__(self, read: Callable[[Session], Answer], /, *, is_bounded: bool = True) -> Answer:
        """The function's answer; `TooBroadError` when it is bounded and does too much."""


class TextNotes(Protocol):
    """Where it is noted for the index of texts which rows a transaction writes."""

    def add(self, project: int, source: str, ranges: Sequence[tuple[int, int]], *, is_gone: bool) -> None:
        """Note rows of a table, by first and last key, if the project has an index."""

    def await_writers(self) -> None:
        """Wait until no other transaction is writing telemetry, and keep new ones waiting until this one ends."""


class WriteSession(Session, Protocol):
    """A session that writes many rows at a time, in whatever way the engine does that best.

    Rows are sequences of values in the order of the columns, at least one row per call.
    """

    stamp_columns: tuple[str, ...]
    """Columns of a row's place in the change sequence that the writer fills; the database fills the others."""
    text_notes: TextNotes

    def stamps(self, count: int) -> Iterable[tuple[object, ...]]:
        """Values of `stamp_columns` for so many rows, in rising order."""

    def allocate_keys(self, table: str, count: int) -> Sequence[int]:
        """Reserve row keys of a table."""

    def insert(self, table: str, columns: tuple[str, ...], rows: Sequence[Sequence[object]]) -> None:
        """Insert rows that are not there."""

    def replace(self, table: str, columns: tuple[str, ...], rows: Sequence[Sequence[object]]) -> None:
        """Insert rows in place of those with the same key, if any; the key is the first column."""

    def update(self, table: str, columns: tuple[str, ...], rows: Sequence[Sequence[object]]) -> None:
        """Set columns of the rows whose key is the last column, and their place in the change sequence."""

    def delete(self, table: str, columns: tuple[str, ...], rows: Sequence[Sequence[object]]) -> None:
        """Delete the rows that equal one of these in all the columns."""

    def add_to_buckets(self, project: int, differences: Mapping[BucketKey, BucketTotals]) -> None:
        """Add to the time buckets of a project."""

    def keep_cuts(self, project: int, cuts: Mapping[tuple[str, str], int]) -> None:
        """Keep tombstones, (kind, id) → cut time; the later of two stands."""

    def keep_sets(self, project: int, sets: Mapping[str, str]) -> None:
        """Keep attribute sets, id → JSON, that are not there yet."""


class Sql(NamedTuple):
    """A piece of SQL with the parameters of its `?` marks, in their order."""

    text: str
    params: tuple[object, ...] = ()
    is_scan: bool = False
    """Of a statement over one table: whether it looks at all rows of a range, in whatever order."""
    is_lookup: bool = False
    """Whether it asks for what has an id, so that one plan is good for all values: it may be kept."""


def listed(dialect: "Dialect", keys: Iterable[int]) -> Sql:
    """Keys as a table `w` with the column `value`."""
    return Sql(dialect.listed, (",".join(map(str, keys)),))


class Packing(Protocol):
    """How the engines keep payloads and small states."""

    payload_columns: tuple[str, ...]
    """Columns of the payload tables besides `key`."""

    def pack(self, parts: StateParts) -> tuple[object, ...]:
        """Values of the payload columns."""

    def unpack(self, record: Record) -> StateParts | None:
        """The inverse of `pack`; None when the first column is null (a row without a payload)."""

    def pack_state(self, parts: StateParts) -> bytes | bytearray:
        """A whole small state as one value: scores."""

    def unpack_state(self, blob: bytes) -> StateParts:
        """The inverse of `pack_state`."""


class Dialect(Packing, Protocol):
    """Where the engines differ."""

    max_values: int
    """How many values one `is_in` takes."""
    forced_join: str
    """The join that keeps the written order of its tables where the planner would guess wrongly."""

    payload_bytes: str
    """Bytes that the payload row of alias `p` takes; null without one."""
    now_us: str
    """The time by the clock of the store, an expression in microseconds since the epoch."""

    walked_project: str
    """The project of a row, `{}` standing for its alias, where a whole project is walked in the order of an index."""

    listed: str
    """Keys, a parameter that is text with commas between them, as a table `w` with the column `value`."""

    small_letters: str
    """The text `{}` with the letters of ASCII made small, and no others."""

    bucket_table: str
    """Where the time buckets are written."""

    change_place: str
    """The present place in the change sequence, an expression that is text."""

    is_changed: str
    """Whether a row, `{0}` standing for its alias, was written after a place and up to another one, both text."""

    def equals(self, expression: Sql, text: str) -> Sql:
        """Whether the expression is the text, in the form that an index answers."""

    def is_in(self, expression: str, values: Sequence[object]) -> Sql:
        """Whether the expression is one of at least one value."""

    def named(self, tables: str, alias: str, project: int, ids: Sequence[str]) -> Sql:
        """From these tables the rows of a project whose id is one of many; the alias is that of the rows."""

    def contains(self, expression: Sql, text: str) -> Sql:
        """Whether text occurs in the expression, by code point."""

    def ends_with(self, expression: Sql, text: str) -> Sql:
        """Whether the expression ends in a text that is not empty."""

    def is_in_piece(self, table: str, key: Sequence[str]) -> str:
        """Whether a row is one of some rows of a project, told as its number, and not more of them than a limit.

        These are two `?` in this order; `key` are the columns of the table's key.
        """

    def unindexed(self, expression: str) -> str:
        """The expression, kept away from the choice of an index."""

    def map_text(self, expression: str, key: str) -> Sql:
        """Text of the value at a top-level key of an expression that holds a JSON object; null when missing or null.

        Of a text in quotes what it says: see `domain.text.quoting`.
        """

    def payload_text(self, table: str, key: str, column: str) -> Sql:
        """`input` or `output` of the payload row whose key is the expression `key`."""

    def payload_map_text(self, table: str, key: str, map_key: str) -> Sql:
        """`map_text` of the metadata of the payload row whose key is the expression `key`."""
