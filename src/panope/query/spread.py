"""How numbers are spread: bins for a small chart, and the value that so many of them do not exceed."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from math import ceil
from typing import Final

from msgspec import Struct

Number = int | float
Counted = Sequence[tuple[Number, int]]
"""Values with how often each occurs, in rising order; at least one."""

BINS: Final = 20
_SKEWED: Final = 50
"""So many times its middle value a largest one makes even bins useless: nearly everything would be in the first."""


class Bin(Struct, frozen=True):
    """How many values lie from a lower bound on and below an upper one; the last bin holds its upper bound too."""

    low: Number
    high: Number
    count: int


def spread(values: Counted) -> list[Bin]:
    """Bins of one width, or where few values are far larger than the others, of widths that grow.

    Whole numbers have whole edges. One bin when all values are the same.
    """
    low, high = values[0][0], values[-1][0]
    if low == high:
        return [Bin(low, high, sum(count for _, count in values))]
    edges = _edges(low, high, rank(values, 50), is_whole=all(isinstance(value, int) for value, _ in values))
    found = [value for value, _ in values]
    below = [0, *accumulate(count for _, count in values)]
    bounds = [0, *(below[bisect_left(found, edge)] for edge in edges[1:-1]), below[-1]]
    return [Bin(edges[at], edges[at + 1], bounds[at + 1] - bounds[at]) for at in range(len(edges) - 1)]


def rank(values: Counted, percent: float) -> Number:
    """The smallest value that at least so many percent of the values do not exceed."""
    wanted = ceil(sum(count for _, count in values) * percent / 100)
    seen = 0
    for value, count in values:
        seen += count
        if seen >= wanted:
            return value
    return values[-1][0]


def _edges(low: Number, high: Number, middle: Number, *, is_whole: bool) -> list[Number]:
    """Rising edges from the smallest value to the largest."""
    if low >= 0 and middle > 0 and high > _SKEWED * middle:
        first = middle / 8
        factor = (high / first) ** (1 / (BINS - 1))
        inner: list[Number] = [first * factor**number for number in range(BINS - 1)]
    else:
        width = high / BINS - low / BINS
        inner = [low + width * number for number in range(1, BINS)]
    if is_whole:
        inner = [round(edge) for edge in inner]
    return [low, *sorted({edge for edge in inner if low < edge < high}), high]
