"""Bodies made to be slow: each is read or refused, and nothing else escapes. How long it takes is not tested."""

from collections.abc import Callable
from contextlib import suppress

import pytest

from panope.domain.accounts import Access
from panope.domain.errors import PanopeError
from panope.domain.ids import ProjectId
from panope.wire.jsontext import MAX_REPAIRED_BYTES
from panope.wire.langfuse.ingestion import decode_ingestion, decode_scores
from panope.wire.otlp import decode_otlp
from panope.wire.otlp.limits import MAX_SPANS

RECEIVED_US = 1_800_000_000_000_000
PROJECT = ProjectId("p")
SIZE = 2_000_000

EVENT = b'{"id":"a","type":"trace-create","timestamp":"2027-01-15T07:59:00.000Z","body":{"id":"t",%s}}'


def ingestion(body: bytes) -> None:
    decode_ingestion(body, received_us=RECEIVED_US, project_id=PROJECT, access=Access.PROJECT)


def scores(body: bytes) -> None:
    decode_scores(body, received_us=RECEIVED_US, project_id=PROJECT, new_id=lambda: "id")


def otlp_json(body: bytes) -> None:
    decode_otlp(body, content_type="json", received_us=RECEIVED_US, project_id=PROJECT)


def otlp_protobuf(body: bytes) -> None:
    decode_otlp(body, content_type="protobuf", received_us=RECEIVED_US, project_id=PROJECT)


def batch(*events: bytes) -> bytes:
    return b'{"batch":[' + b",".join(events) + b"]}"


