"""Ids and bytes as both encodings of OTLP end up with them."""

from base64 import b64encode
from re import ASCII
from re import compile as compile_pattern
from typing import Any, Final

from panope.wire.otlp.bodies import LongParts
from panope.wire.semconv.text import plain_number

_HEX: Final = compile_pattern(r"[0-9a-f]*")
_BYTE: Final = 256
_DECIMAL: Final = compile_pattern(r"-?[0-9]+", ASCII)
_MAX_DIGITS: Final = 20
_HALF: Final = 1 << 32
_WHOLE: Final = 1 << 64


def bytes_text(value: bytes) -> str:
    """Bytes as base64, the way that JSON spells them."""
    return b64encode(value).decode()


def filled_id(text: str) -> str:
    """The id, or "" when it is all zeros, which means that there is none."""
    return text if text.strip("0") else ""


def read_id(value: Any) -> str | None:
    """Id in lower-case hex, "" for a missing one, None for what is no id.

    Text that is not hex stays as it is; some exporters write the bytes as an array or as Node writes a buffer.
    """
    if isinstance(value, str):
        lowered = value.lower()
        return filled_id(lowered if lowered == value or _HEX.fullmatch(lowered) else value)
    if value is None:
        return ""
    if isinstance(value, dict):
        value = value.get("data")
    if isinstance(value, list) and all(type(byte) is int and 0 <= byte < _BYTE for byte in value):
        return filled_id(bytes(value).hex())
    return None


def read_integer(value: Any) -> int | float | str:
    """64-bit integer out of a number, decimal text or two halves; text where it is none or does not fit."""
    if isinstance(value, LongParts):
        joined = (value.high % _HALF) << 32 | value.low % _HALF
        return joined - _WHOLE if joined >= _WHOLE // 2 else joined
    if isinstance(value, str):
        return int(value) if len(value) <= _MAX_DIGITS and _DECIMAL.fullmatch(value) and _fits(int(value)) else value
    if isinstance(value, float) and value.is_integer() and abs(value) < _WHOLE // 2:
        return int(value)
    return plain_number(value)


def read_real(value: float | str) -> float | str | int:
    """Real number out of a number or its text; what is not finite stays text."""
    if isinstance(value, str):
        try:
            number = float(value)
        except ValueError:
            return value
        return plain_number(number)
    return value


def _fits(value: int) -> bool:
    return -_WHOLE // 2 <= value < _WHOLE
