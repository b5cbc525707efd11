"""Steps of time: where a granularity begins its steps, and how many there are."""

from collections.abc import Iterator
from datetime import MAXYEAR, datetime, timedelta
from typing import Final

from panope.domain.rollups import DAY_US, HOUR_US
from panope.query.grid import MONDAY_US, WEEK_US, Grid
from panope.query.metrics.ast import Granularity

MINUTE_US: Final = 60_000_000
_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - naive on purpose: only differences are used
_MICROSECOND: Final = timedelta(microseconds=1)
_MONTHS: Final = 12

Steps = Granularity | Grid
_UTC: Final = {
    Granularity.MINUTE: Grid(MINUTE_US, 0),
    Granularity.HOUR: Grid(HOUR_US, 0),
    Granularity.DAY: Grid(DAY_US, 0),
    Granularity.WEEK: Grid(WEEK_US, MONDAY_US),
}
"""Months have no width."""


def grid_of(steps: Steps, from_us: int) -> Grid | None:
    """The steps as a grid whose step 0 is the one that a moment lies in; None for months."""
    if isinstance(steps, Grid):
        return steps
    utc = _UTC.get(steps)
    return None if utc is None else Grid(utc.width_us, utc.floor(from_us))


def choose_granularity(from_us: int, until_us: int) -> Granularity:
    """The one that makes a readable series of a window."""
    span_us = until_us - from_us
    for limit_us, granularity in (
        (2 * HOUR_US, Granularity.MINUTE),
        (72 * HOUR_US, Granularity.HOUR),
        (60 * DAY_US, Granularity.DAY),
        (365 * DAY_US, Granularity.WEEK),
    ):
        if span_us < limit_us:
            return granularity
    return Granularity.MONTH


def floor(us: int, steps: Steps) -> int:
    """Start of the step that a moment lies in."""
    grid = grid_of(steps, 0)
    if grid is not None:
        return grid.floor(us)
    moment = _EPOCH + timedelta(microseconds=us)
    return month_start(moment.year, moment.month)


def month_start(year: int, month: int) -> int:
    """First moment of a month."""
    return (datetime(year, month, 1) - _EPOCH) // _MICROSECOND  # noqa: DTZ001 - as above


def month_of(us: int) -> str:
    """`YYYY-MM`."""
    moment = _EPOCH + timedelta(microseconds=us)
    return f"{moment.year:04}-{moment.month:02}"


def day_of(us: int) -> str:
    """`YYYY-MM-DD`."""
    return (_EPOCH + timedelta(microseconds=us)).date().isoformat()


def starts(from_us: int, until_us: int, steps: Steps) -> Iterator[int]:
    """Starts of the steps that a window touches, in order."""
    start = floor(from_us, steps)
    while start < until_us:
        yield start
        start = following(start, steps)


def following(start: int, steps: Steps) -> int:
    """Start of the step after the one that starts here."""
    grid = grid_of(steps, 0)
    if grid is not None:
        return grid.start(grid.number(start) + 1)
    moment = _EPOCH + timedelta(microseconds=start)
    years, month = divmod(moment.month, _MONTHS)
    if moment.year + years > MAXYEAR:
        return start + 31 * DAY_US
    return month_start(moment.year + years, month + 1)


def count_steps(from_us: int, until_us: int, steps: Steps) -> int:
    """How many steps a window touches, within one for months."""
    grid = grid_of(steps, from_us)
    width = 28 * DAY_US if grid is None else grid.width_us
    return (until_us - floor(from_us, steps)) // width + 1


def format_moment(us: int) -> str:
    """`YYYY-MM-DDTHH:MM:SSZ`."""
    return (_EPOCH + timedelta(microseconds=us)).isoformat(timespec="seconds") + "Z"
