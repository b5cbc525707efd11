"""OTLP JSON to spans, by Structs of our own: protobuf's JSON reader takes hex ids for base64."""

import re
from typing import Any, Final, TypeVar

import msgspec

from panope.domain.errors import InvalidError
from panope.wire import jsontext
from panope.wire.otlp import bodies
from panope.wire.otlp.limits import MAX_SPANS, check_count, check_json
from panope.wire.otlp.values import read_id, read_integer, read_real
from panope.wire.semconv.span import Scope, Span, SpanEvent, SpanGroup, SpanLink, SpanRefusedError, UnreadableSpan
from panope.wire.semconv.text import MAX_NESTING, clean_escapes

_Part = TypeVar("_Part")

_decode_request = msgspec.json.Decoder(bodies.RequestBody).decode
_decode_loose = msgspec.json.Decoder(bodies.LooseRequest).decode
_FAILURES: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

_UNUSUAL = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|-?Infinity|NaN', re.DOTALL)
_SUSPECT = re.compile(rb"[\x00-\x1f]|\\u[dD][89a-fA-F]")
_UNSAFE = re.compile(
    rb"[\x00-\x1f]|\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[dD][89a-fA-F][0-9a-fA-F]{2}|.)",
    re.DOTALL,
)
_MAX_LEVELS: Final = 620
"""Levels of JSON that reach a value nested `MAX_NESTING` deep, with some to spare."""
_STATUS: Final = {"STATUS_CODE_OK": 1, "STATUS_CODE_ERROR": 2}


def read_json(body: bytes) -> list[SpanGroup]:
    """Spans of a request body. Raises `InvalidError` when it is no OTLP trace export in JSON, `TooLargeError`.

    When any part of it is not as it should be, each span is read by itself, so that only the bad ones are refused, and
    known which of them were repaired.
    """
    check_json(body)
    try:
        request = None if _UNUSUAL.search(body) else _decode_request(body)
    except _FAILURES:
        request = None
    if request is None:
        return _read_loosely(body)
    if request.resource_spans is None:
        _require_spans(_decode_loose(body))
    check_count(len(request.resource_spans or ()))
    check_count(sum(len(resource_spans.scope_spans or ()) for resource_spans in request.resource_spans or ()))
    groups = []
    count = 0
    for resource_spans in request.resource_spans or ():
        repairs: set[str] = set()
        resource = _resource(resource_spans.resource, repairs)
        for scope_spans in resource_spans.scope_spans or ():
            scope = _scope(scope_spans.scope, repairs)
            count += len(scope_spans.spans or ())
            check_count(count)
            groups.append(
                SpanGroup(resource, scope, [_safe_span(span, set()) for span in scope_spans.spans or ()], repairs)
            )
            repairs = set()
    return groups


def _require_spans(request: bodies.LooseRequest) -> None:
    signals = {"logs": request.resource_logs, "metrics": request.resource_metrics}
    for signal, sent in signals.items():
        if bytes(sent) != b"null":
            raise _malformed(
                f"The body carries {signal}; this address takes traces only. Point the {signal} exporter elsewhere."
            )


def _malformed(message: str) -> InvalidError:
    return InvalidError(message, code="malformed_otlp")


def _mend(body: bytes) -> bytes:
    """Make readable what can be: bare NaN, control characters, lone surrogates, nesting that would exhaust the stack.

    What is nested too deep becomes 0, which no span may hold in place of a value: that span is refused.
    """
    if len(body) > jsontext.MAX_REPAIRED_BYTES:
        raise msgspec.DecodeError("too large to be repaired")
    body = jsontext.prune(body.removeprefix(b"\xef\xbb\xbf"), _MAX_LEVELS, b"0")
    return _TOKEN.sub(_mended_token, body)


def _mended_token(match: re.Match[bytes]) -> bytes:
    token = match.group()
    if token[:1] != b'"':
        return b'"%s"' % token
    return _UNSAFE.sub(_mended_escape, token) if _SUSPECT.search(token) else token


def _mended_escape(match: re.Match[bytes]) -> bytes:
    """Write as NUL what no reader takes, so that the span it lies in is known to need a repair."""
    found = match.group()
    if len(found) == 1:
        return b"\\u%04x" % found[0]
    return rb"\u0000" if len(found) == len(rb"\u0000") else found


def _read_loosely(body: bytes) -> list[SpanGroup]:
    try:
        try:
            request = _decode_loose(body)
        except _FAILURES:
            request = _decode_loose(_mend(body))
    except _FAILURES as error:
        message = "The body is no OTLP trace export in JSON; check the exporter's endpoint, protocol and compression."
        raise _malformed(message) from error
    if request.resource_spans is None:
        _require_spans(request)
    check_count(len(request.resource_spans or ()))
    groups: list[SpanGroup] = []
    count = 0
    for raw in request.resource_spans or ():
        resource_spans = _decode(raw, bodies.LooseResourceSpans)
        if resource_spans is None:
            groups.append(_unreadable_group("resourceSpans"))
            continue
        repairs: set[str] = set()
        resource = _resource(_decode(resource_spans.resource, bodies.ResourceBody, repairs), repairs)
        check_count(len(groups) + len(resource_spans.scope_spans or ()))
        for scope_spans in resource_spans.scope_spans or ():
            groups.append(_read_scope_spans(resource, scope_spans, repairs, MAX_SPANS - count))
            count += len(groups[-1].spans)
            repairs = set()
    return groups


