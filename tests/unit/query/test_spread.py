"""Bins and ranks of numbers."""

from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from panope.query.spread import BINS, rank, spread

WHOLE = st.integers(0, 10**18)
NUMBERS = st.lists(WHOLE, min_size=1) | st.lists(st.floats(-1e9, 1e9), min_size=1)


@given(NUMBERS)
def test_bins_lie_side_by_side_and_hold_every_value(values: list[float]) -> None:
    bins = spread(sorted(Counter(values).items()))
    assert 1 <= len(bins) <= BINS
    assert (bins[0].low, bins[-1].high) == (min(values), max(values))
    assert all(one.high == other.low for one, other in pairwise(bins))
    for one in bins:
        is_last = one is bins[-1]
        assert one.count == sum(one.low <= value < one.high or (is_last and value == one.high) for value in values)


@given(st.lists(WHOLE, min_size=1))
def test_bins_of_whole_numbers_have_whole_edges(values: list[int]) -> None:
    assert all(
        isinstance(one.low, int) and isinstance(one.high, int) for one in spread(sorted(Counter(values).items()))
    )


@given(NUMBERS, st.floats(0, 100))
def test_so_many_percent_do_not_exceed_the_rank(values: list[float], percent: float) -> None:
    found = rank(sorted(Counter(values).items()), percent)
    assert found in values
    assert sum(value <= found for value in values) >= len(values) * percent / 100 - 1e-6
    assert sum(value < found for value in values) < max(1, len(values) * percent / 100)


def test_a_long_tail_does_not_press_everything_into_one_bin() -> None:
    bins = spread([*((number, 10) for number in range(1, 100)), (10**9, 1)])
    assert sum(one.count > 0 for one in bins) > 3
    assert bins[-1].count == 1


def test_even_numbers_have_even_bins() -> None:
    assert [one.count for one in spread([(number, 1) for number in range(101)])] == [5] * 19 + [6]
