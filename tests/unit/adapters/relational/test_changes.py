"""Which keys are told to the index of texts."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from panope.adapters.relational.changes import to_ranges


@given(st.integers(1, 50), st.integers(0, 20))
def test_keys_that_were_given_together_are_one_range(first: int, count: int) -> None:
    keys = range(first, first + count)
    assert to_ranges(keys) == to_ranges(list(keys))


@given(st.sets(st.integers(1, 60)))
def test_ranges_hold_the_keys_and_no_others(keys: set[int]) -> None:
    ranges = to_ranges(keys)
    assert {key for first, last in ranges for key in range(first, last + 1)} == keys
    assert all(last + 1 < first for (_, last), (first, _) in pairwise(ranges))
