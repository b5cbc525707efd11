"""Times as clients write them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panope.wire.isotime import parse_time_us

BASE = 1_767_323_045_000_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-02T03:04:05Z", BASE),
        ("2026-01-02T03:04:05z", BASE),
        ("2026-01-02 03:04:05+00:00", BASE),
        ("2026-01-02T04:04:05+01:00", BASE),
        ("2026-01-01T22:34:05-0430", BASE),
        ("2026-01-02T03:04:05.678Z", BASE + 678_000),
        ("2026-01-02T03:04:05.678901234Z", BASE + 678_901),
        ("1969-12-31T23:59:59.999999Z", -1),
        ("2026-01-02T03:04:05.678901Z", BASE + 678_901),
        ("2026-01-02T03:04:60.678Z", None),
        ("2026-01-02T03:04:05.6_8Z", None),
        ("2026-01-02T03:04: 5.678Z", None),
        ("2026-01-02T03:04:05.67\u0668Z", None),
        ("2026-01-02T03:64:05.678Z", None),
        ("2026-01-02T03:04:05", None),
        ("2026-01-02", None),
        ("2026-01-02T25:04:05Z", None),
        ("1767323045", None),
        ("now", None),
        ("z" * 64, None),
        ("", None),
    ],
)
def test_time_with_an_offset_is_read_to_the_microsecond(text: str, expected: int | None) -> None:
    assert parse_time_us(text) == expected


@given(st.text(max_size=40))
def test_any_text_is_a_time_or_none(text: str) -> None:
    assert parse_time_us(text) is None or isinstance(parse_time_us(text), int)


@given(st.integers(0, 4_000_000_000_000_000))
def test_isoformat_survives(at_us: int) -> None:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at_us)
    assert parse_time_us(moment.isoformat()) == at_us


@given(st.integers(0, 4_000_000_000_000_000), st.sampled_from(["milliseconds", "microseconds"]), st.data())
def test_usual_forms_are_read_as_any_other(at_us: int, timespec: str, data: st.DataObject) -> None:
    """However one character of them is changed: the same with a digit more, which is cut off, is no usual form."""
    text = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at_us)).isoformat(timespec=timespec)
    text = text.replace("+00:00", "Z")
    place = data.draw(st.integers(0, len(text) - 2))
    text = text[:place] + data.draw(st.sampled_from("0123456789:.-+TZ _W\u0660")) + text[place + 1 :]
    assert parse_time_us(text) == parse_time_us(f"{text[:-1]}{'0' * 4}Z")
