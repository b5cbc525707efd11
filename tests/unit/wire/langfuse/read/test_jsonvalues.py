import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from panope.wire.langfuse.jsonvalues import encode, parse_stored, parse_text, show_metadata, show_value, usd


def _shown(value: Any) -> Any:
    """A value as a client sees it."""
    return json.loads(encode(value))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (None, None),
        ("", None),
        ("plain", "plain"),
        ("42", 42),
        ("-1.5e3", -1500),
        ("true", True),
        ("null", None),
        ("nothing", "nothing"),
        ('"quoted"', "quoted"),
        (' {"a": [1, null]} ', {"a": [1, None]}),
        ("007", "007"),
        ("NaN", "NaN"),
        ("Infinity", "Infinity"),
        ("{'a': 1}", "{'a': 1}"),
        ('{"a": 1} and more', '{"a": 1} and more'),
        ('{"a": "\\ud800"}', '{"a": "\\ud800"}'),
        ("[1, 2", "[1, 2"),
        ("- item", "- item"),
        ("[" * 5000 + "]" * 5000, "[" * 5000 + "]" * 5000),
        ("{" * 5000, "{" * 5000),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_stored_text_is_shown_as_the_json_that_it_is(text: str | None, value: Any) -> None:
    assert _shown(parse_stored(text)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("9007199254740991", 9007199254740991),
        ("9007199254740992", "9007199254740992"),
        ("-9007199254740991", -9007199254740991),
        ("-9007199254740992", "-9007199254740992"),
        ("12345678901234567890123", "12345678901234567890123"),
        ('{"id": 1234567890123456789, "n": 5}', {"id": "1234567890123456789", "n": 5}),
        ('["1234567890123456789", 0.12345678901234567]', ["1234567890123456789", 0.12345678901234567]),
        ("1000000000000000", 1000000000000000),
    ],
)
def test_integers_that_a_double_cannot_hold_become_text(text: str, value: Any) -> None:
    assert _shown(parse_stored(text)) == value
    assert _shown(show_value(json.loads(text))) == value


def test_large_json_is_passed_on_as_it_stands() -> None:
    text = json.dumps([{"role": "user", "content": "x" * 100}] * 1000)
    shown = parse_stored(text)
    assert isinstance(shown, msgspec.Raw)
    assert bytes(shown) == text.encode()


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def _as_clients_see(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_clients_see(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_as_clients_see(inner) for inner in value]
    is_unsafe = isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**53
    return str(value) if is_unsafe else value


@given(_JSON)
def test_any_json_is_shown_with_its_value(value: Any) -> None:
    text = json.dumps(value)
    assert _shown(parse_text(text)) == _as_clients_see(value)


@given(st.text())
def test_any_text_can_be_shown(text: str) -> None:
    shown = _shown(parse_text(text))
    assert shown == text or _shown(msgspec.Raw(text.encode())) == _as_clients_see(shown)


def test_metadata_decodes_texts_at_its_top_level_only() -> None:
    metadata = {"n": "0", "empty": "", "deep": {"n": "0", "big": 2**60}, "list": ["1"], "text": "x", "big": 2**53}
    assert _shown(show_metadata(metadata)) == {
        "n": 0,
        "empty": "",
        "deep": {"n": "0", "big": str(2**60)},
        "list": ["1"],
        "text": "x",
        "big": str(2**53),
    }


def test_money_is_shown_to_the_last_pico_dollar_that_a_double_holds() -> None:
    assert usd(None) is None
    assert usd(0) == 0
    assert usd(4_500_000_000) == 0.0045
    assert usd(1) == 1e-12
    assert usd(2**62) == 4611686.018427388
