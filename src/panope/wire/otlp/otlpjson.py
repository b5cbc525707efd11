"""OTLP JSON to spans, by Structs of our own: protobuf's JSON reader takes hex ids for base64."""

import re
from typing import Any, Final, TypeVar

import msgspec

from panope.domain.errors import InvalidError
from panope.wire.otlp import bodies
from panope.wire.otlp.values import read_id, read_integer, read_real
from panope.wire.semconv.span import Scope, Span, SpanEvent, SpanGroup, SpanLink, SpanRefusedError, UnreadableSpan
from panope.wire.semconv.text import MAX_NESTING, clean_escapes

_Part = TypeVar("_Part")

_decode_request = msgspec.json.Decoder(bodies.RequestBody).decode
_decode_loose = msgspec.json.Decoder(bodies.LooseRequest).decode
_FAILURES: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

_UNUSUAL = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[\]{}]|-?Infinity|NaN', re.DOTALL)
_MAX_LEVELS: Final = 620
"""Levels of JSON that reach a value nested `MAX_NESTING` deep, with some to spare."""
_STATUS: Final = {"STATUS_CODE_OK": 1, "STATUS_CODE_ERROR": 2}


def read_json(body: bytes) -> list[SpanGroup]:
    """Spans of a request body. Raises `InvalidError` when it is no OTLP trace export in JSON.

    When any part of it is not as it should be, each span is read by itself, so that only the bad ones are refused.
    """
    if _UNUSUAL.search(body):
        body = clean_escapes(body.decode("utf-8", "replace")).encode()
    try:
        request = _decode_request(body)
    except _FAILURES:
        return _read_loosely(_mend(body))
    if request.resource_spans is None:
        _require_spans(_decode_loose(body))
    return [
        SpanGroup(resource, _scope(scope_spans.scope), [_safe_span(span) for span in scope_spans.spans or ()])
        for resource_spans in request.resource_spans or ()
        for resource in [_resource(resource_spans.resource)]
        for scope_spans in resource_spans.scope_spans or ()
    ]


def _require_spans(request: bodies.LooseRequest) -> None:
    if request.resource_logs is not None or request.resource_metrics is not None:
        signal = "logs" if request.resource_logs is not None else "metrics"
        raise _malformed(
            f"The body carries {signal}; this address takes traces only. Point the {signal} exporter elsewhere."
        )


def _malformed(message: str) -> InvalidError:
    return InvalidError(message, code="malformed_otlp")


def _mend(body: bytes) -> bytes:
    """Make readable what can be: broken UTF-8, bare NaN and Infinity, nesting that would exhaust the stack.

    What is nested too deep becomes 0, which no span may hold in place of a value: that span is refused.
    """
    body = body.decode("utf-8", "replace").encode()
    kept, start, depth = [], 0, 0
    for token in _TOKEN.finditer(body):
        text = token.group()
        if text in (b"[", b"{"):
            depth += 1
            if depth == _MAX_LEVELS + 1:
                kept += [body[start : token.start()], b"0"]
        elif text in (b"]", b"}"):
            if depth == _MAX_LEVELS + 1:
                start = token.end()
            depth -= 1
        elif text[:1] != b'"' and depth <= _MAX_LEVELS:
            kept += [body[start : token.start()], b'"', text, b'"']
            start = token.end()
    return b"".join([*kept, body[start:]])


def _read_loosely(body: bytes) -> list[SpanGroup]:
    try:
        request = _decode_loose(body)
    except _FAILURES as error:
        message = "The body is no OTLP trace export in JSON; check the exporter's endpoint, protocol and compression."
        raise _malformed(message) from error
    if request.resource_spans is None:
        _require_spans(request)
    groups = []
    for raw in request.resource_spans or ():
        resource_spans = _decode(raw, bodies.LooseResourceSpans)
        if resource_spans is None:
            groups.append(_unreadable_group("resourceSpans"))
            continue
        resource = _resource(_decode(resource_spans.resource, bodies.ResourceBody))
        groups += [_read_scope_spans(resource, scope_spans) for scope_spans in resource_spans.scope_spans or ()]
    return groups


def _read_scope_spans(resource: dict[str, Any], raw: msgspec.Raw) -> SpanGroup:
    scope_spans = _decode(raw, bodies.LooseScopeSpans)
    if scope_spans is None:
        return _unreadable_group("scopeSpans")
    scope = _scope(_decode(scope_spans.scope, bodies.ScopeBody))
    return SpanGroup(resource, scope, [_read_span(span) for span in scope_spans.spans or ()])


