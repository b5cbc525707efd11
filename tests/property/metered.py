"""Generated metrics queries over the generated histories, with scores of every type."""

from typing import Any

from hypothesis import strategies as st

from panope.domain.events import EntityKind, TelemetryEvent
from panope.domain.rollups import HOUR_US
from panope.query.ast import ALWAYS
from panope.query.grid import Grid, clock_grid
from panope.query.metrics.ast import TIME, Aggregation, Granularity, Metric, MetricsQuery, MetricsView, Order
from panope.query.metrics.registry import FIELDS, TAG, TYPE_DIMENSIONS, VIEWS, Unit
from tests.support.asked import nodes
from tests.support.histories.made import OBSERVATION_IDS, SECOND_US, START_US, TRACE_IDS, events, times

_BUCKETED = {
    MetricsView.OBSERVATIONS: ("environment", "type", "provided_model_name", "start_time_month"),
    MetricsView.TRACES: ("environment", "name", "timestamp_month"),
}
_ADDED = (
    *(Metric(name, Aggregation.SUM) for name in ("count", "input_tokens", "output_tokens", "total_tokens")),
    *(Metric(name, Aggregation.AVG) for name in ("count", "input_tokens", "total_tokens")),
    *(Metric(name, Aggregation.COUNT) for name in ("count", "output_tokens")),
    Metric("total_cost", Aggregation.SUM),
)
_KEYS = ("metadata.a", "metadata.no such key")
_offsets = st.integers(-12, 14).map(lambda hour: hour * HOUR_US) | st.just(5 * HOUR_US + HOUR_US // 2)
_VALUES = {
    "NUMERIC": {"number": 0.75},
    "BOOLEAN": {"number": 1, "data_type": "BOOLEAN"},
    "CATEGORICAL": {"text": "good", "data_type": "CATEGORICAL"},
    "TEXT": {"text": "prose", "data_type": "TEXT"},
}


@st.composite
def _scores(draw: st.DrawFn) -> TelemetryEvent:
    kind = draw(st.sampled_from(sorted(_VALUES)))
    at_us = draw(times)
    values: dict[str, Any] = {"name": "tone", **_VALUES[kind]}
    values |= draw(st.sampled_from([{}, {"trace_id": TRACE_IDS[0]}, {"observation_id": OBSERVATION_IDS[0]}]))
    values |= draw(st.sampled_from([{}, {"session_id": "alpha"}]))
    return TelemetryEvent(
        kind=EntityKind.SCORE,
        entity_id=f"s-{kind}",
        event_id=f"s-{kind}",
        at_us=at_us,
        values=values,
        derived={"timestamp": at_us},
    )


worlds = st.lists(st.one_of(events(), events(), events(), _scores()), min_size=1, max_size=20)
"""Histories that take two and a half hours around midnight."""

_moments = st.one_of(
    times,
    st.integers(-2, 5).map(lambda hour: START_US // HOUR_US * HOUR_US + hour * HOUR_US),
    st.integers(-60, 200).map(lambda minute: START_US + minute * 60 * SECOND_US),
    st.just(START_US - 40 * 24 * HOUR_US),
)
_hours = st.tuples(st.integers(-120, 120), st.integers(125, 300)).map(
    lambda minutes: (START_US + minutes[0] * 60 * SECOND_US, START_US + sum(minutes) * 60 * SECOND_US)
)
"""Windows with a whole hour in them, and parts of hours around it."""


@st.composite
def _grids(draw: st.DrawFn, from_us: int) -> Grid:
    """Steps by a clock that is put forward or back by an hour or less, or not at all."""
    width_us = draw(st.sampled_from([15, 60, 120, 360, 1440])) * 60 * SECOND_US
    if width_us <= HOUR_US:
        return clock_grid(width_us, from_us, draw(_offsets), ())
    change = draw(st.none() | st.tuples(times, _offsets))
    offset_us = draw(_offsets)
    if change is None:
        return clock_grid(width_us, from_us, offset_us, ())
    at_us = change[0] // HOUR_US * HOUR_US - offset_us % HOUR_US
    return clock_grid(width_us, from_us, offset_us, ((at_us, offset_us + draw(st.sampled_from([-1, 1])) * HOUR_US),))


@st.composite
def metrics_queries(draw: st.DrawFn) -> MetricsQuery:
    """A valid query; half of them are of those that time buckets answer."""
    is_bucketed = draw(st.booleans())
    if is_bucketed:
        view = draw(st.sampled_from(list(_BUCKETED)))
        dimensions = draw(_some(list(_BUCKETED[view])))
        metrics = draw(_some([metric for metric in _ADDED if _fits(view, metric)], least=1))
        fields = {name: FIELDS[view][name] for name in _BUCKETED[view] if name in FIELDS[view]}
    else:
        view = draw(st.sampled_from(list(MetricsView)))
        dimensions = draw(_some([*sorted(set(VIEWS[view].dimensions) - set(TYPE_DIMENSIONS)), TAG, *_KEYS]))
        metrics = draw(_some(_metrics(view), least=1))
        if view is MetricsView.OBSERVATIONS and draw(st.integers(0, 5)) == 0:
            kind = draw(st.sampled_from(sorted(TYPE_DIMENSIONS)))
            dimensions = (*dimensions, kind)
            metrics = (Metric(TYPE_DIMENSIONS[kind], draw(st.sampled_from(list(Aggregation)))),)
        fields = FIELDS[view]
    first, last = draw(_hours) if is_bucketed else sorted(draw(st.tuples(_moments, _moments)))
    granularity = draw(st.none() | st.sampled_from(list(Granularity)) | _grids(first))
    if granularity is Granularity.MINUTE or isinstance(granularity, Grid):
        first = max(first, last - 8 * HOUR_US)
    query = MetricsQuery(
        view=view,
        dimensions=dimensions,
        metrics=metrics,
        where=draw(st.one_of(st.just(ALWAYS), nodes(fields))),
        from_us=first,
        until_us=max(last, first + 1),
        granularity=granularity,
        bins=draw(st.integers(1, 12)),
        limit=draw(st.none() | st.integers(1, 5)),
    )
    return MetricsQuery(**{**_told(query), "order": draw(_orders(query))})


def _told(query: MetricsQuery) -> dict[str, Any]:
    return {name: getattr(query, name) for name in query.__struct_fields__}


def _some(choices: list[Any], least: int = 0) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(st.sampled_from(choices), min_size=least, max_size=3, unique=True).map(tuple)


def _fits(view: MetricsView, metric: Metric) -> bool:
    return metric.measure in VIEWS[view].measures


def _metrics(view: MetricsView) -> list[Metric]:
    measures = VIEWS[view].measures.values()
    return [Metric(found.name, how) for found in measures if not found.by_type for how in found.aggregations]


def _orders(query: MetricsQuery) -> st.SearchStrategy[tuple[Order, ...]]:
    keys: list[str | Metric] = [*query.dimensions, *filter(lambda metric: is_exact(query, metric), query.metrics)]
    if query.granularity is not None:
        keys.append(TIME)
    if not keys:
        return st.just(())
    return st.lists(
        st.builds(Order, st.sampled_from(keys), st.booleans()), max_size=2, unique_by=lambda order: order.key
    ).map(tuple)


def is_exact(query: MetricsQuery, metric: Metric) -> bool:
    """Whether every engine gives the same bits, so that rows can be told apart by it."""
    measure = VIEWS[query.view].measures[metric.measure]
    return measure.unit is not Unit.NUMBER and metric.aggregation is not Aggregation.HISTOGRAM
