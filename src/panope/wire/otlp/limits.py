"""How much one export may hold: what is small on the wire can be large in memory and slow to read."""

from typing import Final

from panope.domain.errors import TooLargeError

MAX_SPANS: Final = 50_000
"""In one request, and as many resources and scopes."""

_MAX_JSON_OBJECTS: Final = 2_000_000
_ALWAYS_FEW_BYTES: Final = 4 * 1024 * 1024


def check_count(count: int) -> None:
    """Raise `TooLargeError` when a request holds more spans, resources or scopes than it may."""
    if count > MAX_SPANS:
        message = f"The request holds more than {MAX_SPANS} spans, resources or scopes; send it in several."
        raise TooLargeError(message, code="too_many_spans")


def check_json(body: bytes) -> None:
    """Raise `TooLargeError` for JSON of so many objects that reading them would exhaust the memory."""
    if len(body) > _ALWAYS_FEW_BYTES and body.count(b"{") > _MAX_JSON_OBJECTS:
        message = f"The request holds more than {_MAX_JSON_OBJECTS} JSON objects; send it in several."
        raise TooLargeError(message, code="too_many_objects")
