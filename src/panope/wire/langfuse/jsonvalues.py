"""From stored text and exact numbers to what the public API shows: JSON values, dollars, seconds."""

import json
from typing import Any, NoReturn

import msgspec

_SAFE_DIGITS = 15
"""Any integer of at most so many digits is exact in a double; beyond, `_safe_integer` looks closely."""
_MAX_SAFE = 2**53 - 1
_DIGITS_TO_ZERO = bytes.maketrans(b"123456789", b"000000000")
_LONG_RUN = b"0" * (_SAFE_DIGITS + 1)
_JSON_STARTS = frozenset('{["-0123456789tfn \t\r\n')

_PICO_PER_USD = 10**12
_US_PER_S = 10**6

encode = msgspec.json.Encoder().encode
"""Encode one answer as JSON."""


def parse_stored(text: str | None) -> Any:
    """Input or output as the older endpoints show it: the JSON value that the text is, else the text, None for "".

    A value without long runs of digits is passed on as it stands, not rebuilt. Integers that a double cannot hold
    become text, so that no client rounds them.
    """
    return parse_text(text) if text else None


def parse_text(text: str) -> Any:
    """Like `parse_stored`, but an empty text stays one: the rule of metadata values."""
    if text[:1] not in _JSON_STARTS:
        return text
    encoded = text.encode()
    try:
        raw = msgspec.json.decode(encoded, type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError):
        return text
    return _without_unsafe_integers(raw, bytes(raw))


def show_value(value: Any) -> Any:
    """Show a decoded value with integers that a double cannot hold as text."""
    if value is None or isinstance(value, str | bool | float):
        return value
    if isinstance(value, int):
        return value if abs(value) <= _MAX_SAFE else str(value)
    encoded = encode(value)
    return _without_unsafe_integers(msgspec.Raw(encoded), encoded)


def show_metadata(metadata: dict[str, Any]) -> dict[str, Any]:
    """Metadata as the API shows it: texts at its top level that are JSON come back decoded."""
    return {key: parse_text(value) if isinstance(value, str) else show_value(value) for key, value in metadata.items()}


def usd(pico: int | None) -> float | None:
    """US dollars of 10⁻¹² dollars."""
    return None if pico is None else pico / _PICO_PER_USD


def seconds(us: int) -> float:
    """Seconds of microseconds."""
    return us / _US_PER_S


def _without_unsafe_integers(raw: msgspec.Raw, encoded: bytes) -> Any:
    if _LONG_RUN not in encoded.translate(_DIGITS_TO_ZERO):
        return raw
    try:
        return json.loads(encoded, parse_int=_safe_integer, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return raw


def _safe_integer(digits: str) -> int | str:
    if len(digits) > _SAFE_DIGITS + 2 or abs(int(digits)) > _MAX_SAFE:
        return digits
    return int(digits)


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)
