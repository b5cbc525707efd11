"""The `query` parameter of both versions: JSON, read into a query in names and units of storage."""

from typing import Any, Final

import msgspec
from msgspec import Struct

from panope.domain.errors import InvalidError
from panope.query.ast import ALWAYS, And, Node
from panope.query.metrics.ast import DEFAULT_BINS, Granularity, Metric, MetricsQuery, MetricsView, Order
from panope.query.metrics.registry import dimension_of
from panope.query.metrics.validate import MAX_BINS, MAX_LIMIT, validate_metrics
from panope.query.metrics.windows import choose_granularity
from panope.wire.langfuse.filters import MAX_ENTRIES, condition_of, read_entry
from panope.wire.langfuse.metrics.names import TIME, Version, Vocabulary, column_of, spell, unknown
from panope.wire.langfuse.paging import Params, invalid
from panope.wire.langfuse.requests import read_body
from panope.wire.langfuse.times import floor_ms, next_ms, parse_time

AUTO: Final = "auto"


class SentDimension(Struct):
    """What to group by."""

    field: str


class SentMetric(Struct):
    """A number of each group."""

    measure: str
    aggregation: str


class SentTimeDimension(Struct, rename="camel"):
    """Steps of time."""

    granularity: str


class SentOrder(Struct):
    """A key of the order."""

    field: str
    direction: str


class SentConfig(Struct):
    """What bounds an answer."""

    bins: int | None = None
    row_limit: int | None = None


class SentSelection(Struct, kw_only=True, rename="camel"):
    """What is counted and by what; any window of time goes with it."""

    view: str
    metrics: list[SentMetric]
    dimensions: list[SentDimension] | None = None
    filters: list[Any] | None = None
    order_by: list[SentOrder] | None = None
    config: SentConfig | None = None


class _Query(SentSelection, kw_only=True, rename="camel"):
    from_timestamp: str
    to_timestamp: str
    time_dimension: SentTimeDimension | None = None


def read_query(params: Params, version: Version) -> MetricsQuery:
    """Read the query string; InvalidError says what is wrong and what is possible."""
    text = params.text("query")
    if text is None:
        raise invalid(("query",), "is missing: send the query as JSON")
    sent = read_body(text.encode(), _Query, what="parameter query")
    reader = SelectionReader(sent, version)
    first_us = _time(sent.from_timestamp, "fromTimestamp")
    last_us = _time(sent.to_timestamp, "toTimestamp")
    if first_us >= last_us:
        raise invalid(("query", "fromTimestamp"), "must be before toTimestamp")
    query = reader.read(floor_ms(first_us), next_ms(last_us))
    granularity = _granularity(sent.time_dimension, query.from_us, query.until_us)
    # The last moment belongs to the window, and a step that begins with it is not worth a row of zeros.
    query = msgspec.structs.replace(query, granularity=granularity, filled_until_us=query.until_us - 1_000)
    query = msgspec.structs.replace(query, order=reader.order(query, is_series=granularity is not None))
    reader.refuse_rare(query)
    validate_metrics(query, spell=spell)
    return query


def _granularity(sent: SentTimeDimension | None, from_us: int, until_us: int) -> Granularity | None:
    if sent is None:
        return None
    if sent.granularity == AUTO:
        return choose_granularity(from_us, until_us)
    if sent.granularity not in list(Granularity):
        raise unknown("There is no such granularity", (AUTO, *Granularity))
    return Granularity(sent.granularity)


class SelectionReader:
    """Turns what is selected, as it was sent, into one of our queries."""

    def __init__(self, sent: SentSelection, version: Version) -> None:
        views = [str(view) for view in version.views]
        if sent.view not in views:
            raise unknown("There is no such view", views)
        self._sent = sent
        self._version = version
        self._view = MetricsView(sent.view)
        self._names = Vocabulary(version, self._view)

    def read(self, from_us: int, until_us: int) -> MetricsQuery:
        """All of it, about a window; without steps of time and without an order. Not validated."""
        sent, config = self._sent, self._sent.config or SentConfig()
        dimensions = tuple(dict.fromkeys(self._names.dimension(found.field) for found in sent.dimensions or ()))
        metrics = [self._names.metric(found.measure, found.aggregation) for found in sent.metrics]
        return MetricsQuery(
            view=self._view,
            dimensions=dimensions,
            metrics=tuple(dict.fromkeys(metrics)),
            where=self._where(),
            from_us=from_us,
            until_us=until_us,
            bins=_between(config.bins, "bins", MAX_BINS) or DEFAULT_BINS,
            limit=_between(config.row_limit, "row_limit", MAX_LIMIT) or self._version.default_limit,
        )

    def _where(self) -> Node:
        elements = self._sent.filters or []
        if len(elements) > MAX_ENTRIES:
            raise invalid(("query", "filters"), f"holds more than {MAX_ENTRIES} conditions")
        nodes = []
        for index, element in enumerate(elements):
            path = ("query", "filters", index)
            entry = read_entry(element, path)
            if entry.type != "positionInTrace":
                nodes.append(condition_of(self._names.field(entry.column), entry, path).node)
        return And(tuple(nodes)) if nodes else ALWAYS

    def order(self, query: MetricsQuery, *, is_series: bool) -> tuple[Order, ...]:
        """The order that was sent, of what the query selects."""
        keys: dict[str, str | Metric] = {spell(name): name for name in query.dimensions}
        keys |= {column_of(metric): metric for metric in query.metrics}
        if is_series:
            keys[TIME] = TIME
        orders: dict[str | Metric, Order] = {}
        for index, sent in enumerate(self._sent.order_by or ()):
            if sent.direction not in {"asc", "desc"}:
                raise invalid(("query", "orderBy", index, "direction"), "must be asc or desc")
            if sent.field not in keys:
                raise unknown("orderBy can only name what is selected", keys)
            orders.setdefault(keys[sent.field], Order(keys[sent.field], sent.direction == "desc"))
        return tuple(orders.values())

    def refuse_rare(self, query: MetricsQuery) -> None:
        """Raise `InvalidError` where a version does not group by what is different in nearly every row."""
        rare = [spell(name) for name in query.dimensions if _is_rare(query.view, name)]
        if not rare or not self._version.refuses_rare:
            return
        config = self._sent.config
        has_limit = config is not None and config.row_limit is not None
        has_order = any(isinstance(order.key, Metric) and order.descending for order in query.order)
        if query.granularity is not None or not has_limit or not has_order:
            raise InvalidError(
                f"Nearly every row has a {rare[0]} of its own: group by it without timeDimension, with "
                "config.row_limit and with orderBy of a selected metric, direction desc; or use it in filters",
                code="invalid_metrics_query",
            )


def _is_rare(view: MetricsView, name: str) -> bool:
    dimension = dimension_of(view, name)
    return dimension is not None and dimension.is_rare


def _time(text: str, name: str) -> int:
    try:
        return parse_time(text)
    except ValueError:
        raise invalid(("query", name), "must be an ISO 8601 time that ends in Z or an offset") from None


def _between(value: int | None, name: str, most: int) -> int | None:
    if value is not None and not 1 <= value <= most:
        raise invalid(("query", "config", name), f"must be between 1 and {most}")
    return value
