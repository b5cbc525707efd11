"""Sums and comparisons of what came of items."""

from typing import Any

import pytest

from panope.domain.experiments.results import ItemResult, ScoreSummary, Tally, sum_up, sum_up_scores, tally
from panope.domain.scores import ScoreRow
from panope.domain.scoring.configs import Direction


def score(name: str, value: float = 0, **fields: Any) -> ScoreRow:
    return ScoreRow(id=f"{name}-{value}", name=name, value=value, timestamp_us=0, **fields)


def result(item: str, *scores: ScoreRow, **fields: Any) -> ItemResult:
    return ItemResult(item_id=item, trace_id=f"trace of {item}", start_us=1, scores=scores, **fields)


def test_nothing_sums_up_to_nothing() -> None:
    found = sum_up([])
    assert (found.items, found.traces, found.errors, found.total_cost, found.mean_latency_us) == (0, 0, 0, None, None)
    assert (found.median_latency_us, found.high_latency_us, found.first_us, found.scores) == (None, None, None, [])


def test_unknown_cost_is_not_zero_and_latencies_have_quantiles() -> None:
    results = [result("a", latency_us=number, cost=None) for number in range(1, 101)]
    found = sum_up([*results, result("b", cost=7, is_error=True)])
    assert (found.items, found.traces, found.errors, found.total_cost) == (2, 101, 1, 7)
    assert (found.mean_latency_us, found.median_latency_us, found.high_latency_us) == (50.5, 50, 95)


def test_scores_are_summed_up_by_name_and_type() -> None:
    scores = [
        score("right", 1, data_type="BOOLEAN", string_value="True"),
        score("right", 0, data_type="BOOLEAN", string_value="False"),
        score("right", 0.25),
        score("tone", data_type="CATEGORICAL", string_value="kind"),
        score("said", data_type="TEXT", string_value="well done"),
    ]
    assert sum_up_scores(scores) == [
        ScoreSummary(
            name="right", data_type="BOOLEAN", count=2, mean=0.5, low=0, high=1, labels={"False": 1, "True": 1}
        ),
        ScoreSummary(name="right", data_type="NUMERIC", count=1, mean=0.25, low=0.25, high=0.25),
        ScoreSummary(name="said", data_type="TEXT", count=1),
        ScoreSummary(name="tone", data_type="CATEGORICAL", count=1, labels={"kind": 1}),
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [(0.0, 1.0, (1, 0, 0)), (1.0, 0.0, (0, 1, 0)), (0.1 + 0.2, 0.3, (0, 0, 1))],
)
def test_more_is_better_of_a_score_and_less_of_cost_and_latency(
    before: float, after: float, expected: tuple[int, int, int]
) -> None:
    first = {"a": [result("a", score("q", before), cost=int(before * 10), latency_us=int(before * 10))]}
    other = {"a": [result("a", score("q", after), cost=int(after * 10), latency_us=int(after * 10))]}
    better, worse, equal = expected
    quality, cost, latency = tally(first, other, {})
    assert quality == Tally(
        measure="q",
        is_score=True,
        direction=Direction.HIGHER,
        better=better,
        worse=worse,
        equal=equal,
        different=0,
    )
    if not equal:
        assert (cost.better, cost.worse) == (latency.better, latency.worse) == (worse, better)


@pytest.mark.parametrize(
    ("direction", "expected"),
    [(Direction.HIGHER, (1, 2, 1, 0)), (Direction.LOWER, (2, 1, 1, 0)), (Direction.NONE, (0, 0, 1, 3))],
)
def test_the_direction_of_a_score_says_which_way_is_better(
    direction: Direction, expected: tuple[int, int, int, int]
) -> None:
    first = {item: [result(item, score("q", 0.5))] for item in "abcd"}
    other = {item: [result(item, score("q", value))] for item, value in zip("abcd", (1, 0.5, 0, 0.25), strict=True)}
    quality = tally(first, other, {"q": direction, "cost": Direction.HIGHER})[0]
    assert (quality.better, quality.worse, quality.equal, quality.different) == expected
    assert quality.direction is direction


def test_only_items_that_both_have_a_value_of_count_and_repetitions_with_their_mean() -> None:
    first = {"a": [result("a", score("q", 0)), result("a", score("q", 1))], "b": [result("b")], "c": [result("c")]}
    other = {"a": [result("a", score("q", 0.5))], "b": [result("b", score("q", 1))]}
    quality, cost, _ = tally(first, other, {})
    assert (quality.better, quality.worse, quality.equal) == (0, 0, 1)
    assert (cost.better, cost.worse, cost.equal) == (0, 0, 0)
