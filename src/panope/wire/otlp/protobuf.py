"""OTLP protobuf to spans, by the generated messages."""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, Final

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import ScopeSpans
from opentelemetry.proto.trace.v1.trace_pb2 import Span as SpanMessage

from panope.domain.errors import InvalidError
from panope.wire.otlp.limits import check_count
from panope.wire.otlp.salvage import salvage_protobuf
from panope.wire.otlp.values import bytes_text
from panope.wire.semconv.span import Scope, Span, SpanEvent, SpanGroup, SpanLink
from panope.wire.semconv.text import clean, sent_number

_parts: Final[Callable[[SpanMessage], tuple[Any, ...]]] = attrgetter(
    "trace_id", "span_id", "parent_span_id", "name", "start_time_unix_nano", "end_time_unix_nano",
    "attributes", "events", "links",
)  # fmt: skip
# Taken from their classes: looked up in a message, a method is first taken for a field, and an error made of that.
_has_field: Final[Callable[[SpanMessage, str], bool]] = SpanMessage.HasField  # type: ignore[assignment]  # fields are literals
_which_kind: Final[Callable[[AnyValue, str], str | None]] = AnyValue.WhichOneof  # type: ignore[assignment]  # as above


def read_protobuf(body: bytes) -> list[SpanGroup]:
    """Spans of a request body. Raises `InvalidError` when it is no protobuf at all, `TooLargeError` for too many spans.

    The generated parser refuses a whole body for one byte that is not UTF-8 or for deep nesting; then each span is read
    by itself.
    """
    request = ExportTraceServiceRequest()
    try:
        request.ParseFromString(body)
    except Exception as error:
        groups = salvage_protobuf(body)
        if groups is None:
            message = (
                "The body is no OTLP trace export in protobuf; check the exporter's endpoint, protocol and compression."
            )
            raise InvalidError(message, code="malformed_otlp") from error
        return groups
    _check_counts(request)
    groups = []
    ids: dict[bytes, str] = {b"": ""}
    for resource_spans in request.resource_spans:
        repairs: set[str] = set()
        resource = _attributes(resource_spans.resource.attributes, repairs)
        for scope_spans in resource_spans.scope_spans:
            scope = _scope(scope_spans, repairs)
            groups.append(SpanGroup(resource, scope, [_span(span, ids) for span in scope_spans.spans[:]], repairs))
            repairs = set()
    return groups


def _check_counts(request: ExportTraceServiceRequest) -> None:
    check_count(len(request.resource_spans))
    scopes = spans = 0
    for resource_spans in request.resource_spans:
        scopes += len(resource_spans.scope_spans)
        check_count(scopes)
        for scope_spans in resource_spans.scope_spans:
            spans += len(scope_spans.spans)
    check_count(spans)


def _scope(message: ScopeSpans, repairs: set[str]) -> Scope:
    scope = message.scope
    return Scope(clean(scope.name, repairs), clean(scope.version, repairs), _attributes(scope.attributes, repairs))


def _span(message: SpanMessage, ids: dict[bytes, str]) -> Span:
    """One span; `ids` are those of the request that were read already, as most name a trace or a parent again."""
    repairs: set[str] = set()
    trace_id, span_id, parent_id, name, start_ns, end_ns, attributes, events, links = _parts(message)
    for raw in (trace_id, span_id, parent_id):
        if raw not in ids:
            ids[raw] = _id(raw)
    span = Span(
        ids[trace_id],
        ids[span_id],
        ids[parent_id],
        clean(name, repairs) if "\0" in name else name,
        start_ns,
        end_ns,
        _attributes(attributes, repairs),
        repairs=repairs,
    )
    if events:
        span.events = [
            SpanEvent(clean(event.name, repairs), event.time_unix_nano, _attributes(event.attributes, repairs))
            for event in events
        ]
    if links:
        span.links = [
            SpanLink(_id(link.trace_id), _id(link.span_id), _attributes(link.attributes, repairs)) for link in links
        ]
    if _has_field(message, "status"):
        status = message.status
        span.status_code, span.status_message = status.code, clean(status.message, repairs)
    return span


def _id(raw: bytes) -> str:
    """Hex of an id; "" for one that is missing or all zeros."""
    return raw.hex() if raw.strip(b"\0") else ""


def _attributes(pairs: Sequence[KeyValue], repairs: set[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pair in pairs[:]:  # a list: the end of a repeated field is an error that is made and caught
        value = pair.value
        plain: Any = value.string_value  # asked first: most are texts, and which one it is costs as much to ask
        if plain:
            if "\0" in plain:
                plain = clean(plain, repairs)
        else:
            plain = value.int_value or _value(value, _which_kind(value, "value"), repairs)
            if plain is None:
                continue
        key = pair.key
        found[clean(key, repairs) if "\0" in key else key] = plain
    return found


def _value(value: AnyValue, kind: str | None, repairs: set[str]) -> Any:
    if kind == "int_value":
        return value.int_value
    match kind:
        case "array_value":
            return [_value(child, _which_kind(child, "value"), repairs) for child in value.array_value.values]
        case "kvlist_value":
            return {
                clean(pair.key, repairs): _value(pair.value, _which_kind(pair.value, "value"), repairs)
                for pair in value.kvlist_value.values
            }
        case None | "string_value_strindex":
            return None
    return _scalar(value, kind, repairs)


def _scalar(value: AnyValue, kind: str, repairs: set[str]) -> Any:
    if kind == "string_value":
        return clean(value.string_value, repairs)
    if kind == "double_value":
        return sent_number(value.double_value, repairs)
    return bytes_text(value.bytes_value) if kind == "bytes_value" else getattr(value, kind)
