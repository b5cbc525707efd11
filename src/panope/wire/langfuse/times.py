"""Times of the public API: ISO 8601 with milliseconds outside, int64 microseconds inside.

The wire compares in milliseconds: a bound is cut to its millisecond first, and then moved to the microsecond that makes
the comparison come out the same on what is stored.
"""

import re
from datetime import datetime, timedelta
from functools import lru_cache

from panope.query.text import moments
from panope.wire.isotime import parse_time_us

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - naive on purpose: only differences and their text are used
_MICROSECOND = timedelta(microseconds=1)
_FIRST_US = (datetime(1, 1, 1) - _EPOCH) // _MICROSECOND  # noqa: DTZ001
_LAST_US = (datetime(9999, 12, 31) - _EPOCH) // _MICROSECOND  # noqa: DTZ001
_MS = 1_000
_SECOND = 1_000_000

_LOST_PLUS = re.compile(r"(T[0-9:.]+) (?=[0-9]{2}:?[0-9]{2}$)")
"""An offset whose plus sign a query string turned into a space."""


def parse_time(text: str) -> int:
    """Microseconds since the epoch of an ISO 8601 date and time with `Z` or an offset; ValueError for anything else."""
    us = parse_time_us(_LOST_PLUS.sub(r"\1+", text))
    if us is None:
        raise ValueError("not an ISO 8601 time that ends in Z or an offset")
    return us


def format_time(us: int) -> str:
    """`YYYY-MM-DDTHH:MM:SS.mmmZ`, cut to the millisecond; beyond the years 1 and 9999 their ends."""
    if not _FIRST_US <= us <= _LAST_US:
        us = min(max(us, _FIRST_US), _LAST_US)
    second, rest = divmod(us, _SECOND)
    return f"{_format_second(second)}.{rest // _MS:03}Z"


@lru_cache(maxsize=4096)
def _format_second(second: int) -> str:
    """Most times of an answer lie close together."""
    return (_EPOCH + timedelta(seconds=second)).isoformat(timespec="seconds")


def format_optional_time(us: int | None) -> str | None:
    """`format_time`, or None."""
    return None if us is None else format_time(us)


floor_ms = moments.floor_ms
next_ms = moments.next_ms
