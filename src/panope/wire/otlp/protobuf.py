"""OTLP protobuf to spans, by the generated messages."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import ScopeSpans
from opentelemetry.proto.trace.v1.trace_pb2 import Span as SpanMessage

from panope.domain.errors import InvalidError
from panope.wire.otlp.salvage import salvage_protobuf
from panope.wire.otlp.values import bytes_text, filled_id
from panope.wire.semconv.span import Scope, Span, SpanEvent, SpanGroup, SpanLink
from panope.wire.semconv.text import clean, plain_number


def read_protobuf(body: bytes) -> list[SpanGroup]:
    """Spans of a request body. Raises `InvalidError` when it is no protobuf at all.

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
    return [
        SpanGroup(resource, _scope(scope_spans), [_span(span) for span in scope_spans.spans])
        for resource_spans in request.resource_spans
        for resource in [_attributes(resource_spans.resource.attributes)]
        for scope_spans in resource_spans.scope_spans
    ]


def _scope(message: ScopeSpans) -> Scope:
    scope = message.scope
    return Scope(clean(scope.name), clean(scope.version), _attributes(scope.attributes))


def _span(message: SpanMessage) -> Span:
    status = message.status
    return Span(
        filled_id(message.trace_id.hex()),
        filled_id(message.span_id.hex()),
        filled_id(message.parent_span_id.hex()),
        clean(message.name),
        message.start_time_unix_nano,
        message.end_time_unix_nano,
        _attributes(message.attributes),
        [SpanEvent(clean(event.name), event.time_unix_nano, _attributes(event.attributes)) for event in message.events],
        [
            SpanLink(filled_id(link.trace_id.hex()), filled_id(link.span_id.hex()), _attributes(link.attributes))
            for link in message.links
        ],
        status.code,
        clean(status.message),
    )


def _attributes(pairs: Iterable[KeyValue]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pair in pairs:
        value = pair.value
        kind = value.WhichOneof("value")
        if kind == "string_value":
            text = value.string_value
            plain: Any = clean(text) if "\0" in text else text
        elif kind == "int_value":
            plain = value.int_value
        else:
            plain = _value(value, kind)
        if plain is not None:
            key = pair.key
            found[clean(key) if "\0" in key else key] = plain
    return found


def _value(value: AnyValue, kind: str | None) -> Any:
    match kind:
        case "array_value":
            return [_value(child, child.WhichOneof("value")) for child in value.array_value.values]
        case "kvlist_value":
            pairs = value.kvlist_value.values
            return {clean(pair.key): _value(pair.value, pair.value.WhichOneof("value")) for pair in pairs}
        case None | "string_value_strindex":
            return None
    return _SCALARS[kind](getattr(value, kind))


_SCALARS: Final[dict[str, Callable[[Any], Any]]] = {
    "string_value": clean,
    "int_value": int,
    "bool_value": bool,
    "double_value": plain_number,
    "bytes_value": bytes_text,
}
