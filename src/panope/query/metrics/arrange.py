"""From the groups that an engine found to the rows of an answer: in order, without gaps in time, no more than asked."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from panope.query.metrics.aggregate import Value
from panope.query.metrics.ast import TIME, Aggregation, Metric, MetricsQuery, Order
from panope.query.metrics.windows import starts

DimensionValue = str | int | float | bool | tuple[str, ...] | None


class MetricsRow(Struct, frozen=True):
    """One group: the values of the dimensions, the step of time, and one value per metric, in the query's order."""

    dimensions: tuple[DimensionValue, ...]
    """Text that is not there or empty is None, a list of tags that is not there is ()."""
    time_us: int | None
    """Start of the step; None without a granularity."""
    values: tuple[Value, ...]
    """In units of storage; money and counts are whole and exact, quantiles are interpolated between exact values."""


Key = Callable[[MetricsRow], Any]


def arrange(query: MetricsQuery, rows: Iterable[MetricsRow]) -> list[MetricsRow]:
    """Fill the gaps of a series that has no order of its own, sort, cut."""
    found = list(rows)
    if query.granularity is not None and not query.order:
        found += _fillers(query, found)
    for key, descending in reversed(_keys(query)):
        # Null is last in either direction, so that it is sorted apart; each sort keeps the order of the one before.
        known = sorted((row for row in found if key(row) is not None), key=key, reverse=descending)
        found = known + [row for row in found if key(row) is None]
    return found if query.limit is None else found[: query.limit]


def order_of(query: MetricsQuery) -> tuple[Order, ...]:
    """The order that is asked for, or that of nobody asking; with every dimension at the end, so that it is whole."""
    told = query.order or _default_order(query)
    rest = tuple(Order(name) for name in (TIME, *query.dimensions))
    named = {order.key for order in told}
    return told + tuple(order for order in rest if order.key not in named and _is_selected(query, order))


def _default_order(query: MetricsQuery) -> tuple[Order, ...]:
    first = next((metric for metric in query.metrics if metric.aggregation is not Aggregation.HISTOGRAM), None)
    by_metric = (Order(first, descending=True),) if first is not None else ()
    return (Order(TIME), *by_metric) if query.granularity is not None else by_metric


def _is_selected(query: MetricsQuery, order: Order) -> bool:
    return order.key != TIME or query.granularity is not None


def _fillers(query: MetricsQuery, rows: Sequence[MetricsRow]) -> list[MetricsRow]:
    """A row of zeros for each step of time without any."""
    assert query.granularity is not None
    known = {row.time_us for row in rows}
    until_us = query.until_us if query.filled_until_us is None else query.filled_until_us
    nothing: tuple[Value, ...] = tuple(
        [] if metric.aggregation is Aggregation.HISTOGRAM else 0 for metric in query.metrics
    )
    return [
        MetricsRow((None,) * len(query.dimensions), start_us, nothing)
        for start_us in starts(query.from_us, until_us, query.granularity)
        if start_us not in known
    ]


def _keys(query: MetricsQuery) -> list[tuple[Key, bool]]:
    return [(_key(query, order), order.descending) for order in order_of(query)]


def _key(query: MetricsQuery, order: Order) -> Key:
    if order.key == TIME:
        return lambda row: row.time_us
    if isinstance(order.key, str):
        at = query.dimensions.index(order.key)
        return lambda row: _comparable(row.dimensions[at])
    place = query.metrics.index(order.key)
    return lambda row: row.values[place]


def _comparable(value: DimensionValue) -> DimensionValue:
    """Tags as the text that stores hold."""
    if isinstance(value, tuple):
        return msgspec.json.encode(value).decode() if value else None
    return value


def _zero(metric: Metric) -> Value:
    return [] if metric.aggregation is Aggregation.HISTOGRAM else 0
