"""OTLP protobuf by hand, for bodies that the generated parser refuses as a whole.

Slower and more patient: text that is not UTF-8 gets U+FFFD where it breaks, nesting may go as deep as the limit, and a
span whose bytes make no sense is refused alone.
"""

from collections.abc import Iterator
from itertools import islice
from struct import unpack_from
from typing import Any, Final

from panope.wire.jsontext import RepairCode
from panope.wire.otlp.limits import MAX_SPANS, check_count
from panope.wire.otlp.values import bytes_text, filled_id
from panope.wire.semconv.span import Scope, Span, SpanEvent, SpanGroup, SpanLink, UnreadableSpan
from panope.wire.semconv.text import MAX_NESTING, clean, sent_number

_VARINT: Final = 0
_FIXED64: Final = 1
_BYTES: Final = 2
_FIXED32: Final = 5
_MAX_VARINT_BYTES: Final = 10
_MASK64: Final = (1 << 64) - 1


class _BrokenError(ValueError):
    """These bytes are no message."""


def salvage_protobuf(body: bytes) -> list[SpanGroup] | None:
    """Spans of a request body, refused ones in their places; None when not even its outer structure holds."""
    groups: list[SpanGroup] = []
    count = 0
    try:
        for number, resource_spans in enumerate(_messages(body, 1), 1):
            check_count(number)
            repairs: set[str] = set()
            resource = _safe_attributes(resource_spans, 1, repairs)
            for scope_spans in _messages(resource_spans, 2):
                check_count(len(groups) + 1)
                scope = _safe_scope(scope_spans, repairs)
                messages = list(islice(_messages(scope_spans, 2), MAX_SPANS + 1 - count))
                count += len(messages)
                check_count(count)
                groups.append(SpanGroup(resource, scope, [_safe_span(span) for span in messages], repairs))
                repairs = set()
    except _BrokenError:
        return None
    return groups


