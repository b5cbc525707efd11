"""Steps of time by a clock: every moment lies in one step, and steps begin when the clock says so."""

from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from panope.domain.rollups import DAY_US, HOUR_US
from panope.features.explore.clock import chart_width, zoned_grid
from panope.kit.zones import find_zone, read_offsets
from panope.query.grid import WEEK_US

ZONES: Final = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Africa/Casablanca",
    "America/Asuncion",
    "Australia/Lord_Howe",
    "Atlantic/Azores",
    "Pacific/Apia",
    "America/Sao_Paulo",
)
WIDTHS: Final = (HOUR_US, 2 * HOUR_US, 6 * HOUR_US, DAY_US, WEEK_US)
_FIRST_US: Final = int(datetime(2009, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000


def _at(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp()) * 1_000_000


def _clock(zone: str, us: int) -> datetime:
    return datetime.fromtimestamp(us // 1_000_000, find_zone(zone))


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)])
def test_a_day_has_its_hours(day: str, hours: int) -> None:
    zone = find_zone("Europe/Berlin")
    midnight = datetime.fromisoformat(day).replace(tzinfo=zone)
    start, end = _at(midnight.isoformat()), _at(midnight.replace(day=midnight.day + 1).isoformat())
    assert len(list(zoned_grid(zone, HOUR_US, start, end).starts(start, end))) == hours
    assert list(zoned_grid(zone, DAY_US, start + HOUR_US, end).starts(start + HOUR_US, end)) == [start]


@given(
    zone=st.sampled_from(ZONES),
    width=st.sampled_from(WIDTHS),
    from_us=st.integers(0, 20 * 365 * 24 * 60).map(lambda minute: _FIRST_US + minute * 60_000_000),
    days=st.integers(1, 400),
    moments=st.lists(st.floats(0, 1, exclude_max=True), max_size=20),
)
@example(zone="Pacific/Apia", width=DAY_US, from_us=_at("2011-12-28T00:00:00+00:00"), days=5, moments=[])
def test_every_moment_lies_in_one_step(zone: str, width: int, from_us: int, days: int, moments: list[float]) -> None:
    until_us = from_us + days * DAY_US
    grid = zoned_grid(find_zone(zone), width, from_us, until_us)
    starts = list(grid.starts(from_us, until_us))
    assert starts[0] <= from_us
    assert all(one <= other for one, other in pairwise(starts))
    for part in moments:
        us = from_us + int(part * (until_us - from_us))
        number = grid.number(us)
        assert number >= 0
        assert grid.start(number) <= us < grid.start(number + 1)


@given(
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"]),
    width=st.sampled_from(WIDTHS[1:]),
    hour=st.integers(0, 15 * 365 * 24),
    days=st.integers(1, 300),
)
def test_long_steps_begin_when_the_clock_shows_a_multiple(zone: str, width: int, hour: int, days: int) -> None:
    from_us = _FIRST_US + hour * HOUR_US
    until_us = from_us + days * DAY_US
    changes = {at_us for at_us, _ in read_offsets(find_zone(zone), from_us - WEEK_US - DAY_US, until_us).changes}
    for start_us in zoned_grid(find_zone(zone), width, from_us, until_us).starts(from_us, until_us):
        shown = _clock(zone, start_us)
        if start_us not in changes:
            assert (shown.hour * HOUR_US) % min(width, DAY_US) == 0
            assert shown.minute == 0
            assert width != WEEK_US or shown.weekday() == 0


@pytest.mark.parametrize(
    "name", ["", "Mars/Base", "../etc/passwd", "/etc/localtime", "Europe", "a" * 300, "Europe/Berlin\n"]
)
def test_other_names_are_no_zones(name: str) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        find_zone(name)


def test_utc_has_any_case() -> None:
    assert find_zone("utc") == find_zone("UTC")


@pytest.mark.parametrize(
    ("span_us", "width_us"),
    [
        (HOUR_US, 60_000_000),
        (6 * HOUR_US, 300_000_000),
        (25 * HOUR_US, HOUR_US),
        (7 * DAY_US, 6 * HOUR_US),
        (90 * DAY_US, DAY_US),
        (91 * DAY_US, DAY_US),
        (365 * DAY_US, WEEK_US),
    ],
)
def test_a_chart_has_readable_steps(span_us: int, width_us: int) -> None:
    assert chart_width(span_us) == width_us
