"""Cursors: where the next page of a list starts, as text that callers pass back without reading it."""

import base64
import binascii

import msgspec

from panope.domain.errors import InvalidError
from panope.query.ast import Keyset

_MAX_CHARS = 8_192

_Decoded = tuple[str | int | float | None, str]
_decoder = msgspec.json.Decoder(_Decoded)


def encode_cursor(keyset: Keyset) -> str:
    """Base64url text, without padding, of the sort value and the id of the last row of a page."""
    return base64.urlsafe_b64encode(msgspec.json.encode((keyset.value, keyset.id))).rstrip(b"=").decode()


def decode_cursor(text: str) -> Keyset:
    """Read the keyset back; InvalidError for anything that no page has handed out."""
    if len(text) > _MAX_CHARS:
        raise bad_cursor()
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        value, row_id = _decoder.decode(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (UnicodeEncodeError, binascii.Error, msgspec.DecodeError):
        raise bad_cursor() from None
    return Keyset(value, row_id)


def bad_cursor() -> InvalidError:
    """Build the error for a cursor that cannot be used."""
    return InvalidError("Invalid cursor format", code="invalid_cursor")
