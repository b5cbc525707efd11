"""Stretches of a stored text: large ones are read a piece at a time."""

import re
from typing import Final

from msgspec import Struct

from panope.wire.langfuse.paging import Params, invalid

WHOLE_BYTES: Final = 256 * 1024
"""A text of at most so many bytes is read whole when no range is asked for."""
HEAD_BYTES: Final = 32 * 1024
"""As many bytes of a larger one."""
_RANGE: Final = re.compile(r"(\d{1,15})-(\d{1,15})?")


class Stretch(Struct, frozen=True):
    """Bytes of a text from `start` up to `end`, which does not belong to it."""

    start: int
    end: int | None
    """None: up to the end of the text."""


class Piece(Struct, frozen=True):
    """What was asked for of a text."""

    body: bytes
    size: int
    """Bytes of the whole text."""

    @property
    def is_truncated(self) -> bool:
        """Whether the text has more than this."""
        return len(self.body) < self.size


def read_range(params: Params) -> Stretch | None:
    """Read `range=START-END` or `range=START-`, in bytes; None when no range is asked for."""
    text = params.text("range")
    if text is None:
        return None
    match = _RANGE.fullmatch(text)
    if match is None or (match[2] is not None and int(match[2]) <= int(match[1])):
        raise invalid(("range",), "must be START-END in bytes, END not included, or START- for all from there")
    return Stretch(int(match[1]), None if match[2] is None else int(match[2]))


def cut_text(text: str, stretch: Stretch | None) -> Piece:
    """The stretch of a text, or what is read when none is asked for. A character may be cut where a stretch ends."""
    encoded = text.encode()
    size = len(encoded)
    if stretch is not None:
        return Piece(encoded[stretch.start : stretch.end], size)
    return Piece(encoded if size <= WHOLE_BYTES else encoded[:HEAD_BYTES], size)
