"""What a chart asks: a metrics query whose steps of time go by the clock of whoever looks."""

from zoneinfo import ZoneInfo

from msgspec import Struct

from panope.query.metrics.arrange import MetricsRow
from panope.query.metrics.ast import MetricsQuery


class ChartQuestion(Struct, frozen=True, kw_only=True):
    """One question."""

    query: MetricsQuery
    """Without a granularity."""
    zone: ZoneInfo
    is_series: bool = False
    """Whether there are steps of time."""
    width_us: int | None = None
    """Of the steps; None: as the window wants it."""
    with_previous: bool = False
    """Whether the window of the same length before is asked for too."""


class Chart(Struct, frozen=True, kw_only=True):
    """One answer."""

    query: MetricsQuery
    rows: list[MetricsRow]
    """Without gaps filled: what is not there is not there."""
    steps: list[int]
    """Starts of the steps and, at the end, the end of the last one; [] without steps. In microseconds."""
    previous: "Chart | None" = None
