"""A window in pieces that hold few rows each, for engines that group by sorting."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from panope.adapters.relational.session import Record
from panope.domain.rollups import HOUR_US


class Window(Struct, frozen=True):
    """A part of the window of a query, in microseconds."""

    from_us: int
    until_us: int


def pieces(window: Window, hours: Sequence[Record], rows_at_once: int) -> Iterator[Window]:
    """Windows that follow on each other and together are the whole one; each holds about so many rows or fewer.

    `hours` are (start in microseconds, rows) in order of time. An hour that holds too many is cut into equal parts:
    what it costs that its rows lie closer together somewhere is time alone.
    """
    start, rows = window.from_us, 0
    for cut_us, more in _parts(hours, rows_at_once):
        if rows and rows + more > rows_at_once and start < cut_us < window.until_us:
            yield Window(start, cut_us)
            start, rows = cut_us, 0
        rows += more
    yield Window(start, window.until_us)


def _parts(hours: Sequence[Record], rows_at_once: int) -> Iterator[tuple[int, int]]:
    for hour_us, count in hours:
        parts = -(-int(count) // rows_at_once)
        for number in range(parts):
            yield hour_us + HOUR_US * number // parts, int(count) // parts
