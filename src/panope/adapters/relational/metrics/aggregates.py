"""What the engines spell differently when they aggregate."""

from collections.abc import Sequence
from typing import Any, Protocol


class Aggregates(Protocol):
    """Pieces of SQL that differ between the dialects."""

    def whole_total(self, expression: str) -> tuple[str, ...]:
        """Columns that hold the sum of whole numbers, exactly at any size: see `read_total`."""

    def read_total(self, values: Sequence[Any]) -> int | None:
        """The sum from the values of those columns; None of nothing."""

    def gather(self, expression: str) -> str:
        """All values of a group that are not null, as the text of a JSON array; null or [] of none."""

    def calendar(self, expression: str, unit: str) -> str:
        """`YYYY-MM` for the unit month and `YYYY-MM-DD` for the unit day, of a time in microseconds."""
