"""What is stored after a repair, and what is refused because none is possible."""

import json
from typing import Any

import msgspec
import pytest

from tests.unit.wire.otlp.requests import (
    as_json,
    as_protobuf,
    decode,
    decode_json,
    decode_protobuf,
    decode_span,
    group,
    json_document,
    observations,
    span,
)


def test_nul_becomes_the_replacement_character() -> None:
    batch = decode_span({"a\0b": "c\0d", "list": ["\0"], "map": {"\0": "\0"}}, name="n\0")
    [event] = observations(batch)
    assert event.values["name"] == "n\ufffd"
    assert event.metadata == {"attributes": {"a\ufffdb": "c\ufffdd", "list": ["\ufffd"], "map": {"\ufffd": "\ufffd"}}}


def test_lone_surrogates_in_json_become_the_replacement_character() -> None:
    body = as_json(group([span(attributes={"a": "MARK"})]))
    body = body.replace(b"MARK", rb"\ud83d\ude00 \ud800 \udc00x \\ud800 \u0000 \\\ud800")
    [event] = observations(decode_json(body))
    assert event.metadata == {"attributes": {"a": "\U0001f600 \ufffd \ufffdx \\ud800 \ufffd \\\ufffd"}}


def test_text_that_is_not_utf8_is_repaired_in_both_encodings() -> None:
    plain = group([span(number=1, attributes={"a": "MARKED"}), span(number=2)])
    for body, decoded in ((as_json(plain), decode_json), (as_protobuf(plain), decode_protobuf)):
        batch = decoded(body.replace(b"MARKED", b"ab\xff\xed\xa0\x80"))
        first, second = observations(batch)
        assert first.metadata == {"attributes": {"a": "ab\ufffd\ufffd\ufffd\ufffd"}}
        assert second.entity_id == f"{2:016x}"


def test_numbers_that_json_has_not_become_text() -> None:
    attributes = {"a": float("nan"), "b": float("inf"), "c": [float("-inf")], "d": 1.5}
    [event] = observations(decode_span(attributes))
    assert event.metadata == {"attributes": {"a": "NaN", "b": "Infinity", "c": ["-Infinity"], "d": 1.5}}


def test_bare_nan_in_json_is_taken_for_its_text() -> None:
    body = as_json(group([span(attributes={"a": 2.5})])).replace(b"2.5", b"NaN")
    assert observations(decode_json(body))[0].metadata == {"attributes": {"a": "NaN"}}


def test_integers_beyond_64_bits_become_text() -> None:
    body = as_json(group([span(attributes={"a": 1, "b": 2**63 - 1, "c": 3})]))
    body = body.replace(b'"intValue": "1"', b'"intValue": 99999999999999999999999')
    body = body.replace(b'"intValue": "3"', b'"intValue": "18446744073709551616"')
    assert observations(decode_json(body))[0].metadata == {
        "attributes": {"a": "99999999999999999999999", "b": 2**63 - 1, "c": "18446744073709551616"}
    }


def test_json_inside_metadata_keeps_large_integers_as_text() -> None:
    sent = '{"big": 99999999999999999999, "fits": 9223372036854775807, "bad": "\\u0000\\ud800"}'
    [event] = observations(decode_span({"langfuse.observation.metadata": sent}, scope="langfuse-sdk"))
    assert event.metadata == {"big": "99999999999999999999", "fits": 2**63 - 1, "bad": "\ufffd\ufffd"}
    msgspec.msgpack.encode(event)


def test_nesting_beyond_200_is_refused_and_the_neighbour_stored() -> None:
    deep: Any = "x"
    for _ in range(201):
        deep = [deep]
    batch = decode_json(as_json(group([span(number=1, attributes={"a": deep}), span(number=2)])))
    assert [rejection.index for rejection in batch.rejections] == [0]
    assert len(observations(batch)) == 1


@pytest.mark.parametrize("depth", [5, 45, 60, 200])
def test_nesting_up_to_200_is_taken(depth: int) -> None:
    deep: Any = "x"
    for _ in range(depth):
        deep = [deep]
    plain = group([span(attributes={"a": deep})])
    wire = _nested_protobuf(depth)
    for batch in (decode_json(as_json(plain)), decode_protobuf(wire)):
        assert observations(batch)[0].metadata == {"attributes": {"a": deep}}


@pytest.mark.parametrize("depth", [201, 5_000])
def test_deep_nesting_in_protobuf_is_refused_alone(depth: int) -> None:
    batch = decode_protobuf(_nested_protobuf(depth) + as_protobuf(group([span(number=2)])))
    assert [(rejection.index, rejection.code) for rejection in batch.rejections] == [(0, "too_deeply_nested")]
    assert [event.entity_id for event in observations(batch)] == [f"{2:016x}"]


def test_a_nesting_bomb_in_json_is_refused_alone() -> None:
    document = json_document(group([span(number=1, attributes={"a": "BOMB"}), span(number=2)]))
    bomb = b'{"arrayValue":{"values":[' * 100_000 + b"]}}" * 100_000
    body = json.dumps(document).encode().replace(b'{"stringValue": "BOMB"}', bomb)
    batch = decode_json(body)
    assert [rejection.index for rejection in batch.rejections] == [0]
    assert [event.entity_id for event in observations(batch)] == [f"{2:016x}"]


def test_metadata_text_nested_beyond_200_is_refused() -> None:
    sent = '{"a":' + "[" * 250 + "]" * 250 + "}"
    batch = decode(group([span(number=1, attributes={"metadata": sent}), span(number=2)]))
    assert [(rejection.index, rejection.code) for rejection in batch.rejections] == [(0, "too_deeply_nested")]


def _field(tag: int, body: bytes) -> bytes:
    size, prefix = len(body), bytes([tag])
    while size > 127:
        prefix += bytes([size & 127 | 128])
        size >>= 7
    return prefix + bytes([size]) + body


def _nested_protobuf(depth: int) -> bytes:
    """A request with one span whose attribute `a` is so many arrays around "x"."""
    value = _field(0x0A, b"x")
    for _ in range(depth):
        value = _field(0x2A, _field(0x0A, value))
    attribute = _field(0x4A, _field(0x0A, b"a") + _field(0x12, value))
    plain = as_protobuf(group([span(number=1)]))
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest  # noqa: PLC0415

    request = ExportTraceServiceRequest.FromString(plain)
    [resource_spans] = request.resource_spans
    [scope_spans] = resource_spans.scope_spans
    body = _field(0x12, scope_spans.spans[0].SerializeToString() + attribute)
    scope = _field(0x0A, scope_spans.scope.SerializeToString())
    return _field(0x0A, _field(0x0A, resource_spans.resource.SerializeToString()) + _field(0x12, scope + body))
