import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panope.domain.errors import InvalidError
from panope.query.ast import Keyset
from panope.query.cursor import decode_cursor, encode_cursor

_VALUES = st.none() | st.text() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)


@given(_VALUES, st.text())
def test_a_cursor_comes_back_as_it_was(value: str | float | None, row_id: str) -> None:
    text = encode_cursor(Keyset(value, row_id))
    assert decode_cursor(text) == Keyset(value, row_id)
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def _encoded(json: bytes) -> str:
    return base64.urlsafe_b64encode(json).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "!",
        "a",
        "ä",
        "A" * 9000,
        _encoded(b"[]"),
        _encoded(b"[1]"),
        _encoded(b"[1,2]"),
        _encoded(b'[{},"x"]'),
        _encoded(b'[true,"x"]'),
        _encoded(b'[1,"x",2]'),
        _encoded(b'{"v":1}'),
        _encoded(b"\xff"),
        _encoded(b'[1,"x"]') + "\n",
        _encoded(b"[" * 5000),
    ],
)
def test_what_no_page_handed_out_is_refused(text: str) -> None:
    with pytest.raises(InvalidError, match="Invalid cursor format"):
        decode_cursor(text)
