"""What each aggregation means, and that working in pieces changes nothing."""

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panope.domain.errors import InvalidError
from panope.query.metrics import aggregate as module
from panope.query.metrics.aggregate import add_up, aggregate, histogram, quantile, quantile_of_runs, sorted_runs
from panope.query.metrics.ast import QUANTILES, Aggregation

_numbers = st.one_of(
    st.lists(st.integers(-(10**18), 10**18), min_size=1, max_size=60),
    st.lists(st.integers(0, 5), min_size=1, max_size=60),
    st.lists(st.floats(-1e308, 1e308), min_size=1, max_size=60),
)


@given(values=_numbers, percent=st.sampled_from(sorted(QUANTILES.values())))
def test_a_quantile_of_runs_is_that_of_all_values(values: list[float], percent: int) -> None:
    runs = [sorted(values[start : start + 7]) for start in range(0, len(values), 7)]
    assert quantile_of_runs(runs, percent) == quantile(sorted(values), percent)


@given(values=st.lists(st.integers(0, 10**6), min_size=2, max_size=60))
def test_quantiles_are_those_of_the_standard_library(values: list[int]) -> None:
    cuts = statistics.quantiles(values, n=100, method="inclusive")
    for percent in QUANTILES.values():
        assert quantile(sorted(values), percent) == pytest.approx(cuts[percent - 1])


@given(values=_numbers, bins=st.integers(1, 100))
def test_a_histogram_holds_every_value_once(values: list[float], bins: int) -> None:
    found = histogram(sorted_runs(values), bins)
    assert sum(height for _, _, height in found) == len(values)
    assert (found[0][0], found[-1][1]) == (min(values), max(values))
    assert all(low <= high for low, high, _ in found)
    assert len(found) in (1, bins)


def test_bins_begin_where_the_one_before_ends() -> None:
    assert histogram([[0, 1, 2, 3], [4]], 2) == [(0, 2.0, 2.0), (2.0, 4, 3.0)]
    assert histogram([[-(2**53) - 1, 0]], 1) == [(-(2**53) - 1, 0, 2.0)]
    assert histogram([[7, 7]], 5) == [(7, 7, 2.0)]
    assert histogram([], 5) == []


def test_runs_are_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_RUN", 2)
    assert sorted_runs([3, 1, 2, 5, 4]) == [[1, 3], [2, 5], [4]]


def test_nothing_has_counts_and_a_sum_alone() -> None:
    known = {how: aggregate(how, [], 10) for how in Aggregation}
    zeros = {Aggregation.COUNT, Aggregation.SUM, Aggregation.UNIQ}
    assert {how for how, value in known.items() if value == 0} == zeros
    assert known[Aggregation.HISTOGRAM] == []
    assert {how for how, value in known.items() if value is None} == {*Aggregation} - zeros - {Aggregation.HISTOGRAM}


def test_empty_text_is_no_value_of_its_own() -> None:
    assert aggregate(Aggregation.UNIQ, ["a", "", "b", "a"], 10) == 2


def test_sums_are_exact_or_refused() -> None:
    assert add_up([10**18, 1]) == 10**18 + 1
    assert add_up([0.1] * 10) == 1.0
    with pytest.raises(InvalidError, match="too large"):
        add_up([1.7e308, 1.7e308])
