"""What came of the items of a run, summed up, and compared with another run. Times in µs, money in 10⁻¹² USD."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean
from typing import Final, Literal

from msgspec import Struct, field

from panope.domain.experiments.items import ItemSource
from panope.domain.experiments.runs import DatasetRun
from panope.domain.scores import ScoreDataType, ScoreRow
from panope.domain.scoring.configs import Direction

_MEDIAN: Final = 0.5
_HIGH: Final = 0.95
_COUNTED: Final = frozenset({ScoreDataType.NUMERIC.value, ScoreDataType.BOOLEAN.value})


class ItemResult(Struct, frozen=True, kw_only=True):
    """What came of one item on one trace."""

    item_id: str
    trace_id: str
    observation_id: str | None = None
    start_us: int
    latency_us: int | None = None
    """None: it has not ended, or its trace has not arrived."""
    cost: int | None = None
    """None: unknown, which is not zero."""
    is_error: bool = False
    scores: Sequence[ScoreRow] = ()


class ScoreSummary(Struct, frozen=True, kw_only=True):
    """The scores of one name and data type."""

    name: str
    data_type: str
    count: int
    mean: float | None = None
    """Of numbers and booleans: for one that is 0 or 1, the accuracy."""
    low: float | None = None
    high: float | None = None
    labels: dict[str, int] = field(default_factory=dict)
    """How often which label was given: of categories and booleans."""


class RunResults(Struct, frozen=True, kw_only=True):
    """What the items of a run come to."""

    items: int
    """Different items of the dataset."""
    traces: int
    """Times that an item was tried: more than items where some were repeated."""
    errors: int
    total_cost: int | None
    """Of what is known; None when nothing is."""
    mean_latency_us: float | None
    median_latency_us: int | None
    high_latency_us: int | None
    """95 of 100 took at most that long."""
    first_us: int | None
    last_us: int | None
    scores: list[ScoreSummary]


class Tally(Struct, frozen=True, kw_only=True):
    """Of the items that both runs have a value of, how many are better, worse or as good as in the first run."""

    measure: str
    """Name of a score, or `cost`, `latency`."""
    is_score: bool
    direction: Direction
    """Which way is better; where neither is, no item is better or worse."""
    better: int
    worse: int
    equal: int
    different: int
    """Neither better nor worse, and not equal."""


class SummedRun(Struct, frozen=True, kw_only=True):
    """A run and what came of it."""

    run: DatasetRun
    sources: list[ItemSource]
    """How its items were told, each the way that stands."""
    results: RunResults
    run_scores: list[ScoreSummary]
    """Scores of the run as a whole."""


class Cell(Struct, frozen=True, kw_only=True):
    """What came of an item in one run."""

    results: list[ItemResult]
    """Latest first."""
    output_preview: str | None
    """Of the latest."""


class ComparedItem(Struct, frozen=True, kw_only=True):
    """One item of the dataset in all the runs that are compared."""

    item_id: str
    cells: list[Cell | None]
    """One per run, in their order; None where the run has not the item."""


class Comparison(Struct, frozen=True, kw_only=True):
    """Runs side by side."""

    runs: list[SummedRun]
    tallies: list[list[Tally]]
    """For each run but the first: how its items fare against the first run's."""
    items: list[ComparedItem]
    total: int
    """Items in all, of which `items` are one page."""


def sum_up(results: Sequence[ItemResult]) -> RunResults:
    """Sum up the items of a run."""
    costs = [result.cost for result in results if result.cost is not None]
    latencies = sorted(result.latency_us for result in results if result.latency_us is not None)
    starts = [result.start_us for result in results]
    return RunResults(
        items=len({result.item_id for result in results}),
        traces=len(results),
        errors=sum(result.is_error for result in results),
        total_cost=sum(costs) if costs else None,
        mean_latency_us=fmean(latencies) if latencies else None,
        median_latency_us=_quantile(latencies, _MEDIAN),
        high_latency_us=_quantile(latencies, _HIGH),
        first_us=min(starts, default=None),
        last_us=max(starts, default=None),
        scores=sum_up_scores(score for result in results for score in result.scores),
    )


