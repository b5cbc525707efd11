"""Moments on the command line: a date, a time, or how long ago."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

import typer

_AGO: Final = re.compile(r"(\d{1,5})([dhm])")
_UNITS: Final = {"d": "days", "h": "hours", "m": "minutes"}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_US: Final = timedelta(microseconds=1)


def parse_moment(text: str) -> int:
    """Microseconds since the epoch of `2026-11-01`, `2026-11-01T10:00:00Z`, or `7d`, `12h`, `30m` ago; in UTC.

    Ago counts back from the beginning of the day, hour or minute, so that the same words mean the same for a while.
    """
    ago = _AGO.fullmatch(text.strip())
    if ago is not None:
        from panope.kit.clock import now_us

        unit_us = timedelta(**{_UNITS[ago[2]]: 1}) // _US
        return (now_us() // unit_us - int(ago[1])) * unit_us
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is no moment: give a date like 2026-11-01, a time like 2026-11-01T10:00:00Z, or 7d for seven "
            "days ago"
        ) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // _US
