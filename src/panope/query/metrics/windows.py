"""Steps of time: where a granularity begins its steps, and how many there are."""

from collections.abc import Iterator
from datetime import MAXYEAR, datetime, timedelta
from typing import Final

from panope.domain.rollups import DAY_US, HOUR_US
from panope.query.metrics.ast import Granularity

MINUTE_US: Final = 60_000_000
WEEK_US: Final = 7 * DAY_US
_MONDAY_US: Final = -3 * DAY_US
"""1969-12-29; the epoch was a Thursday."""
_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - naive on purpose: only differences are used
_MICROSECOND: Final = timedelta(microseconds=1)
_MONTHS: Final = 12

WIDTHS: Final = {
    Granularity.MINUTE: (MINUTE_US, 0),
    Granularity.HOUR: (HOUR_US, 0),
    Granularity.DAY: (DAY_US, 0),
    Granularity.WEEK: (WEEK_US, _MONDAY_US),
}
"""Width of the steps and a moment at which one begins; months have no width."""


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


def floor(us: int, granularity: Granularity) -> int:
    """Start of the step that a moment lies in."""
    if granularity is Granularity.MONTH:
        moment = _EPOCH + timedelta(microseconds=us)
        return month_start(moment.year, moment.month)
    width, anchor = WIDTHS[granularity]
    return us - (us - anchor) % width


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


def starts(from_us: int, until_us: int, granularity: Granularity) -> Iterator[int]:
    """Starts of the steps that a window touches, in order."""
    start = floor(from_us, granularity)
    while start < until_us:
        yield start
        start = following(start, granularity)


def following(start: int, granularity: Granularity) -> int:
    """Start of the step after the one that starts here."""
    if granularity is not Granularity.MONTH:
        return start + WIDTHS[granularity][0]
    moment = _EPOCH + timedelta(microseconds=start)
    years, month = divmod(moment.month, _MONTHS)
    if moment.year + years > MAXYEAR:
        return start + 31 * DAY_US
    return month_start(moment.year + years, month + 1)


def count_steps(from_us: int, until_us: int, granularity: Granularity) -> int:
    """How many steps a window touches, within one for months."""
    width = WIDTHS[granularity][0] if granularity in WIDTHS else 28 * DAY_US
    return (until_us - floor(from_us, granularity)) // width + 1


def format_moment(us: int) -> str:
    """`YYYY-MM-DDTHH:MM:SSZ`."""
    return (_EPOCH + timedelta(microseconds=us)).isoformat(timespec="seconds") + "Z"