def repeated(part: bytes, size: int = SIZE) -> bytes:
    return part * (size // len(part))


def spans(inner: bytes) -> bytes:
    return b'{"resourceSpans":[{"scopeSpans":[{"spans":[' + inner + b"1]}]}]}"


def field(tag: bytes, body: bytes) -> bytes:
    size, prefix = len(body), tag
    while size > 127:
        prefix += bytes([size & 127 | 128])
        size >>= 7
    return prefix + bytes([size]) + body


SLOW: dict[str, tuple[Callable[[bytes], None], bytes]] = {
    "brackets": (ingestion, repeated(b"[")),
    "empty events": (ingestion, b'{"batch":[' + repeated(b"[],") + b"1]}"),
    "numbers as events": (ingestion, b'{"batch":[' + repeated(b"1,") + b"1]}"),
    "texts without end": (ingestion, b'{"batch":[' + repeated(b'"",')),
    "escapes without end": (ingestion, b'{"batch":["' + repeated(b'\\"')),
    "NaN as events": (ingestion, b'{"batch":[' + repeated(b"NaN,") + b"1]}"),
    "NaN in one event": (ingestion, batch(EVENT % (b'"input":[' + repeated(b"NaN,") + b"1]"))),
    "NaN in 15000 events": (ingestion, batch(*[EVENT % b'"input":[NaN,NaN,NaN,NaN,NaN,NaN,NaN]'] * 15_000)),
    "big integers": (ingestion, batch(EVENT % (b'"input":[' + repeated(b"1" * 30 + b",") + b"1]"))),
    "NUL": (ingestion, batch(EVENT % (b'"input":[' + repeated(rb'"\u0000",') + b"1]"))),
    "objects in metadata": (ingestion, batch(EVENT % (b'"metadata":[' + repeated(b"{},") + b"1]"))),
    "many tags": (ingestion, batch(EVENT % (b'"tags":[' + repeated(b'"a",') + b'"a"]'))),
    "broken frames": (ingestion, batch(*[b'{"id":"%s"}' % (b"i" * 380)] * 20_000)),
    "numbers as scores": (scores, b"[" + repeated(b"1,") + b"1]"),
    "brackets as scores": (scores, repeated(b"[{},")),
    "brackets as spans": (otlp_json, repeated(b"[")),
    "arrays for resources": (otlp_json, b'{"resourceSpans":[' + repeated(b"[],") + b"1]}"),
    "empty resources": (otlp_json, b'{"resourceSpans":[' + repeated(b"{},") + b"{}]}"),
    "empty scopes": (otlp_json, b'{"resourceSpans":[{"scopeSpans":[' + repeated(b"{},") + b"{}]}]}"),
    "empty spans and a bad one": (otlp_json, spans(repeated(b"{},"))),
    "numbers as spans": (otlp_json, spans(repeated(b"1,"))),
    "texts for resources": (otlp_json, b'{"resourceSpans":[' + repeated(b'"",')),
    "NaN for resources": (otlp_json, b'{"resourceSpans":[' + repeated(b"NaN,") + b"1]}"),
    "empty attributes": (otlp_json, spans(b'{"attributes":[' + repeated(b"{},") + b"{}]},")),
    "empty resources in protobuf": (otlp_protobuf, repeated(b"\x0a\x00")),
    "empty scopes in protobuf": (otlp_protobuf, field(b"\x0a", repeated(b"\x12\x00"))),
    "empty spans in protobuf": (otlp_protobuf, field(b"\x0a", field(b"\x12", repeated(b"\x12\x00")))),
    "empty spans and a broken one": (
        otlp_protobuf,
        field(b"\x0a", field(b"\x12", repeated(b"\x12\x00") + b"\x12\x01\xff")),
    ),
    "groups in protobuf": (otlp_protobuf, repeated(b"\x0b")),
}


@pytest.mark.parametrize("name", SLOW)
def test_a_body_made_to_be_slow_is_read_or_refused_and_nothing_else(name: str) -> None:
    decode, body = SLOW[name]
    with suppress(PanopeError):
        decode(body)


def test_json_of_more_objects_than_fit_into_memory_is_refused_before_it_is_read() -> None:
    with pytest.raises(PanopeError) as caught:
        otlp_json(spans(b"{}," * 2_000_001))
    assert caught.value.code == "too_many_objects"


@pytest.mark.parametrize("decode", [ingestion, scores, otlp_json])
def test_a_body_too_large_to_be_repaired_must_be_right(decode: Callable[[bytes], None]) -> None:
    with pytest.raises(PanopeError) as caught:
        decode(b"[NaN," + b" " * MAX_REPAIRED_BYTES + b"1]")
    assert caught.value.code in {"malformed_envelope", "malformed_otlp"}


@pytest.mark.parametrize(
    ("value", "code"), [(rb'"\u0000"', "too_large_to_repair"), (b'"\xff"', "too_large_to_repair"), (b'"good"', None)]
)
def test_an_event_too_large_to_be_repaired_is_refused_alone(value: bytes, code: str | None) -> None:
    large = EVENT % (b'"name":' + value + b',"input":"' + b"x" * MAX_REPAIRED_BYTES + b'"')
    body = batch(EVENT % b'"name":"a"', large, EVENT % b'"name":"b"')
    decoded = decode_ingestion(body, received_us=RECEIVED_US, project_id=PROJECT, access=Access.PROJECT)
    assert [rejection.code for rejection in decoded.rejections] == ([code] if code else [])
    assert len(decoded.events) == (2 if code else 3)


@pytest.mark.parametrize("part", [b"{},", b"1,", rb'{"name":"\u0000"},'])
def test_more_spans_than_a_request_may_hold_are_refused_whole(part: bytes) -> None:
    with pytest.raises(PanopeError, match=f"more than {MAX_SPANS} spans") as caught:
        otlp_json(spans(part * (MAX_SPANS + 1)))
    assert caught.value.code == "too_many_spans"


@pytest.mark.parametrize("more", [b"", b"\x12\x01\xff"])
def test_more_spans_than_a_request_may_hold_are_refused_whole_in_protobuf(more: bytes) -> None:
    with pytest.raises(PanopeError) as caught:
        otlp_protobuf(field(b"\x0a", field(b"\x12", b"\x12\x00" * (MAX_SPANS + 1) + more)))
    assert caught.value.code == "too_many_spans"
