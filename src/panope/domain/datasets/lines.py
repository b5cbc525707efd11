"""Items as files hold them: one a line, right or wrong."""

from msgspec import Struct

from panope.domain.datasets.items import ItemDraft


class ItemLine(Struct, frozen=True):
    """What one line of a file, or one row of a table, is about."""

    number: int
    """As editors count, from 1; rows of a Parquet file likewise."""
    draft: ItemDraft | None
    """Its item, with the id "" when it names none; None when it is wrong."""
    problem: str | None = None
    """What is wrong with it."""


class LineProblem(Struct, frozen=True):
    """A line that is not imported, and why."""

    number: int
    message: str