def _read_scope_spans(resource: dict[str, Any], raw: msgspec.Raw, repairs: set[str], most: int) -> SpanGroup:
    scope_spans = _decode(raw, bodies.LooseScopeSpans)
    if scope_spans is None:
        return _unreadable_group("scopeSpans")
    check_count(len(scope_spans.spans or ()) + MAX_SPANS - most)
    scope = _scope(_decode(scope_spans.scope, bodies.ScopeBody, repairs), repairs)
    return SpanGroup(resource, scope, [_read_span(span) for span in scope_spans.spans or ()], repairs)


def _unreadable_group(what: str) -> SpanGroup:
    message = f"An element of {what} is not as OTLP has it: arrays must be arrays, objects objects."
    return SpanGroup({}, Scope(), [UnreadableSpan("unknown", "malformed_span", message)])


def _read_span(raw: msgspec.Raw) -> Span | UnreadableSpan:
    repairs: set[str] = set()
    message = _decode(raw, bodies.SpanBody, repairs)
    if message is not None:
        return _safe_span(message, repairs)
    known = _decode(raw, bodies.SpanIdBody, set())
    span_id = known.span_id if known is not None and isinstance(known.span_id, str) else "unknown"
    text = (
        f"It is not as OTLP has it: attributes, events and links are arrays, values typed objects like "
        f'{{"stringValue": "…"}}, nested at most {MAX_NESTING} levels.'
    )
    return UnreadableSpan(span_id, "malformed_span", text)


def _decode(raw: msgspec.Raw, shape: type[_Part], repairs: set[str] | None = None) -> _Part | None:
    """Read one part, its texts repaired unless it holds further ones unread, which repair their own."""
    try:
        return msgspec.json.decode(raw if repairs is None else _legible(bytes(raw), repairs), type=shape)
    except _FAILURES:
        return None


def _legible(part: bytes, repairs: set[str]) -> bytes:
    """Replace NUL, lone surrogates and bytes that are not UTF-8 by U+FFFD."""
    legible, is_changed = jsontext.repair_utf8(part)
    if _UNUSUAL.search(legible) and len(part) > jsontext.MAX_REPAIRED_BYTES:
        raise msgspec.DecodeError("too large to be repaired")
    if _UNUSUAL.search(legible):
        legible = clean_escapes(legible.decode()).encode()
    if is_changed or legible != part:
        repairs.add(jsontext.RepairCode.TEXT.value)
    return legible


def _safe_span(message: bodies.SpanBody, repairs: set[str]) -> Span | UnreadableSpan:
    try:
        return _span(message, repairs)
    except SpanRefusedError as error:
        span_id = message.span_id if isinstance(message.span_id, str) else "unknown"
        return UnreadableSpan(span_id, error.code, error.message)


def _span(message: bodies.SpanBody, repairs: set[str]) -> Span:
    status = message.status
    code = status.code if status is not None else None
    return Span(
        _id(message.trace_id, "traceId"),
        _id(message.span_id, "spanId"),
        _id(message.parent_span_id, "parentSpanId"),
        message.name or "",
        _time(message.start_time_unix_nano),
        _time(message.end_time_unix_nano),
        _attributes(message.attributes, repairs),
        [
            SpanEvent(event.name or "", _time(event.time_unix_nano), _attributes(event.attributes, repairs))
            for event in message.events or ()
        ],
        [
            SpanLink(_id(link.trace_id, "traceId"), _id(link.span_id, "spanId"), _attributes(link.attributes, repairs))
            for link in message.links or ()
        ],
        (_STATUS.get(code, 0) if isinstance(code, str) else code) or 0,
        (status.message or "") if status is not None else "",
        repairs,
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


def _resource(resource: bodies.ResourceBody | None, repairs: set[str]) -> dict[str, Any]:
    try:
        return _attributes(resource.attributes, repairs) if resource is not None else {}
    except SpanRefusedError:
        return {}


def _scope(scope: bodies.ScopeBody | None, repairs: set[str]) -> Scope:
    if scope is None:
        return Scope()
    try:
        attributes = _attributes(scope.attributes, repairs)
    except SpanRefusedError:
        attributes = {}
    return Scope(scope.name or "", scope.version or "", attributes)


def _attributes(pairs: bodies.Pairs, repairs: set[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pair in pairs or ():
        value = pair.value
        if value is None:
            continue
        plain: Any = value.string_value
        if plain is None:
            plain = _value(value, MAX_NESTING, repairs)
        if plain is not None:
            found[pair.key] = plain
    return found


def _value(value: bodies.ValueBody | None, depth: int, repairs: set[str]) -> Any:
    if value is None:
        return None
    if value.array_value is None and value.kvlist_value is None:
        return _scalar(value, repairs)
    if depth <= 0:
        raise SpanRefusedError("too_deeply_nested", f"A value is nested deeper than {MAX_NESTING} levels.")
    if value.array_value is not None:
        return [_value(child, depth - 1, repairs) for child in value.array_value.values or ()]
    pairs = value.kvlist_value.values if value.kvlist_value is not None else ()
    return {pair.key: _value(pair.value, depth - 1, repairs) for pair in pairs or ()}


def _scalar(value: bodies.ValueBody, repairs: set[str]) -> Any:
    if value.string_value is not None:
        return value.string_value
    if value.int_value is not None:
        number: Any = read_integer(value.int_value)
    elif value.bool_value is not None:
        return value.bool_value
    elif value.double_value is not None:
        number = read_real(value.double_value)
    else:
        return value.bytes_value
    if isinstance(number, str):
        repairs.add(jsontext.RepairCode.NUMBER.value)
    return number
