"""Clocks of the world: how far one is ahead of UTC, and when that changes."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_WEEK_US: Final = 7 * 86_400 * 1_000_000
_FIRST_US: Final = (datetime(1900, 1, 1, tzinfo=UTC) - _EPOCH) // _MICROSECOND
_LAST_US: Final = (datetime(2100, 1, 1, tzinfo=UTC) - _EPOCH) // _MICROSECOND
"""Outside of these years a clock goes on as it did at their edge."""


class ClockOffsets(NamedTuple):
    """How far a clock is ahead of UTC, in microseconds."""

    first_us: int
    """At the start of the window."""
    changes: tuple[tuple[int, int], ...]
    """Moments at which that changes, in order, and what it is from each of them on."""


@lru_cache(maxsize=256)
def find_zone(name: str) -> ZoneInfo:
    """A zone by its IANA name, `utc` in any case; raises `ValueError` for any other."""
    if name.upper() == "UTC":
        return ZoneInfo("UTC")
    if not _NAME.fullmatch(name):
        raise _unknown(name)
    try:
        return ZoneInfo(name)
    except (KeyError, OSError) as error:
        raise _unknown(name) from error


def _unknown(name: str) -> ValueError:
    return ValueError(f"no time zone: {name}")


def read_offsets(zone: ZoneInfo, from_us: int, until_us: int) -> ClockOffsets:
    """Of a window. No clock is put back and forward within one week."""
    first_us = _offset(zone, from_us)
    return ClockOffsets(first_us, tuple(_changes(zone, first_us, from_us, until_us)))


def _changes(zone: ZoneInfo, known_us: int, from_us: int, until_us: int) -> Iterator[tuple[int, int]]:
    seen_us, end_us = max(from_us, _FIRST_US), min(until_us, _LAST_US)
    while seen_us < end_us:
        next_us = min(seen_us + _WEEK_US, end_us)
        offset_us = _offset(zone, next_us)
        if offset_us != known_us:
            yield _moment_of_change(zone, seen_us, next_us), offset_us
            known_us = offset_us
        seen_us = next_us


def _moment_of_change(zone: ZoneInfo, before_us: int, after_us: int) -> int:
    """The first second of what a clock shows at the end of a stretch with one change."""
    offset_us = _offset(zone, after_us)
    while after_us - before_us > 1:
        middle_us = (before_us + after_us) // 2
        if _offset(zone, middle_us) == offset_us:
            after_us = middle_us
        else:
            before_us = middle_us
    return after_us


def _offset(zone: ZoneInfo, us: int) -> int:
    moment = _EPOCH + timedelta(microseconds=min(max(us, _FIRST_US), _LAST_US))
    offset = moment.astimezone(zone).utcoffset()
    assert offset is not None
    return offset // _MICROSECOND
