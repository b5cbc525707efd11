"""What the doctor says: one finding per thing that was looked at."""

from enum import StrEnum
from typing import Final

from msgspec import Struct

_MAX_SHOWN: Final = 80


class Severity(StrEnum):
    """How much a finding matters, in rising order."""

    OK = "ok"
    """As it should be."""
    NOTE = "note"
    """Worth knowing; nothing has to be done."""
    WARNING = "warning"
    """Something is lost, or will be, unless somebody acts."""
    PROBLEM = "problem"
    """It does not work."""


class Area(StrEnum):
    """What findings are grouped by, in the order in which they are shown."""

    SETTINGS = "settings"
    DISK = "disk"
    DATABASE = "database"
    SCHEMA = "schema"
    CLOCK = "clock"
    KEYS = "keys"
    CLIENTS = "clients"
    PRICES = "prices"
    TRACES = "traces"
    STORAGE = "storage"
    MEDIA = "media"
    UNCHECKED = "not checked"
    """What could not be looked at, and why."""


class Finding(Struct, frozen=True, kw_only=True):
    """One thing that was looked at. Holds names, counts and codes, never a payload or a secret."""

    area: Area
    code: str
    """Stable snake_case word for what was found, for programs."""
    severity: Severity
    subject: str
    """What it is about: a setting, a table, a client."""
    seen: str
    """What was found."""
    advice: str = ""
    """What to do; empty when nothing has to be done."""
    command: str = ""
    """A line to run or to adapt, when there is one that does it."""
    project: str | None = None
    """The project it is about, when it is about one."""


def printable(text: str, most: int = _MAX_SHOWN) -> str:
    """Text that somebody sent, fit to be shown: no control characters, and at most so many characters."""
    shown = "".join(character if character.isprintable() else "�" for character in text[: most + 1])
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"


def show_bytes(size: int) -> str:
    """A size in units of 1,000: `3.1 GB`."""
    value = float(size)
    for unit in ("bytes", "kB", "MB"):
        if value < 1_000:
            return f"{value:.0f} {unit}" if unit == "bytes" or value >= 100 else f"{value:.1f} {unit}"
        value /= 1_000
    return f"{value:,.1f} GB"


def show_duration(span_us: int) -> str:
    """A span of time in the unit that suits it: `3 min`."""
    for unit, size, most in (("µs", 1, 1_000), ("ms", 1_000, 1_000_000), ("s", 1_000_000, 120_000_000)):
        if abs(span_us) < most:
            value = span_us / size
            return f"{value:.0f} {unit}" if value >= 100 or unit == "µs" else f"{value:.1f} {unit}"
    minutes = span_us // 60_000_000
    for unit, size, limit in (("min", 1, 120), ("hours", 60, 48 * 60)):
        if abs(minutes) < limit:
            return f"{minutes // size} {unit}"
    return f"{minutes // 1_440} days"


def counted(number: int, one: str, many: str = "") -> str:
    """`1 trace`, `1,204 traces`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def share(part: int, whole: int) -> str:
    """A part of a whole in per cent, never rounded to nothing or to all."""
    if not whole:
        return "0 %"
    percent = 100 * part / whole
    if 0 < percent < 1:
        return "less than 1 %"
    return "more than 99 %" if 99 < percent < 100 else f"{percent:.0f} %"
