"""The JSON of an OTLP trace export as Structs: what is not listed is ignored, null means missing."""

from typing import Any, Final

from msgspec import Raw, Struct


class LongParts(Struct):
    """A 64-bit integer in halves, as protobuf.js writes it."""

    low: int
    high: int


Whole = int | str | float | LongParts | None


class ValueBody(Struct, rename="camel"):
    """An AnyValue."""

    string_value: str | None = None
    int_value: Whole = None
    bool_value: bool | None = None
    double_value: float | str | None = None
    array_value: "ArrayBody | None" = None
    kvlist_value: "KeyValuesBody | None" = None
    bytes_value: Any = None


class ArrayBody(Struct):
    """An ArrayValue."""

    values: list[ValueBody] | None = None


class PairBody(Struct):
    """A KeyValue."""

    key: str = ""
    value: ValueBody | None = None


class KeyValuesBody(Struct):
    """A KeyValueList."""

    values: list[PairBody] | None = None


Pairs = list[PairBody] | None


class ResourceBody(Struct):
    """A Resource."""

    attributes: Pairs = None


class ScopeBody(Struct):
    """An InstrumentationScope."""

    name: str | None = None
    version: str | None = None
    attributes: Pairs = None


class EventBody(Struct, rename="camel"):
    """A span event."""

    name: str | None = None
    time_unix_nano: Whole = None
    attributes: Pairs = None


class LinkBody(Struct, rename="camel"):
    """A span link."""

    trace_id: Any = None
    span_id: Any = None
    attributes: Pairs = None


class StatusBody(Struct):
    """A status."""

    code: int | str | None = None
    message: str | None = None


class SpanBody(Struct, rename="camel"):
    """A span."""

    trace_id: Any = None
    span_id: Any = None
    parent_span_id: Any = None
    name: str | None = None
    start_time_unix_nano: Whole = None
    end_time_unix_nano: Whole = None
    attributes: Pairs = None
    events: list[EventBody] | None = None
    links: list[LinkBody] | None = None
    status: StatusBody | None = None


class ScopeSpansBody(Struct):
    """The spans of one scope."""

    scope: ScopeBody | None = None
    spans: list[SpanBody] | None = None


class ResourceSpansBody(Struct, rename="camel"):
    """The scopes of one resource."""

    resource: ResourceBody | None = None
    scope_spans: list[ScopeSpansBody] | None = None


class RequestBody(Struct, rename="camel"):
    """An export request."""

    resource_spans: list[ResourceSpansBody] | None = None


ABSENT: Final = Raw(b"null")


class LooseScopeSpans(Struct):
    """The spans of one scope, unread."""

    scope: Raw = ABSENT
    spans: list[Raw] | None = None


class LooseResourceSpans(Struct, rename="camel"):
    """The scopes of one resource, unread."""

    resource: Raw = ABSENT
    scope_spans: list[Raw] | None = None


class LooseRequest(Struct, rename="camel"):
    """An export request of whatever signal, its parts unread."""

    resource_spans: list[Raw] | None = None
    resource_logs: Raw = ABSENT
    resource_metrics: Raw = ABSENT


class SpanIdBody(Struct, rename="camel"):
    """A span of which only the id is asked for."""

    span_id: Any = None
