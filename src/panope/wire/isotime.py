"""Times as clients write them, ISO 8601 with `Z` or an offset, as int64 microseconds since the epoch."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

EARLIEST_US: Final = 946_684_800_000_000
"""2000-01-01T00:00:00Z: what is said to be older was sent by a broken clock."""

DAY_US: Final = 86_400_000_000

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SHORTEST: Final = len("2026-01-02T03Z")
_LONGEST: Final = 64


def parse_time_us(text: str) -> int | None:
    """Read a time; digits beyond the microsecond are cut off. None when it is no time or names no offset."""
    return _parse(text) if _SHORTEST <= len(text) <= _LONGEST else None


@lru_cache(maxsize=1024)
def _parse(text: str) -> int | None:
    """Remembered for a moment: an event and what it is about often name the same one."""
    if "\0" in text:  # CPython reads no further than the NUL
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        if not text.endswith("z"):
            return None
        return parse_time_us(text[:-1] + "Z")
    if moment.tzinfo is None:
        return None
    try:
        since = moment - _EPOCH
    except OverflowError:
        return None
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
