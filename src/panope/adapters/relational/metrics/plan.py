"""What a query needs of each group: the few numbers from which its metrics follow, and which can be added up."""

import operator
from collections.abc import Callable, Sequence
from enum import Enum
from math import isfinite
from typing import Any, Final, NamedTuple

import msgspec

from panope.query.metrics.aggregate import Value, beyond_numbers, histogram, mean, quantile_of_runs, sorted_runs
from panope.query.metrics.ast import QUANTILES, Aggregation, Metric, MetricsQuery
from panope.query.metrics.registry import VIEWS, Unit


class Part(Enum):
    """A number of a group."""

    COUNT = "count"
    """Values that are there."""
    TOTAL = "total"
    """Their sum; None of none."""
    MIN = "min"
    MAX = "max"
    UNIQ = "uniq"
    GATHERED = "gathered"
    """All the values, as texts of JSON arrays."""


class Need(NamedTuple):
    """A part of a measure."""

    part: Part
    measure: str


Groups = dict[tuple[Any, ...], dict[Need, Any]]
"""What was found of each group, by the values of its dimensions and, at the end, the start of its step of time."""

_NEEDS = {
    Aggregation.SUM: (Part.TOTAL,),
    Aggregation.AVG: (Part.TOTAL, Part.COUNT),
    Aggregation.COUNT: (Part.COUNT,),
    Aggregation.MIN: (Part.MIN,),
    Aggregation.MAX: (Part.MAX,),
    Aggregation.UNIQ: (Part.UNIQ,),
    Aggregation.HISTOGRAM: (Part.GATHERED,),
    **dict.fromkeys(QUANTILES, (Part.GATHERED,)),
}


_NOTHING: Final[dict[Part, Any]] = {Part.COUNT: 0, Part.UNIQ: 0, Part.GATHERED: ()}
_UNITED: Final[dict[Part, Callable[[Any, Any], Any]]] = {
    Part.COUNT: operator.add,
    Part.TOTAL: operator.add,
    Part.MIN: min,
    Part.MAX: max,
    Part.GATHERED: operator.add,
}
"""How the parts of two groups become one; how many values differ does not follow."""
_decode_integers: Final = msgspec.json.Decoder(list[int])
_decode_reals: Final = msgspec.json.Decoder(list[float])


class Plan:
    """The needs of one query, and how its metrics follow from them."""

    def __init__(self, query: MetricsQuery) -> None:
        self._query = query
        listed = [Need(part, metric.measure) for metric in query.metrics for part in _NEEDS[metric.aggregation]]
        self.needs = tuple(dict.fromkeys(listed))

    def nothing(self) -> dict[Need, Any]:
        """What a group without rows has."""
        return {need: _NOTHING.get(need.part) for need in self.needs}

    @property
    def is_additive(self) -> bool:
        """Whether what a group has follows from what parts of it have."""
        return all(need.part in _UNITED for need in self.needs)

    def add(self, groups: Groups, others: Groups) -> None:
        """Add what was found of one part of the rows to what was found of others."""
        ways = [(need, _UNITED[need.part]) for need in self.needs]
        for key, found in others.items():
            known = groups.get(key)
            if known is None:
                groups[key] = found
                continue
            for need, unite in ways:
                known[need] = _either(unite, known[need], found[need])

    def values(self, found: dict[Need, Any]) -> tuple[Value, ...]:
        """The metrics of a group."""
        runs: dict[str, list[list[Any]]] = {}
        return tuple(self._value(metric, found, runs) for metric in self._query.metrics)

    def _value(self, metric: Metric, found: dict[Need, Any], runs: dict[str, list[list[Any]]]) -> Value:
        measure, aggregation = metric.measure, metric.aggregation
        if aggregation is Aggregation.AVG:
            total = found[Need(Part.TOTAL, measure)] or 0
            if not isfinite(total):
                raise beyond_numbers()
            return mean(total, found[Need(Part.COUNT, measure)])
        [part] = _NEEDS[aggregation]
        if part is not Part.GATHERED:
            value: Value = found[Need(part, measure)]
            if isinstance(value, float) and not isfinite(value):
                raise beyond_numbers()
            return 0 if value is None and aggregation is Aggregation.SUM else value
        if measure not in runs:
            runs[measure] = sorted_runs(self._gathered(measure, found[Need(part, measure)]))
        if aggregation is Aggregation.HISTOGRAM:
            return histogram(runs[measure], self._query.bins)
        return quantile_of_runs(runs[measure], QUANTILES[aggregation]) if runs[measure] else None

    def _gathered(self, measure: str, texts: Sequence[str]) -> list[Any]:
        is_real = VIEWS[self._query.view].measures[measure].unit is Unit.NUMBER
        decode = (_decode_reals if is_real else _decode_integers).decode
        return [value for text in texts for value in decode(text)] if len(texts) > 1 else decode(*texts or ("[]",))


def _either(unite: Callable[[Any, Any], Any], one: Any, other: Any) -> Any:
    """Both united; where one is nothing, the other."""
    if one is None or other is None:
        return other if one is None else one
    return unite(one, other)
