"""Rows of an answer: milliseconds and USD where storage has microseconds and 10⁻¹² USD."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from panope.domain.usage import PICO_PER_USD
from panope.query.metrics.arrange import MetricsRow
from panope.query.metrics.ast import Aggregation, Granularity, Metric, MetricsQuery
from panope.query.metrics.registry import VIEWS, Unit
from panope.query.metrics.windows import day_of
from panope.wire.langfuse.metrics.names import TIME, column_of, spell
from panope.wire.langfuse.times import format_time

_US_PER_MS: Final = 1_000
_SCALES: Final = {Unit.DURATION: _US_PER_MS, Unit.MONEY: PICO_PER_USD}
_TIMES: Final = frozenset({Granularity.MINUTE, Granularity.HOUR})
_encode: Final = msgspec.json.Encoder().encode


def encode_answer(query: MetricsQuery, rows: Sequence[MetricsRow]) -> bytes:
    """The body of the answer."""
    names = [spell(name) for name in query.dimensions]
    columns = [(column_of(metric), scale_of(query, metric)) for metric in query.metrics]
    return _encode({"data": [_row(query, names, columns, row) for row in rows]})


def _row(
    query: MetricsQuery, names: list[str], columns: list[tuple[str, Callable[[Any], Any]]], row: MetricsRow
) -> dict[str, Any]:
    shown: dict[str, Any] = dict(zip(names, row.dimensions, strict=True))
    if row.time_us is not None:
        shown[TIME] = format_time(row.time_us) if query.granularity in _TIMES else day_of(row.time_us)
    for (name, scale), value in zip(columns, row.values, strict=True):
        shown[name] = value if value is None else scale(value)
    return shown


def scale_of(query: MetricsQuery, metric: Metric) -> Callable[[Any], Any]:
    """From units of storage; how many values there are has no unit."""
    unit = VIEWS[query.view].measures[metric.measure].unit
    divisor = 1 if metric.aggregation in (Aggregation.COUNT, Aggregation.UNIQ) else _SCALES.get(unit, 1)
    if metric.aggregation is Aggregation.HISTOGRAM:
        return lambda bins: [(low / divisor, high / divisor, height) for low, high, height in bins]
    return (lambda value: value / divisor) if divisor > 1 else _unchanged


def _unchanged(value: Any) -> Any:
    return value
