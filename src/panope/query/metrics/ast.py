"""The tree of a metrics query, in names and units of storage: µs, 10⁻¹² USD."""

from enum import StrEnum

from msgspec import Struct

from panope.query.ast import ALWAYS, Node
from panope.query.grid import Grid


class MetricsView(StrEnum):
    """What is counted."""

    TRACES = "traces"
    OBSERVATIONS = "observations"
    SCORES_NUMERIC = "scores-numeric"
    """Scores whose value is a number: numeric and boolean ones."""
    SCORES_BOOLEAN = "scores-boolean"
    SCORES_CATEGORICAL = "scores-categorical"


class Aggregation(StrEnum):
    """What becomes of the values of a measure. A value that is not there takes no part in any of them."""

    SUM = "sum"
    AVG = "avg"
    COUNT = "count"
    MAX = "max"
    MIN = "min"
    P50 = "p50"
    P75 = "p75"
    P90 = "p90"
    P95 = "p95"
    P99 = "p99"
    HISTOGRAM = "histogram"
    UNIQ = "uniq"
    """How many different values there are, exactly; empty text is none."""


QUANTILES = {
    Aggregation.P50: 50,
    Aggregation.P75: 75,
    Aggregation.P90: 90,
    Aggregation.P95: 95,
    Aggregation.P99: 99,
}
"""Percent of the values that lie at or below."""


class Granularity(StrEnum):
    """Width of the steps of a time series, all in UTC; weeks begin on Monday."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Metric(Struct, frozen=True):
    """One number of a row: a measure, aggregated."""

    measure: str
    aggregation: Aggregation


TIME = "time_dimension"
"""The time step as a key of the order."""


class Order(Struct, frozen=True):
    """One key of the order: a selected dimension, a selected metric, or `TIME`. Null is last in either direction."""

    key: str | Metric
    descending: bool = False


DEFAULT_BINS = 10


class MetricsQuery(Struct, frozen=True, kw_only=True):
    """One question."""

    view: MetricsView
    metrics: tuple[Metric, ...]
    dimensions: tuple[str, ...] = ()
    where: Node = ALWAYS
    """Conditions on the fields of the view, see `registry.FIELDS`."""
    from_us: int
    """First moment that counts."""
    until_us: int
    """First moment that no longer counts."""
    granularity: Granularity | Grid | None = None
    """The steps of a time series: in UTC, or by a clock; a grid begins at the start of the window or before."""
    filled_until_us: int | None = None
    """Where a series without gaps ends; None: where the window does."""
    order: tuple[Order, ...] = ()
    """Empty: by time, without time by the first metric, largest first, without metrics by the dimensions."""
    limit: int | None = None
    bins: int = DEFAULT_BINS
    """Of a histogram."""
