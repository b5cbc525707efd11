"""What each aggregation means, over the values of one group. Engines may work otherwise; they answer the same."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import Any, Final

from panope.domain.errors import InvalidError
from panope.query.metrics.ast import QUANTILES, Aggregation

Number = int | float
Bin = tuple[float, float, float]
"""Lower bound, upper bound, and how many values lie between: from the lower on, below the upper but for the last."""
Value = Number | list[Bin] | None


def aggregate(aggregation: Aggregation, values: Sequence[Any], bins: int) -> Value:
    """One number over the values that are there; the sum of none is 0, of the others all but counts are None."""
    if aggregation in QUANTILES:
        return quantile(sorted(values), QUANTILES[aggregation]) if values else None
    if aggregation is Aggregation.HISTOGRAM:
        return histogram(sorted_runs(list(values)), bins)
    return _SIMPLE[aggregation](values)


def add_up(values: Sequence[Number]) -> Number:
    """Exactly for whole numbers; InvalidError beyond the largest number."""
    if all(isinstance(value, int) for value in values):
        return sum(values)
    try:
        return math.fsum(values)
    except OverflowError:
        raise beyond_numbers() from None


def beyond_numbers() -> InvalidError:
    """The error of a sum that no floating-point number holds."""
    return InvalidError("The values are too large to be added up: ask for their quantiles", code="sum_too_large")


def mean(total: Number, count: int) -> float | None:
    """Total by count; None of nothing."""
    return total / count if count else None


_SIMPLE: Final[dict[Aggregation, Callable[[Sequence[Any]], Number | None]]] = {
    Aggregation.SUM: add_up,
    Aggregation.AVG: lambda values: mean(add_up(values), len(values)),
    Aggregation.COUNT: len,
    Aggregation.MAX: lambda values: max(values, default=None),
    Aggregation.MIN: lambda values: min(values, default=None),
    Aggregation.UNIQ: lambda values: len({value for value in values if value != ""}),
}


def rank(count: int, percent: int) -> tuple[int, int]:
    """Where a quantile of so many sorted values lies: an index, and hundredths of the way to the next one."""
    return divmod((count - 1) * percent, 100)


def between(low: Number, high: Number, hundredths: int) -> float:
    """So far on the way from one value to the next."""
    step = (high - low) * hundredths / 100
    return low + step if math.isfinite(step) else low / 100 * (100 - hundredths) + high / 100 * hundredths


def quantile(ordered: Sequence[Number], percent: int) -> float:
    """By linear interpolation between the two closest ranks, as `percentile_cont` and numpy do by default."""
    index, hundredths = rank(len(ordered), percent)
    low = ordered[index]
    return between(low, ordered[index + 1], hundredths) if hundredths else low


def histogram(runs: Sequence[Sequence[Number]], bins: int) -> list[Bin]:
    """So many bins of one width over the values of sorted runs; one bin when all are the same, none of no values."""
    if not runs:
        return []
    low, high = min(run[0] for run in runs), max(run[-1] for run in runs)
    count = sum(map(len, runs))
    width = high / bins - low / bins
    if not 0 < width < math.inf:
        return [(low, high, float(count))]
    edges = [low, *(low + width * number for number in range(1, bins)), high]
    below = [0, *(sum(bisect_left(run, edge) for run in runs) for edge in edges[1:-1]), count]
    return [(edges[at], edges[at + 1], float(below[at + 1] - below[at])) for at in range(bins)]


_RUN: Final = 50_000
"""Values that are sorted in one go: a few milliseconds in which nothing else can run."""


def sorted_runs(values: list[Any]) -> list[list[Any]]:
    """The values in sorted pieces."""
    return [sorted(values[start : start + _RUN]) for start in range(0, len(values), _RUN)]


def quantile_of_runs(runs: Sequence[Sequence[Number]], percent: int) -> float:
    """`quantile` of the values of several sorted runs, of which at least one has some."""
    index, hundredths = rank(sum(map(len, runs)), percent)
    low = _select(runs, index)
    return between(low, _select(runs, index + 1), hundredths) if hundredths else low


def _select(runs: Sequence[Sequence[Number]], index: int) -> Number:
    """The value at an index of all runs together: each round drops the part of every run on one side of a pivot."""
    if len(runs) == 1:
        return runs[0][index]
    ranges = [(run, 0, len(run)) for run in runs]
    while True:
        longest, start, end = max(ranges, key=lambda found: found[2] - found[1])
        pivot = longest[(start + end) // 2]
        cuts = [(bisect_left(run, pivot, low, high), bisect_right(run, pivot, low, high)) for run, low, high in ranges]
        below = sum(cut[0] - low for cut, (_, low, _) in zip(cuts, ranges, strict=True))
        upto = sum(cut[1] - low for cut, (_, low, _) in zip(cuts, ranges, strict=True))
        if below <= index < upto:
            return pivot
        if index < below:
            ranges = [(run, low, cut[0]) for cut, (run, low, _) in zip(cuts, ranges, strict=True)]
        else:
            index -= upto
            ranges = [(run, cut[1], high) for cut, (run, _, high) in zip(cuts, ranges, strict=True)]
