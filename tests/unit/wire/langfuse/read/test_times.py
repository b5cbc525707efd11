from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panope.wire.langfuse.times import floor_ms, format_time, next_ms, parse_time

_NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
_NOON_US = int(_NOON.timestamp()) * 10**6


@pytest.mark.parametrize(
    ("text", "offset_us"),
    [
        ("2026-01-02T12:00:00Z", 0),
        ("2026-01-02T12:00:00.001Z", 1_000),
        ("2026-01-02T12:00:00.000001+00:00", 1),
        ("2026-01-02T14:00:00+02:00", 0),
        ("2026-01-02T14:00:00+0200", 0),
        ("2026-01-02T14:00:00.5 02:00", 500_000),
        ("2026-01-02T10:30:00-01:30", 0),
    ],
)
def test_times_are_read_with_their_zone(text: str, offset_us: int) -> None:
    assert parse_time(text) == _NOON_US + offset_us


@pytest.mark.parametrize(
    "text", ["", "2026-01-02", "2026-01-02T12:00:00", "12:00", "1700000000", "now", "2026-13-01T00:00Z"]
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="ISO 8601"):
        parse_time(text)


@given(st.datetimes(min_value=datetime(1, 1, 1), max_value=datetime(9999, 12, 30)))  # noqa: DTZ001
def test_a_time_comes_back_cut_to_its_millisecond(moment: datetime) -> None:
    us = (moment - datetime(1970, 1, 1)) // timedelta(microseconds=1)  # noqa: DTZ001
    text = format_time(us)
    assert len(text) == len("2026-01-02T12:00:00.000Z")
    assert parse_time(text) == floor_ms(us)
    assert floor_ms(us) <= us < next_ms(us) == floor_ms(us) + 1_000


def test_times_beyond_the_calendar_show_its_ends() -> None:
    assert format_time(-(2**63)) == "0001-01-01T00:00:00.000Z"
    assert format_time(2**63) == "9999-12-31T00:00:00.000Z"
    assert format_time(-1) == "1969-12-31T23:59:59.999Z"
