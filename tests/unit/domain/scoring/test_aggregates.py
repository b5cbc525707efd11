"""Sums of scores, by the laws they have to keep."""

import math
import random
import statistics
from collections import Counter
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panope.domain.scoring.aggregates import (
    MAX_CATEGORIES_SHOWN,
    ScoreTally,
    TimeBucket,
    measure,
    start_of,
    sum_up,
)

HALF = Fraction(50)
numbers = st.floats(allow_nan=False, allow_infinity=False)
samples = st.lists(numbers, min_size=1, max_size=40)
modest = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=40)


def us(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> int:
    moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def numeric(value: float, count: int = 1, start_us: int | None = None) -> ScoreTally:
    return ScoreTally("NUMERIC", ("n",), start_us, value, None, count)


@given(samples)
def test_measures_lie_where_they_must(values: list[float]) -> None:
    found = measure(Counter(values), [Fraction(0), Fraction(25), HALF, Fraction("99.9"), Fraction(100)])
    assert (found.least, found.greatest) == (min(values), max(values))
    assert found.least <= found.mean <= found.greatest
    assert list(found.percentiles) == sorted(found.percentiles)
    assert (found.percentiles[0], found.percentiles[-1]) == (min(values), max(values))
    assert (found.deviation is None) == (len(values) == 1) or max(map(abs, values)) > 1e300


@given(modest)
def test_measures_are_those_of_the_standard_library(values: list[float]) -> None:
    found = measure(Counter(values), [HALF, Fraction(10), Fraction(90)])
    assert found.mean == statistics.mean(values)
    assert found.percentiles[0] == pytest.approx(statistics.median(values), abs=1e-9)
    assert found.deviation == pytest.approx(statistics.stdev(values), rel=1e-12)
    tenths = statistics.quantiles(values, n=10, method="inclusive")
    assert found.percentiles[1:] == pytest.approx((tenths[0], tenths[-1]), abs=1e-9)


@given(samples, st.randoms())
def test_the_order_and_the_split_of_tallies_change_nothing(values: list[float], draw: random.Random) -> None:
    tallies = [numeric(value) for value in values]
    shuffled = [*tallies]
    draw.shuffle(shuffled)
    joined = [numeric(value, count) for value, count in Counter(values).items()]
    assert sum_up(tallies, None, [HALF]) == sum_up(shuffled, None, [HALF]) == sum_up(joined, None, [HALF])


def test_what_does_not_fit_a_double_is_left_out_or_approached_and_never_fails() -> None:
    wide = measure(Counter([1e200, -1e200]))
    assert wide.deviation == pytest.approx(math.sqrt(2) * 1e200)
    widest = measure(Counter([1.7e308, -1.7e308]), [HALF])
    assert (widest.mean, widest.deviation, widest.percentiles) == (0, None, (0,))
    assert measure(Counter([5e-324] * 3)).deviation == 0


@pytest.mark.parametrize(
    ("bucket", "start"),
    [
        (TimeBucket.HOUR, (2026, 3, 1, 13)),
        (TimeBucket.DAY, (2026, 3, 1)),
        (TimeBucket.WEEK, (2026, 2, 23)),
        (TimeBucket.MONTH, (2026, 3, 1)),
    ],
)
def test_a_stretch_begins_where_people_say(bucket: TimeBucket, start: tuple[int, ...]) -> None:
    assert start_of(us(2026, 3, 1, 13, 59, 59), bucket) == us(*start)
    assert start_of(us(*start), bucket) == us(*start)
    assert start_of(us(*start) - 1, bucket) < us(*start)


@given(st.integers(us(2000, 1, 1), us(2200, 1, 1)), st.sampled_from(TimeBucket))
def test_a_stretch_is_the_same_from_what_engines_count_by(at_us: int, bucket: TimeBucket) -> None:
    counted_us = at_us // bucket.counted_us * bucket.counted_us
    assert start_of(counted_us, bucket) == start_of(at_us, bucket) <= at_us
    assert start_of(start_of(at_us, bucket), bucket) == start_of(at_us, bucket)


def test_days_become_weeks() -> None:
    days = [numeric(1, start_us=us(2026, 3, 2 + day)) for day in range(8)]
    weeks = sum_up(days, TimeBucket.WEEK, [])
    assert [(week.start_us, week.count) for week in weeks] == [(us(2026, 3, 2), 7), (us(2026, 3, 9), 1)]


def test_labels_and_booleans_are_counted_and_texts_only_numbered() -> None:
    tallies = [
        *(ScoreTally("CATEGORICAL", ("c",), None, None, f"label {number:03}", 1 + number % 2) for number in range(150)),
        ScoreTally("BOOLEAN", ("b",), None, 1.0, None, 3),
        ScoreTally("BOOLEAN", ("b",), None, 0.0, None, 1),
        ScoreTally("TEXT", (None,), None, None, None, 4),
    ]
    boolean, category, text = sum_up(tallies, None, [HALF])
    assert boolean.booleans == (3, 1)
    assert boolean.measures is not None
    assert (boolean.measures.mean, boolean.measures.percentiles) == (0.75, (1.0,))
    assert (category.count, category.category_count, len(category.categories)) == (225, 150, MAX_CATEGORIES_SHOWN)
    assert category.categories[:2] == [("label 001", 2), ("label 003", 2)]
    assert category.categories[-1] == ("label 048", 1)
    assert category.measures is None
    assert (text.count, text.measures, text.categories, text.group) == (4, None, [], (None,))
