"""Numbers for the charts of the web app."""

from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from panope.query.ast import And
from panope.query.metrics.arrange import MetricsRow
from panope.query.metrics.chart import Chart, ChartQuestion
from panope.query.metrics.validate import validate_metrics
from panope.query.question import in_environments
from panope.wire.langfuse.jsonvalues import encode
from panope.wire.langfuse.metrics.answer import scale_of
from panope.wire.langfuse.metrics.names import OWN, column_of, spell, unknown
from panope.wire.langfuse.metrics.request import AUTO, SelectionReader, SentSelection, SentTimeDimension
from panope.wire.langfuse.paging import invalid
from panope.wire.langfuse.requests import read_body
from panope.wire.ui.requests import zone_of

_MINUTE_US: Final = 60_000_000
_WIDTHS: Final = {
    "1m": _MINUTE_US,
    "5m": 5 * _MINUTE_US,
    "30m": 30 * _MINUTE_US,
    "1h": 60 * _MINUTE_US,
    "6h": 360 * _MINUTE_US,
    "1d": 1_440 * _MINUTE_US,
    "1w": 10_080 * _MINUTE_US,
}
_INT64: Final = 2**63


class MetricsRequest(
    SentSelection,
    kw_only=True,
    rename={
        "order_by": "orderBy",
        "from_us": "from",
        "until_us": "to",
        "time_dimension": "timeDimension",
        "previous_period": "previousPeriod",
    },
):
    """A metrics query of the public API over `[from, to)` in µs since the epoch, in steps by the clock of `tz`."""

    from_us: int
    until_us: int
    env: list[str] | None = None
    """Only these environments; without them, all but those that only machinery writes to."""
    tz: str | None = None
    """IANA name of a time zone; UTC without one."""
    time_dimension: SentTimeDimension | None = None
    """`auto`, or 1m, 5m, 30m, 1h, 6h, 1d, 1w."""
    previous_period: bool = False
    """Whether to tell of the window of the same length before, too."""


class MetricsRowBody(Struct, rename="camel", kw_only=True):
    """One group."""

    dimensions: list[str | int | float | bool | list[str] | None]
    """In the order of the request; null is none."""
    start_us: int | None
    """Start of the step of time."""
    values: list[int | float | list[tuple[float, float, float]] | None]
    """In the order of `metrics`; ms, USD, or plain numbers. null: no value, which is not 0."""


class PeriodBody(Struct, rename="camel", kw_only=True):
    """The numbers of a window."""

    rows: list[MetricsRowBody]
    """Only groups that there are: a step without a row is empty."""
    steps: list[int]
    """Starts of the steps of time in µs and, at the end, the end of the last one; empty without steps."""


class MetricsBody(PeriodBody, rename="camel", kw_only=True):
    """The numbers of a chart."""

    metrics: list[str]
    """Such as `p95_latency`, each once."""
    previous: PeriodBody | None


def read_metrics(body: bytes) -> ChartQuestion:
    """Read the body of a request; `InvalidError` says what is wrong and what is possible."""
    sent = read_body(body, MetricsRequest)
    if not -_INT64 // 4 <= sent.from_us < sent.until_us < _INT64 // 4:
        raise invalid(("from",), "must be before to, both in µs since the epoch")
    is_series = sent.time_dimension is not None
    reader = SelectionReader(sent, OWN)
    query = reader.read(sent.from_us, sent.until_us)
    validate_metrics(query, spell=spell)
    query = replace(
        query,
        where=And((query.where, in_environments(tuple(dict.fromkeys(sent.env or ()))))),
        order=reader.order(query, is_series=is_series),
    )
    return ChartQuestion(
        query=query,
        zone=zone_of(sent.tz, ("tz",)),
        is_series=is_series,
        width_us=_width(sent.time_dimension),
        with_previous=sent.previous_period,
    )


def _width(sent: SentTimeDimension | None) -> int | None:
    if sent is None or sent.granularity == AUTO:
        return None
    if sent.granularity not in _WIDTHS:
        raise unknown("There is no such granularity", (AUTO, *_WIDTHS))
    return _WIDTHS[sent.granularity]


def encode_metrics(chart: Chart) -> bytes:
    """Write the numbers of a chart."""
    before = chart.previous
    body = MetricsBody(
        metrics=[column_of(metric) for metric in chart.query.metrics],
        rows=_rows(chart),
        steps=chart.steps,
        previous=None if before is None else PeriodBody(rows=_rows(before), steps=before.steps),
    )
    return encode(body)


def _rows(chart: Chart) -> list[MetricsRowBody]:
    scales = [scale_of(chart.query, metric) for metric in chart.query.metrics]
    return [_row(row, scales) for row in chart.rows]


def _row(row: MetricsRow, scales: list[Any]) -> MetricsRowBody:
    values = [value if value is None else scale(value) for scale, value in zip(scales, row.values, strict=True)]
    dimensions = [list(value) if isinstance(value, tuple) else value for value in row.dimensions]
    return MetricsRowBody(dimensions=dimensions, start_us=row.time_us, values=values)