def _unreadable_group(what: str) -> SpanGroup:
    message = f"An element of {what} is not as OTLP has it: arrays must be arrays, objects objects."
    return SpanGroup({}, Scope(), [UnreadableSpan("unknown", "malformed_span", message)])


def _read_span(raw: msgspec.Raw) -> Span | UnreadableSpan:
    message = _decode(raw, bodies.SpanBody)
    if message is not None:
        return _safe_span(message)
    known = _decode(raw, bodies.SpanIdBody)
    span_id = known.span_id if known is not None and isinstance(known.span_id, str) else "unknown"
    text = (
        f"It is not as OTLP has it: attributes, events and links are arrays, values typed objects like "
        f'{{"stringValue": "…"}}, nested at most {MAX_NESTING} levels.'
    )
    return UnreadableSpan(span_id, "malformed_span", text)


def _decode(raw: msgspec.Raw, shape: type[_Part]) -> _Part | None:
    try:
        return msgspec.json.decode(raw, type=shape)
    except _FAILURES:
        return None


def _safe_span(message: bodies.SpanBody) -> Span | UnreadableSpan:
    try:
        return _span(message)
    except SpanRefusedError as error:
        span_id = message.span_id if isinstance(message.span_id, str) else "unknown"
        return UnreadableSpan(span_id, error.code, error.message)


def _span(message: bodies.SpanBody) -> Span:
    status = message.status
    code = status.code if status is not None else None
    return Span(
        _id(message.trace_id, "traceId"),
        _id(message.span_id, "spanId"),
        _id(message.parent_span_id, "parentSpanId"),
        message.name or "",
        _time(message.start_time_unix_nano),
        _time(message.end_time_unix_nano),
        _attributes(message.attributes),
        [
            SpanEvent(event.name or "", _time(event.time_unix_nano), _attributes(event.attributes))
            for event in message.events or ()
        ],
        [
            SpanLink(_id(link.trace_id, "traceId"), _id(link.span_id, "spanId"), _attributes(link.attributes))
            for link in message.links or ()
        ],
        (_STATUS.get(code, 0) if isinstance(code, str) else code) or 0,
        (status.message or "") if status is not None else "",
    )


def _id(value: Any, what: str) -> str:
    found = read_id(value)
    if found is None:
        raise SpanRefusedError("malformed_span", f"Its {what} is neither hex text nor an array of bytes.")
    return found


def _time(value: bodies.Whole) -> int:
    if value is None or value == "":
        return 0
    whole = read_integer(value)
    if not isinstance(whole, int):
        raise SpanRefusedError("malformed_span", "A time is no whole number of nanoseconds since 1970.")
    return whole


def _resource(resource: bodies.ResourceBody | None) -> dict[str, Any]:
    try:
        return _attributes(resource.attributes) if resource is not None else {}
    except SpanRefusedError:
        return {}


def _scope(scope: bodies.ScopeBody | None) -> Scope:
    if scope is None:
        return Scope()
    try:
        attributes = _attributes(scope.attributes)
    except SpanRefusedError:
        attributes = {}
    return Scope(scope.name or "", scope.version or "", attributes)


def _attributes(pairs: bodies.Pairs) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pair in pairs or ():
        value = pair.value
        if value is None:
            continue
        plain: Any = value.string_value
        if plain is None:
            plain = _value(value, MAX_NESTING)
        if plain is not None:
            found[pair.key] = plain
    return found


def _value(value: bodies.ValueBody | None, depth: int) -> Any:
    if value is None:
        return None
    if value.array_value is None and value.kvlist_value is None:
        return _scalar(value)
    if depth <= 0:
        raise SpanRefusedError("too_deeply_nested", f"A value is nested deeper than {MAX_NESTING} levels.")
    if value.array_value is not None:
        return [_value(child, depth - 1) for child in value.array_value.values or ()]
    pairs = value.kvlist_value.values if value.kvlist_value is not None else ()
    return {pair.key: _value(pair.value, depth - 1) for pair in pairs or ()}


def _scalar(value: bodies.ValueBody) -> Any:
    if value.string_value is not None:
        return value.string_value
    if value.int_value is not None:
        return read_integer(value.int_value)
    if value.bool_value is not None:
        return value.bool_value
    return value.bytes_value if value.double_value is None else read_real(value.double_value)
