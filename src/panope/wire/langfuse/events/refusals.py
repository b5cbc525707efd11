"""How one event is refused inside a batch, and the checks that several kinds of event share."""

from typing import Final

from panope.domain.errors import InvalidError
from panope.domain.ids import MAX_ID_BYTES
from panope.wire.isotime import EARLIEST_US, parse_time_us

UNAUTHORIZED: Final = 401

_CHARS_ALWAYS_SHORT: Final = MAX_ID_BYTES // 4
"""As many characters never take more than `MAX_ID_BYTES` in UTF-8."""


class RefusedError(InvalidError):
    """This one event cannot be stored. Caught by the codec, never seen by its callers."""

    def __init__(self, code: str, message: str, *, status: int = 400) -> None:
        super().__init__(message, code=code)
        self.status = status


def check_id(value: str, key: str) -> str:
    """Return the id, or refuse one that is beyond 800 bytes."""
    if len(value) > _CHARS_ALWAYS_SHORT and len(value.encode()) > MAX_ID_BYTES:
        message = f"{key} is longer than {MAX_ID_BYTES} bytes in UTF-8; send a shorter id."
        raise RefusedError("id_too_long", message)
    return value


def read_time(text: str, key: str, latest_us: int) -> int:
    """Return a time in µs, or refuse what is no time or lies outside what can have happened."""
    at_us = parse_time_us(text)
    if at_us is None:
        message = f"{key} is not an ISO 8601 time with Z or an offset, such as 2026-01-02T03:04:05.678Z."
        raise RefusedError("bad_time", message)
    if not EARLIEST_US <= at_us <= latest_us:
        message = f"{key} lies before the year 2000 or more than a day in the future; check the sender's clock."
        raise RefusedError("time_out_of_range", message)
    return at_us
