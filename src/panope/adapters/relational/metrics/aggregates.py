"""What the engines spell differently when they aggregate."""

from collections.abc import Sequence
from typing import Any, Protocol

from panope.adapters.relational.session import Record, Session, Sql


class Aggregates(Protocol):
    """Pieces of SQL that differ between the dialects."""

    rows_at_once: int | None
    """How many rows one statement should group, where grouping is sorting, so that many at once take longer than many
    times a few; None where it makes no difference."""
    buckets: str
    """Table of the time buckets, or of summands of which they consist: what is summed over them is the same."""

    each_tag: str
    """Joins that make a row one for each tag in `t.tags`, which is `g.value`; null where there is none."""

    def total(self, expression: str, *, is_wide: bool) -> tuple[str, ...]:
        """Columns that hold the sum of whole numbers, exactly: see `read_total`; at any size when it is wide."""

    def read_total(self, values: Sequence[Any]) -> int | None:
        """The sum from the values of those columns; None of nothing."""

    def execute(self, session: Session, sql: Sql) -> list[Record]:
        """Run a statement; OverflowError when a sum in it has to be wide and is not."""

    def gather(self, expression: str) -> str:
        """All values of a group that are not null, as the text of a JSON array; null or [] of none."""

    def calendar(self, expression: str, unit: str) -> str:
        """`YYYY-MM` for the unit month and `YYYY-MM-DD` for the unit day, of a time in microseconds."""
