"""Bodies made to be slow: each is read or refused, nothing else escapes, and twice the body is twice the work.

Work is what the interpreter does: lines and calls, counted. Time would say more of the machine than of the code.
"""

import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any

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
SIZE = 20_000
"""Bytes of the smaller of two bodies."""
GROWTH = 2.4
"""Times the work at twice the size, at most: sorting and halving are allowed, going through all for each is not."""
FIXED = 2_000
"""Lines and calls that have nothing to do with the size."""

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


def repeated(part: bytes, size: int) -> bytes:
    return part * (size // len(part))


def spans(inner: bytes) -> bytes:
    return b'{"resourceSpans":[{"scopeSpans":[{"spans":[' + inner + b"1]}]}]}"


def field(tag: bytes, body: bytes) -> bytes:
    size, prefix = len(body), tag
    while size > 127:
        prefix += bytes([size & 127 | 128])
        size >>= 7
    return prefix + bytes([size]) + body


SLOW: dict[str, tuple[Callable[[bytes], None], Callable[[int], bytes]]] = {
    "brackets": (ingestion, lambda size: repeated(b"[", size)),
    "empty events": (ingestion, lambda size: b'{"batch":[' + repeated(b"[],", size) + b"1]}"),
    "numbers as events": (ingestion, lambda size: b'{"batch":[' + repeated(b"1,", size) + b"1]}"),
    "texts without end": (ingestion, lambda size: b'{"batch":[' + repeated(b'"",', size)),
    "escapes without end": (ingestion, lambda size: b'{"batch":["' + repeated(b'\\"', size)),
    "NaN as events": (ingestion, lambda size: b'{"batch":[' + repeated(b"NaN,", size) + b"1]}"),
    "NaN in one event": (ingestion, lambda size: batch(EVENT % (b'"input":[' + repeated(b"NaN,", size) + b"1]"))),
    "NaN in every event": (
        ingestion,
        lambda size: batch(*[EVENT % b'"input":[NaN,NaN,NaN,NaN,NaN,NaN,NaN]'] * (size // 130)),
    ),
    "big integers": (ingestion, lambda size: batch(EVENT % (b'"input":[' + repeated(b"1" * 30 + b",", size) + b"1]"))),
    "NUL": (ingestion, lambda size: batch(EVENT % (b'"input":[' + repeated(rb'"\u0000",', size) + b"1]"))),
    "objects in metadata": (ingestion, lambda size: batch(EVENT % (b'"metadata":[' + repeated(b"{},", size) + b"1]"))),
    "many tags": (ingestion, lambda size: batch(EVENT % (b'"tags":[' + repeated(b'"a",', size) + b'"a"]'))),
    "broken frames": (ingestion, lambda size: batch(*[b'{"id":"%s"}' % (b"i" * 380)] * (size // 400))),
    "numbers as scores": (scores, lambda size: b"[" + repeated(b"1,", size) + b"1]"),
    "brackets as scores": (scores, lambda size: repeated(b"[{},", size)),
    "brackets as spans": (otlp_json, lambda size: repeated(b"[", size)),
    "arrays for resources": (otlp_json, lambda size: b'{"resourceSpans":[' + repeated(b"[],", size) + b"1]}"),
    "empty resources": (otlp_json, lambda size: b'{"resourceSpans":[' + repeated(b"{},", size) + b"{}]}"),
    "empty scopes": (otlp_json, lambda size: b'{"resourceSpans":[{"scopeSpans":[' + repeated(b"{},", size) + b"{}]}]}"),
    "empty spans and a bad one": (otlp_json, lambda size: spans(repeated(b"{},", size))),
    "numbers as spans": (otlp_json, lambda size: spans(repeated(b"1,", size))),
    "texts for resources": (otlp_json, lambda size: b'{"resourceSpans":[' + repeated(b'"",', size)),
    "NaN for resources": (otlp_json, lambda size: b'{"resourceSpans":[' + repeated(b"NaN,", size) + b"1]}"),
    "empty attributes": (otlp_json, lambda size: spans(b'{"attributes":[' + repeated(b"{},", size) + b"{}]},")),
    "empty resources in protobuf": (otlp_protobuf, lambda size: repeated(b"\x0a\x00", size)),
    "empty scopes in protobuf": (otlp_protobuf, lambda size: field(b"\x0a", repeated(b"\x12\x00", size))),
    "empty spans in protobuf": (
        otlp_protobuf,
        lambda size: field(b"\x0a", field(b"\x12", repeated(b"\x12\x00", size))),
    ),
    "empty spans and a broken one": (
        otlp_protobuf,
        lambda size: field(b"\x0a", field(b"\x12", repeated(b"\x12\x00", size) + b"\x12\x01\xff")),
    ),
    "groups in protobuf": (otlp_protobuf, lambda size: repeated(b"\x0b", size)),
}


def work_of(decode: Callable[[bytes], None], body: bytes) -> int:
    """Lines and calls of a decoding, whether it reads or refuses."""
    count = 0

    def trace(_frame: FrameType, _event: str, _argument: Any) -> Any:
        nonlocal count
        count += 1
        return trace

    def profile(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal count
        count += event == "c_call"

    before = sys.gettrace(), sys.getprofile()
    sys.settrace(trace)
    sys.setprofile(profile)
    try:
        with suppress(PanopeError):
            decode(body)
    finally:
        sys.settrace(before[0])
        sys.setprofile(before[1])
    return count


@pytest.mark.parametrize("name", SLOW)
def test_twice_the_body_is_twice_the_work_and_it_is_read_or_refused(name: str) -> None:
    decode, make = SLOW[name]
    small, large = (work_of(decode, make(size)) for size in (SIZE, 2 * SIZE))
    assert large <= GROWTH * small + FIXED, f"{small} lines and calls, then {large}"


def test_work_that_grows_with_the_square_is_noticed() -> None:
    def decode(body: bytes) -> None:
        for place in range(len(body)):
            for _ in range(place):
                pass

    small, large = (work_of(decode, bytes(size)) for size in (100, 200))
    assert large > GROWTH * small + FIXED


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
