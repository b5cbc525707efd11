"""JSON values of datasets and items: read into the text that is kept, and shown as the value that the text is."""

import re
from typing import Any, Final

import msgspec

from panope.wire import jsontext

_JSON_STARTS: Final = frozenset('{["-0123456789tfn \t\r\n')
_ESCAPES: Final = re.compile(rb"\\u00[01][0-9a-f]|\\.")
_SPACES: Final = frozenset({rb"\u0009", rb"\u000a", rb"\u000d"})


def read_value(value: Any) -> str | None:
    """The text of a value that a client sent: a string that is JSON counts as what it says, "" and null as nothing.

    Control characters other than tabs and line breaks are dropped.
    """
    if value is None or value == "":
        return None
    if isinstance(value, str):
        value = _parsed(value)
        if value is None:
            return None
    return without_controls(msgspec.json.encode(value)).decode()


def read_exact(value: Any) -> str | None:
    """The text of a value as it is, strings included; null is nothing."""
    return None if value is None else without_controls(msgspec.json.encode(value)).decode()


def show_value(text: str | None) -> msgspec.Raw | None:
    """The value that a text is, for an encoder to pass on as it stands."""
    return None if text is None else msgspec.Raw(text.encode())


def without_controls(document: bytes) -> bytes:
    """A document of our own encoder without the control characters in its strings."""
    if rb"\u00" not in document and rb"\b" not in document and rb"\f" not in document:
        return document
    return _ESCAPES.sub(_keep, document)


def _keep(found: re.Match[bytes]) -> bytes:
    escape = found.group()
    is_control = escape in {rb"\b", rb"\f"} or (len(escape) > len(rb"\n") and escape not in _SPACES)
    return b"" if is_control else escape


def _parsed(text: str) -> Any:
    if text[0] not in _JSON_STARTS:
        return text
    document = text.encode()
    try:
        decoded = msgspec.json.decode(document)
    except (msgspec.DecodeError, RecursionError):
        return text
    return text if jsontext.is_too_deep(document) else decoded
