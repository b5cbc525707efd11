"""Texts that arrive with the quotes of JSON around them, as Python's SDK 5 sends every text of the metadata.

They are kept as they were sent, so that a text `12` stays apart from the number; questions are about what they say.
"""

import re
from typing import Final

import msgspec

QUOTED: Final = (
    r'"[^"\\\u0001-\u001f]*(?:\\(?:["\\/bfnrt]|u(?:000[1-9a-fA-F]|00[1-9a-fA-F][0-9a-fA-F]|0[1-9a-fA-F][0-9a-fA-F]{2}'
    r"|[1-9a-cA-CefEF][0-9a-fA-F]{3}|[dD][0-7][0-9a-fA-F]{2}|[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}))"
    r'[^"\\\u0001-\u001f]*)*"'
)
"""A JSON string and nothing around it, without NUL and lone surrogates. Read alike by Python and by Postgres."""

_is_quoted: Final = re.compile(QUOTED).fullmatch
_decode: Final = msgspec.json.Decoder(str).decode


def unquote(text: str) -> str:
    """What a quoted text says; any other text as it is."""
    return _decode(text) if text[:1] == '"' and _is_quoted(text) else text
