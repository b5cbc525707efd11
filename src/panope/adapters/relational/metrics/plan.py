"""What a query needs of each group: the few numbers from which its metrics follow, and which can be added up."""

from enum import Enum
from math import isfinite
from typing import Any, NamedTuple

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
    """All the values, as the text of a JSON array; None of none."""


class Need(NamedTuple):
    """A part of a measure."""

    part: Part
    measure: str


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


class Plan:
    """The needs of one query, and how its metrics follow from them."""

    def __init__(self, query: MetricsQuery) -> None:
        self._query = query
        listed = [Need(part, metric.measure) for metric in query.metrics for part in _NEEDS[metric.aggregation]]
        self.needs = tuple(dict.fromkeys(listed))

    def nothing(self) -> dict[Need, Any]:
        """What a group without rows has."""
        return {need: 0 if need.part in (Part.COUNT, Part.UNIQ) else None for need in self.needs}

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

    def _gathered(self, measure: str, text: str | None) -> list[Any]:
        if not text:
            return []
        is_real = VIEWS[self._query.view].measures[measure].unit is Unit.NUMBER
        return msgspec.json.decode(text, type=list[float] if is_real else list[int])
