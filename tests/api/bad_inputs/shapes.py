"""What a row of these tables is, and short ways to write what a client sends."""

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any, TypeVar

import pytest
from msgspec import Struct, field

AT = "2027-01-15T07:59:00.000Z"
"""A minute before the clock of the tests."""
BAD_ID = "bad-event"
LONG_ID = "i" * 801
LONG_ID_OF_SHORT_TEXT = "é" * 401
LONGEST_ID = "é" * 400
BEFORE_2000 = "1999-12-31T23:59:59.999Z"
FIRST_OF_2000 = "2000-01-01T00:00:00.000Z"
A_DAY_AHEAD = "2027-01-16T08:00:00.000Z"
OVER_A_DAY_AHEAD = "2027-01-16T08:00:00.001Z"

RAW = "@raw@"
"""Stands in a body for bytes that JSON of Python cannot write: see `Event.raw`."""


class Refused(Struct, frozen=True, kw_only=True):
    """One thing that must be refused by itself."""

    name: str
    sent: Any
    code: str
    """Reason in the ledger."""
    raw: bytes | None = None
    """Bytes in place of the text `RAW`, quotes included."""
    event_id: str = BAD_ID
    """By which the answer names it."""
    says: str = ""
    """Part of the message: the key that is wrong."""
    status: int = 400


class Accepted(Struct, frozen=True, kw_only=True):
    """One thing that must be stored, as it is or repaired."""

    name: str
    sent: Any
    repairs: frozenset[str] = frozenset()
    """Codes that the ledger counts once each; none: stored as sent."""
    raw: bytes | None = None
    shows: dict[str, Any] = field(default_factory=dict)
    """What reading it back over the API shows, among other things."""


Row = TypeVar("Row", Refused, Accepted)


def named(rows: Iterable[Row]) -> list[Any]:
    """Rows as parameters of a test, called by their names."""
    listed = list(rows)
    twice = [name for name, count in Counter(row.name for row in listed).items() if count > 1]
    assert not twice, f"several rows have one name: {twice}"
    return [pytest.param(row, id=row.name.replace(" ", "-")) for row in listed]


def write(sent: Any, raw: bytes | None = None) -> bytes:
    """JSON as Python's standard encoder writes it: NaN bare, integers of any size, lone surrogates escaped."""
    text = json.dumps(sent).encode()
    return text if raw is None else text.replace(f'"{RAW}"'.encode(), raw)


def event(kind: Any, body: Any, **frame: Any) -> dict[str, Any]:
    """One event of a batch."""
    return {"id": BAD_ID, "type": kind, "timestamp": AT, "body": body, **frame}


def nested(levels: int) -> bytes:
    """So many arrays and objects within each other."""
    half = levels // 2
    return (
        b'[{"a":' * half + b"[" * (levels % 2) + b"]" * (levels % 2) + (b"1" if levels % 2 == 0 else b"") + b"}]" * half
    )


def values(listed: list[Any]) -> list[Any]:
    """Values of any type, for the type checker."""
    return listed


def named_values(listed: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    """The same with names."""
    return listed.items()