def sum_up_scores(scores: Iterable[ScoreRow]) -> list[ScoreSummary]:
    """Sum up scores by (name, data type)."""
    groups: dict[tuple[str, str], list[ScoreRow]] = {}
    for score in scores:
        groups.setdefault((score.name, score.data_type), []).append(score)
    return [_summary(name, data_type, groups[name, data_type]) for name, data_type in sorted(groups)]


def tally(
    first: Mapping[str, Sequence[ItemResult]],
    other: Mapping[str, Sequence[ItemResult]],
    directions: Mapping[str, Direction],
) -> list[Tally]:
    """Compare two runs item by item, by every numeric or boolean score, by cost and by latency, where less is better.

    `directions` says of scores by their name which way is better; of the others more is. An item that was tried several
    times counts with the mean.
    """
    names = sorted({score.name for side in (first, other) for found in side.values() for score in _counted(found)})
    tallies = [
        _tally(
            name,
            directions.get(name, Direction.HIGHER),
            _scores_by_item(first, name),
            _scores_by_item(other, name),
            is_score=True,
        )
        for name in names
    ]
    costs = [
        {item_id: _mean(result.cost for result in found) for item_id, found in side.items()} for side in (first, other)
    ]
    times = [
        {item_id: _mean(result.latency_us for result in found) for item_id, found in side.items()}
        for side in (first, other)
    ]
    return [*tallies, _tally("cost", Direction.LOWER, *costs), _tally("latency", Direction.LOWER, *times)]


def mean_score(results: Sequence[ItemResult], name: str) -> float | None:
    """Mean of the numeric and boolean scores of a name; None without any."""
    return _mean(score.value for score in _counted(results) if score.name == name)


def _tally(
    measure: str,
    direction: Direction,
    first: Mapping[str, float | None],
    other: Mapping[str, float | None],
    *,
    is_score: bool = False,
) -> Tally:
    counts: Counter[str] = Counter()
    for item_id in first.keys() & other.keys():
        before, after = first[item_id], other[item_id]
        if before is not None and after is not None:
            counts[_judge(before, after, direction)] += 1
    return Tally(
        measure=measure,
        is_score=is_score,
        direction=direction,
        better=counts["better"],
        worse=counts["worse"],
        equal=counts["equal"],
        different=counts["different"],
    )


def _judge(before: float, after: float, direction: Direction) -> Literal["better", "worse", "equal", "different"]:
    if math.isclose(before, after, rel_tol=1e-9):
        return "equal"
    if direction is Direction.NONE:
        return "different"
    return "better" if (after > before) == (direction is Direction.HIGHER) else "worse"


def _scores_by_item(side: Mapping[str, Sequence[ItemResult]], name: str) -> dict[str, float | None]:
    return {item_id: mean_score(found, name) for item_id, found in side.items()}


def _counted(results: Iterable[ItemResult]) -> list[ScoreRow]:
    return [score for result in results for score in result.scores if score.data_type in _COUNTED]


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


def _summary(name: str, data_type: str, scores: Sequence[ScoreRow]) -> ScoreSummary:
    values = [score.value for score in scores] if data_type in _COUNTED else []
    labelled = data_type in {ScoreDataType.CATEGORICAL, ScoreDataType.BOOLEAN}
    labels = Counter(score.string_value or "" for score in scores) if labelled else Counter()
    return ScoreSummary(
        name=name,
        data_type=data_type,
        count=len(scores),
        mean=fmean(values) if values else None,
        low=min(values, default=None),
        high=max(values, default=None),
        labels=dict(sorted(labels.items())),
    )


def _quantile(ordered: Sequence[int], part: float) -> int | None:
    """The least value that so large a part of them does not exceed."""
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)] if ordered else None
