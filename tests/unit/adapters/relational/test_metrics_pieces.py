"""Pieces of a window: together all of it, none with many rows where the rows do not lie on a heap."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from panope.adapters.relational.metrics.pieces import Window, pieces
from panope.domain.rollups import HOUR_US

_LAST = 40
_moments = st.integers(-HOUR_US, _LAST * HOUR_US)
_hours = st.dictionaries(st.integers(0, _LAST - 1), st.integers(0, 50)).map(
    lambda counts: [(hour * HOUR_US, counts[hour]) for hour in sorted(counts)]
)


@given(ends=st.tuples(_moments, _moments), hours=_hours, rows_at_once=st.integers(1, 60))
def test_pieces_follow_on_each_other_and_make_up_the_window(
    ends: tuple[int, int], hours: list[tuple[int, int]], rows_at_once: int
) -> None:
    window = Window(min(ends), max(ends) + 1)
    found = list(pieces(window, hours, rows_at_once))
    assert found[0].from_us == window.from_us
    assert found[-1].until_us == window.until_us
    assert all(piece.from_us < piece.until_us for piece in found)
    assert all(one.until_us == other.from_us for one, other in pairwise(found))


@given(hours=_hours, rows_at_once=st.integers(1, 60))
def test_a_piece_holds_no_more_rows_than_it_should_of_hours_that_hold_no_more(
    hours: list[tuple[int, int]], rows_at_once: int
) -> None:
    found = list(pieces(Window(0, _LAST * HOUR_US), hours, rows_at_once))
    fair = [(hour, count) for hour, count in hours if count <= rows_at_once]
    for piece in found:
        assert sum(count for hour, count in fair if piece.from_us <= hour < piece.until_us) <= rows_at_once


@given(hours=_hours, rows_at_once=st.integers(1, 60))
def test_there_are_no_more_pieces_than_rows_need(hours: list[tuple[int, int]], rows_at_once: int) -> None:
    found = list(pieces(Window(0, _LAST * HOUR_US), hours, rows_at_once))
    full = sum(-(-count // rows_at_once) for _, count in hours)
    assert len(found) <= max(1, full)


def test_an_hour_with_too_many_rows_is_cut_into_equal_parts() -> None:
    found = list(pieces(Window(0, 2 * HOUR_US), [(0, 40), (HOUR_US, 1)], 10))
    assert [piece.until_us for piece in found] == [HOUR_US // 4, HOUR_US // 2, HOUR_US * 3 // 4, HOUR_US, 2 * HOUR_US]
