"""Whether a metrics query can be asked: what it names exists and fits together. Engines rely on it."""

from collections.abc import Callable, Iterable
from typing import Final

from panope.domain.errors import InvalidError
from panope.query.metrics.ast import TIME, Aggregation, Metric, MetricsQuery, Order
from panope.query.metrics.registry import FIELDS, TYPE_DIMENSIONS, VIEWS, dimension_of
from panope.query.metrics.windows import count_steps
from panope.query.validate import validate_conditions

MAX_DIMENSIONS: Final = 10
MAX_METRICS: Final = 20
MAX_BINS: Final = 100
MAX_LIMIT: Final = 1_000
MAX_STEPS: Final = 20_000
_INT64: Final = 2**63


def validate_metrics(query: MetricsQuery, spell: Callable[[str], str] = str) -> None:
    """Raise InvalidError, saying what is possible, unless every engine can answer the query.

    `spell` makes of a dimension or measure what the caller knows it by.
    """
    _validate_size(query)
    _validate_window(query)
    _validate_dimensions(query)
    for metric in query.metrics:
        _validate_metric(query, metric)
    _validate_types(query, spell)
    for order in query.order:
        _validate_order(query, order)
    validate_conditions(FIELDS[query.view], str(query.view), query.where)


def _validate_size(query: MetricsQuery) -> None:
    if not 1 <= len(query.metrics) <= MAX_METRICS:
        raise _invalid(f"metrics must name 1 to {MAX_METRICS} metrics")
    if len(query.dimensions) > MAX_DIMENSIONS:
        raise _invalid(f"dimensions must name at most {MAX_DIMENSIONS} dimensions")
    if query.limit is not None and not 1 <= query.limit <= MAX_LIMIT:
        raise _invalid(f"the limit of rows must be between 1 and {MAX_LIMIT}")
    if not 1 <= query.bins <= MAX_BINS:
        raise _invalid(f"the number of bins must be between 1 and {MAX_BINS}")


def _validate_window(query: MetricsQuery) -> None:
    if query.from_us >= query.until_us:
        raise _invalid("the window must begin before it ends")
    if not -_INT64 <= query.from_us <= query.until_us < _INT64:
        raise _invalid("the window lies outside of what can be stored")
    if query.granularity is not None:
        steps = count_steps(query.from_us, query.until_us, query.granularity)
        if steps > MAX_STEPS:
            raise _invalid(
                f"the window has {steps:,} steps of one {query.granularity}, and a series may have {MAX_STEPS:,}: "
                "take a wider granularity or a shorter window"
            )


def _validate_dimensions(query: MetricsQuery) -> None:
    for name in query.dimensions:
        if dimension_of(query.view, name) is None:
            known = _listed(VIEWS[query.view].dimensions)
            raise _invalid(f"{query.view} have no dimension {name}; possible: {known}")
    if len(set(query.dimensions)) < len(query.dimensions) or len(set(query.metrics)) < len(query.metrics):
        raise _invalid("a dimension or metric is named twice")


def _validate_metric(query: MetricsQuery, metric: Metric) -> None:
    measure = VIEWS[query.view].measures.get(metric.measure)
    if measure is None:
        raise _invalid(
            f"{query.view} have no measure {metric.measure}; possible: {_listed(VIEWS[query.view].measures)}"
        )
    if metric.aggregation not in measure.aggregations:
        raise _invalid(
            f"{metric.measure} has no aggregation {metric.aggregation}; possible: {_listed(measure.aggregations)}"
        )


def _validate_types(query: MetricsQuery, spell: Callable[[str], str]) -> None:
    """A dimension of types goes with its own measure and the count alone: others would be added once per type."""
    asked = [name for name in query.dimensions if name in TYPE_DIMENSIONS]
    if len(asked) > 1:
        raise _invalid(f"only one of the dimensions {_listed(map(spell, asked))} can be asked for at once")
    measures = VIEWS[query.view].measures
    for metric in query.metrics:
        fits = metric.measure in {"count", *(TYPE_DIMENSIONS[name] for name in asked)}
        if asked and not fits:
            measure = spell(TYPE_DIMENSIONS[asked[0]])
            raise _invalid(f"with the dimension {spell(asked[0])} the measures are {measure} and count")
        if measures[metric.measure].by_type and not asked:
            needed = next(name for name, measure in TYPE_DIMENSIONS.items() if measure == metric.measure)
            raise _invalid(f"the measure {spell(metric.measure)} needs the dimension {spell(needed)}")


def _validate_order(query: MetricsQuery, order: Order) -> None:
    if isinstance(order.key, Metric):
        if order.key not in query.metrics:
            raise _invalid("the order can only name selected metrics")
        if order.key.aggregation is Aggregation.HISTOGRAM:
            raise _invalid("a histogram has no order")
    elif order.key == TIME:
        if query.granularity is None:
            raise _invalid("the order names the time dimension, which is not asked for")
    elif order.key not in query.dimensions:
        raise _invalid(f"the order can only name selected dimensions, which {order.key} is not")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(str(name) for name in names)


def _invalid(message: str) -> InvalidError:
    return InvalidError(f"Invalid metrics query: {message}", code="invalid_query")
