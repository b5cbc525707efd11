"""Times as people write them: a day, an instant, or so long before now.

Every text denotes a stretch of time, from its first microsecond up to one that it no longer holds: a date its day in
UTC, anything finer its millisecond, because the public API compares in milliseconds.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

_MS: Final = 1_000
_DAY: Final = 86_400_000_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_UNITS: Final = {"s": 1_000_000, "m": 60_000_000, "h": 3_600_000_000, "d": _DAY, "w": 7 * _DAY}
_RELATIVE: Final = re.compile(r"([+-])([0-9]{1,6})([smhdw])")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2})(:[0-9]{2})?(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:?[0-9]{2})?"
)


def floor_ms(us: int) -> int:
    """Start of the millisecond, in microseconds."""
    return us // _MS * _MS


def next_ms(us: int) -> int:
    """Start of the following millisecond, in microseconds."""
    return (us // _MS + 1) * _MS


def is_relative(text: str) -> bool:
    """Whether a text tells a distance from now."""
    return text == "now" or _RELATIVE.fullmatch(text) is not None


def read_moment(text: str, now_us: int) -> tuple[int, int] | None:
    """First microsecond of the stretch and the one that follows it; None for what is no time."""
    if text == "now":
        return floor_ms(now_us), next_ms(now_us)
    relative = _RELATIVE.fullmatch(text)
    if relative is not None:
        sign, count, unit = relative.groups()
        us = now_us + int(sign + count) * _UNITS[unit]
        return floor_ms(us), next_ms(us)
    if _DATE.fullmatch(text):
        first = _read_iso(text)
        return None if first is None else (first, first + _DAY)
    match = _INSTANT.fullmatch(text)
    if match is None:
        return None
    date, minute, second, fraction, zone = match.groups()
    instant = _read_iso(f"{date}T{minute}{second or ':00'}{(fraction or '.0')[:7]:0<7}{zone or 'Z'}")
    return None if instant is None else (floor_ms(instant), next_ms(instant))


def _read_iso(text: str) -> int | None:
    """Microseconds since the epoch; without an offset in UTC."""
    try:
        moment = datetime.fromisoformat(text)
        return (moment.replace(tzinfo=moment.tzinfo or UTC) - _EPOCH) // _MICROSECOND
    except (ValueError, OverflowError):
        return None
