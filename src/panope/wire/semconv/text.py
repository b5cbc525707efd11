"""Text and JSON inside attributes: made storable on every engine, parsed without surprises."""

import re
from typing import Any, Final

import msgspec

from panope.wire.jsontext import RepairCode
from panope.wire.semconv.span import SpanRefusedError

MAX_NESTING: Final = 200
_REPLACEMENT: Final = "\ufffd"
_INT64: Final = 1 << 63
_ESCAPE = re.compile(
    r"\\(?:u(?:0000|[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)
_UNUSUAL = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_LONG_NUMBER = re.compile(r"\d{19}")
_LONE_LENGTH: Final = 6

_encode = msgspec.json.encode
_decoder = msgspec.json.Decoder()


def clean(text: str, repairs: set[str]) -> str:
    """Replace NUL by U+FFFD; lone surrogates cannot get this far, both decoders replace them."""
    if "\0" not in text:
        return text
    repairs.add(RepairCode.TEXT.value)
    return text.replace("\0", _REPLACEMENT)


def clean_escapes(text: str) -> str:
    r"""Replace escapes for NUL and lone surrogates in JSON text by the escape for U+FFFD.

    Pairs of surrogates and escaped backslashes stay as they are.
    """
    return _ESCAPE.sub(_cleaned_escape, text) if _UNUSUAL.search(text) else text


def _cleaned_escape(match: re.Match[str]) -> str:
    escape = match.group()
    return "\\ufffd" if len(escape) == _LONE_LENGTH else escape


def as_text(value: object) -> str:
    """Text of a value: a string as it is, anything else as compact JSON."""
    return value if isinstance(value, str) else _encode(value).decode()


def sent_number(value: float, repairs: set[str]) -> int | float | str:
    """The number as `plain_number` has it, and a word in `repairs` when that is text."""
    plain = plain_number(value)
    if isinstance(plain, str):
        repairs.add(RepairCode.NUMBER.value)
    return plain


def plain_number(value: float) -> int | float | str:
    """The number, or its text where 64 bits or JSON cannot hold it; NaN and infinities as OTLP spells them."""
    if isinstance(value, int):
        return value if -_INT64 <= value < _INT64 else str(value)
    if value - value == 0:
        return value
    if value != value:  # noqa: PLR0124 (the definition of NaN)
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def parse_json(text: str) -> Any:
    """Parse JSON text; None when it is not JSON. Numbers beyond 64 bits come back as text.

    Raises `SpanRefusedError` when containers are nested deeper than `MAX_NESTING`.
    """
    try:
        value = _decoder.decode(clean_escapes(text))
    except RecursionError:
        raise _too_deep() from None
    except (msgspec.DecodeError, UnicodeError):
        return None
    if _LONG_NUMBER.search(text) or text.count("[") + text.count("{") > MAX_NESTING:
        return _plain(value, MAX_NESTING)
    return value


def parse_object(value: object) -> dict[str, Any] | None:
    """A JSON object given as itself or as text; None for anything else."""
    if isinstance(value, str):
        value = parse_json(value) if value.lstrip()[:1] == "{" else None
    return value if isinstance(value, dict) else None


def parse_array(value: object) -> list[Any] | None:
    """A JSON array given as itself or as text; None for anything else."""
    if isinstance(value, str):
        value = parse_json(value) if value.lstrip()[:1] == "[" else None
    return value if isinstance(value, list) else None


def _plain(value: Any, depth: int) -> Any:
    if depth < 0:
        raise _too_deep()
    if isinstance(value, dict):
        return {key: _plain(child, depth - 1) for key, child in value.items()}
    if isinstance(value, list):
        return [_plain(child, depth - 1) for child in value]
    return plain_number(value) if type(value) is int else value


def _too_deep() -> SpanRefusedError:
    message = f"A value is nested deeper than {MAX_NESTING} levels; send it as text or leave the deepest levels out."
    return SpanRefusedError("too_deeply_nested", message)
