"""Steps of time."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panope.domain.rollups import DAY_US, HOUR_US
from panope.query.metrics.ast import Granularity
from panope.query.metrics.windows import (
    choose_granularity,
    count_steps,
    day_of,
    floor,
    following,
    format_moment,
    month_of,
    starts,
)

_moments = st.datetimes(datetime(1, 2, 1), datetime(9999, 11, 1)).map(  # noqa: DTZ001 - zones are given by the next line
    lambda moment: int(moment.replace(tzinfo=UTC).timestamp()) * 1_000_000
)


def us(text: str) -> int:
    """Microseconds of an ISO time in UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000


@pytest.mark.parametrize(
    ("granularity", "start", "end"),
    [
        (Granularity.MINUTE, "2024-02-29T23:59:00", "2024-03-01T00:00:00"),
        (Granularity.HOUR, "2024-02-29T23:00:00", "2024-03-01T00:00:00"),
        (Granularity.DAY, "2024-02-29T00:00:00", "2024-03-01T00:00:00"),
        (Granularity.WEEK, "2024-02-26T00:00:00", "2024-03-04T00:00:00"),
        (Granularity.MONTH, "2024-02-01T00:00:00", "2024-03-01T00:00:00"),
    ],
)
def test_steps_begin_where_the_calendar_says(granularity: Granularity, start: str, end: str) -> None:
    moment = us("2024-02-29T23:59:59")
    assert floor(moment, granularity) == us(start)
    assert following(us(start), granularity) == us(end)


@given(moment=_moments, granularity=st.sampled_from(list(Granularity)))
def test_every_moment_lies_in_one_step(moment: int, granularity: Granularity) -> None:
    start = floor(moment, granularity)
    assert start <= moment < following(start, granularity)
    assert floor(start, granularity) == start
    assert floor(following(start, granularity) - 1, granularity) == start


@given(
    moment=_moments,
    hours=st.integers(1, 5_000),
    granularity=st.sampled_from([Granularity.HOUR, Granularity.WEEK, Granularity.MONTH]),
)
def test_the_steps_of_a_window_follow_each_other(moment: int, hours: int, granularity: Granularity) -> None:
    until = moment + hours * HOUR_US
    listed = list(starts(moment, until, granularity))
    assert listed[0] <= moment
    assert listed[-1] < until <= following(listed[-1], granularity)
    assert [following(start, granularity) for start in listed[:-1]] == listed[1:]
    assert len(listed) <= count_steps(moment, until, granularity) + 1


@pytest.mark.parametrize(
    ("span_us", "granularity"),
    [
        (HOUR_US, Granularity.MINUTE),
        (2 * HOUR_US, Granularity.HOUR),
        (72 * HOUR_US, Granularity.DAY),
        (60 * DAY_US, Granularity.WEEK),
        (365 * DAY_US, Granularity.MONTH),
    ],
)
def test_the_series_of_a_window_is_readable(span_us: int, granularity: Granularity) -> None:
    assert choose_granularity(0, span_us) is granularity


def test_names_of_days_and_months() -> None:
    assert (day_of(-1), month_of(-1)) == ("1969-12-31", "1969-12")
    assert format_moment(us("2024-02-29T23:59:59")) == "2024-02-29T23:59:59Z"
