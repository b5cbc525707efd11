"""Texts in quotes: what is one, and what it says."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panope.domain.text.quoting import unquote

TEXTS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))


@given(text=TEXTS, in_ascii=st.booleans())
def test_what_json_put_in_quotes_is_read(*, text: str, in_ascii: bool) -> None:
    assert unquote(json.dumps(text, ensure_ascii=in_ascii)) == text


@given(TEXTS | st.text('"\\u0aAdD8', max_size=14).map(lambda inner: f'"{inner}"'))
def test_what_is_no_json_text_stays_as_it_is(text: str) -> None:
    try:
        said = json.loads(text)
        said.encode() if isinstance(said, str) else None
    except (ValueError, UnicodeEncodeError):
        said = text
    is_storable = isinstance(said, str) and "\x00" not in said and text == text.strip()
    assert unquote(text) == (said if is_storable else text)


@pytest.mark.parametrize("text", ["", '"', '"a', 'a"', '"a" ', '"a"b"', '"\\u0000"', '"\\ud800"', '"\\x"', '"\n"'])
def test_odd_texts(text: str) -> None:
    assert unquote(text) == text
