"""Functions for SQL that read the packed detail of an observation. Postgres has the same, in its schema."""

from typing import Any, Final

import msgspec

_decode: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_numbers: Final = msgspec.json.Decoder(dict[str, int]).decode
_decode_texts: Final = msgspec.json.Decoder(list[str]).decode


def detail_part(detail: bytes | None, part: str) -> str | None:
    """One part as JSON text; None when there is none."""
    raw = _part(detail, part)
    return None if raw is None else bytes(raw).decode()


def detail_number(detail: bytes | None, part: str, key: str) -> int | None:
    """The number at a key of a part that has numbers by key; None when it is not there."""
    raw = _part(detail, part)
    return None if raw is None else _decode_numbers(raw).get(key)


def detail_length(detail: bytes | None, part: str) -> int:
    """How many texts a part lists; 0 when there is none."""
    return len(_texts(detail, part))


def detail_holds(detail: bytes | None, part: str, text: str) -> int:
    """1 when a part lists a text, else 0."""
    return int(text in _texts(detail, part))


def _part(detail: Any, part: str) -> msgspec.Raw | None:
    return None if detail is None else _decode(detail).get(part)


def _texts(detail: bytes | None, part: str) -> list[str]:
    raw = _part(detail, part)
    return [] if raw is None else _decode_texts(raw)