def _varint(body: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(_MAX_VARINT_BYTES):
        if at >= len(body):
            break
        byte = body[at]
        at += 1
        value |= (byte & 0x7F) << (7 * shift)
        if byte < 0x80:
            return value & _MASK64, at
    raise _BrokenError


def _fields(body: bytes) -> Iterator[tuple[int, int, Any]]:
    """Number, wire type and value of each field."""
    at = 0
    while at < len(body):
        tag, at = _varint(body, at)
        number, wire = tag >> 3, tag & 7
        if number == 0:
            raise _BrokenError
        if wire == _VARINT:
            value, at = _varint(body, at)
            yield number, wire, value
            continue
        if wire == _BYTES:
            size, at = _varint(body, at)
        elif wire in (_FIXED64, _FIXED32):
            size = 8 if wire == _FIXED64 else 4
        else:
            raise _BrokenError
        if at + size > len(body):
            raise _BrokenError
        yield number, wire, body[at : at + size]
        at += size


def _messages(body: bytes, wanted: int) -> Iterator[bytes]:
    return (value for number, wire, value in _fields(body) if number == wanted and wire == _BYTES)


def _text(value: bytes, repairs: set[str]) -> str:
    try:
        return clean(value.decode(), repairs)
    except UnicodeDecodeError:
        repairs.add(RepairCode.TEXT.value)
        return clean(value.decode("utf-8", "replace"), repairs)


def _value(body: bytes, depth: int, repairs: set[str]) -> Any:
    if depth < 0:
        raise RecursionError
    found: Any = None
    for number, wire, value in _fields(body):
        match number, wire:
            case 1, 2:
                found = _text(value, repairs)
            case 2, 0:
                found = bool(value)
            case 3, 0:
                found = value - (1 << 64) if value >> 63 else value
            case 4, 1:
                found = sent_number(unpack_from("<d", value)[0], repairs)
            case 5, 2:
                found = [_value(child, depth - 1, repairs) for child in _messages(value, 1)]
            case 6, 2:
                found = dict(_pair(child, repairs, depth - 1) for child in _messages(value, 1))
            case 7, 2:
                found = bytes_text(value)
    return found


def _pair(body: bytes, repairs: set[str], depth: int = MAX_NESTING) -> tuple[str, Any]:
    key, found = "", None
    for number, wire, value in _fields(body):
        if (number, wire) == (1, _BYTES):
            key = _text(value, repairs)
        elif (number, wire) == (2, _BYTES):
            found = _value(value, depth, repairs)
    return key, found


def _attributes(body: bytes, number: int, repairs: set[str]) -> dict[str, Any]:
    pairs = (_pair(pair, repairs) for pair in _messages(body, number))
    return {key: value for key, value in pairs if value is not None}


def _safe_attributes(body: bytes, number: int, repairs: set[str]) -> dict[str, Any]:
    """Attributes of the last message of that number; none when they cannot be read."""
    found: dict[str, Any] = {}
    for message in _messages(body, number):
        try:
            found = _attributes(message, 1, repairs)
        except (_BrokenError, RecursionError):
            found = {}
    return found


def _safe_scope(body: bytes, repairs: set[str]) -> Scope:
    scope = Scope()
    for message in _messages(body, 1):
        try:
            fields = _fields(message)
            texts = {number: _text(value, repairs) for number, wire, value in fields if wire == _BYTES and number < 3}
            scope = Scope(texts.get(1, ""), texts.get(2, ""), _attributes(message, 3, repairs))
        except (_BrokenError, RecursionError):
            scope = Scope()
    return scope


def _safe_span(body: bytes) -> Span | UnreadableSpan:
    try:
        return _span(body)
    except _BrokenError:
        return UnreadableSpan("unknown", "malformed_span", "Its bytes are no span; the exporter is broken.")
    except RecursionError:
        message = (
            f"A value is nested deeper than {MAX_NESTING} levels; send it as text or leave the deepest levels out."
        )
        return UnreadableSpan("unknown", "too_deeply_nested", message)


def _span(body: bytes) -> Span:
    ids = {1: "", 2: "", 4: ""}
    times = {7: 0, 8: 0}
    name, code, message = "", 0, ""
    events, links = [], []
    repairs: set[str] = set()
    for number, wire, value in _fields(body):
        if wire == _BYTES and number in ids:
            ids[number] = filled_id(value.hex())
        elif wire == _FIXED64 and number in times:
            times[number] = unpack_from("<Q", value)[0]
        elif wire == _BYTES and number == 5:
            name = _text(value, repairs)
        elif wire == _BYTES and number == 11:
            events.append(_event(value, repairs))
        elif wire == _BYTES and number == 13:
            links.append(_link(value, repairs))
        elif wire == _BYTES and number == 15:
            code, message = _status(value, repairs)
    attributes = _attributes(body, 9, repairs)
    return Span(ids[1], ids[2], ids[4], name, times[7], times[8], attributes, events, links, code, message, repairs)


def _event(body: bytes, repairs: set[str]) -> SpanEvent:
    name, time_ns = "", 0
    for number, wire, value in _fields(body):
        if (number, wire) == (1, _FIXED64):
            time_ns = unpack_from("<Q", value)[0]
        elif (number, wire) == (2, _BYTES):
            name = _text(value, repairs)
    return SpanEvent(name, time_ns, _attributes(body, 3, repairs))


def _link(body: bytes, repairs: set[str]) -> SpanLink:
    ids = {1: "", 2: ""}
    for number, wire, value in _fields(body):
        if wire == _BYTES and number in ids:
            ids[number] = filled_id(value.hex())
    return SpanLink(ids[1], ids[2], _attributes(body, 4, repairs))


def _status(body: bytes, repairs: set[str]) -> tuple[int, str]:
    code, message = 0, ""
    for number, wire, value in _fields(body):
        if (number, wire) == (2, _BYTES):
            message = _text(value, repairs)
        elif (number, wire) == (3, _VARINT):
            code = value
    return code, message
