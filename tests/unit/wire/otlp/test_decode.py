"""From requests to events: what every span becomes, which are refused, what is said once."""

import json
from hashlib import blake2b
from typing import Any

import pytest

from panope.domain.errors import InvalidError
from panope.domain.events import EntityKind
from panope.domain.merge.fields import FIELDS
from panope.wire.otlp import ExportRefusedError
from tests.unit.wire.otlp.requests import (
    END_NS,
    RECEIVED_US,
    ROOT_ID,
    START_NS,
    TRACE_ID,
    as_protobuf,
    decode,
    decode_json,
    decode_protobuf,
    decode_span,
    group,
    observations,
    span,
    traces,
    values_of,
)

DAY_NS = 86_400_000_000_000


def test_a_span_becomes_one_observation_with_times_in_microseconds() -> None:
    batch = decode_span(name="work", parent_id=ROOT_ID, start_ns=START_NS + 1999, end_ns=END_NS + 999)
    [event] = batch.events
    assert (event.kind, event.entity_id, event.event_id) == (EntityKind.OBSERVATION, f"{1:016x}", f"{1:016x}")
    assert event.at_us == END_NS // 1000
    assert event.values["start_time"] == START_NS // 1000 + 1
    assert event.values["end_time"] == END_NS // 1000
    assert event.values["trace_id"] == TRACE_ID
    assert event.values["parent_id"] == ROOT_ID
    assert event.values["mapper"] == "otlp/3"
    assert event.values["type"] == "SPAN"
    assert event.derived == {}


def test_values_hold_only_fields_of_the_merge_table() -> None:
    attributes = {
        "langfuse.trace.name": "t",
        "user.id": "u",
        "session.id": "s",
        "langfuse.trace.public": True,
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "m",
        "gen_ai.usage.input_tokens": 1,
        "gen_ai.agent.name": "a",
        "gen_ai.tool.name": "t",
        "langfuse.observation.completion_start_time": "2025-10-09T09:00:00Z",
    }
    event = {"name": "exception", "attributes": {"exception.type": "ValueError", "exception.message": "no"}}
    for told in decode_span(attributes, events=[event], status={"code": 2}).events:
        assert told.values.keys() <= FIELDS[told.kind].keys()
        assert told.derived.keys() <= FIELDS[told.kind].keys()


def test_a_missing_start_is_the_end_and_is_only_derived() -> None:
    [event, _] = decode_span(start_ns=0).events
    assert event.derived == {"start_time": END_NS // 1000}
    assert "start_time" not in event.values


def test_a_missing_end_leaves_the_observation_open() -> None:
    [event, _] = decode_span(end_ns=0).events
    assert "end_time" not in event.values
    assert event.at_us == START_NS // 1000


def test_without_any_time_the_receipt_counts() -> None:
    [event, _] = decode_span(start_ns=0, end_ns=0).events
    assert event.derived == {"start_time": RECEIVED_US}
    assert event.at_us == RECEIVED_US


@pytest.mark.parametrize(
    ("value", "code", "word"),
    [
        (START_NS // 1_000_000_000, "wrong_time_unit", "seconds"),
        (START_NS // 1_000_000, "wrong_time_unit", "milliseconds"),
        (START_NS // 1_000, "wrong_time_unit", "microseconds"),
        (1, "time_out_of_range", "2000"),
        (RECEIVED_US * 1000 + DAY_NS + 1000, "time_out_of_range", "ahead"),
    ],
)
@pytest.mark.parametrize("side", ["start_ns", "end_ns"])
def test_times_in_another_unit_are_refused_with_a_hint(side: str, value: int, code: str, word: str) -> None:
    batch = decode(group([{**span(number=1), side: value}, span(number=2)]))
    [rejection] = batch.rejections
    assert (rejection.index, rejection.event_id, rejection.code) == (0, f"{1:016x}", code)
    assert word in rejection.message
    assert [event.entity_id for event in observations(batch)] == [f"{2:016x}"]


def test_a_time_a_day_ahead_is_still_taken() -> None:
    assert decode_span(end_ns=RECEIVED_US * 1000 + DAY_NS).rejections == []


@pytest.mark.parametrize("fields", [{"trace_id": ""}, {"span_id": ""}, {"trace_id": "0" * 32}, {"span_id": "0" * 16}])
def test_a_span_without_an_id_is_refused_and_its_neighbours_are_stored(fields: dict[str, Any]) -> None:
    batch = decode(group([span(number=1), span(number=2, **fields), span(number=3)]))
    assert [(rejection.index, rejection.code) for rejection in batch.rejections] == [(1, "missing_id")]
    assert len(observations(batch)) == 2


@pytest.mark.parametrize("field", ["trace_id", "span_id", "parent_id"])
def test_an_id_beyond_800_bytes_is_refused_and_one_of_800_is_not(field: str) -> None:
    batch = decode(group([span(number=1, **{field: "ab" * 401}), span(number=2, **{field: "ab" * 400})]))
    assert [(rejection.index, rejection.code) for rejection in batch.rejections] == [(0, "id_too_long")]


@pytest.mark.parametrize("key", ["user.id", "session.id"])
def test_a_user_or_session_id_beyond_800_bytes_is_refused(key: str) -> None:
    batch = decode(group([span(number=1, attributes={key: "é" * 401}), span(number=2, attributes={key: "é" * 400})]))
    assert [(rejection.index, rejection.code) for rejection in batch.rejections] == [(0, "id_too_long")]


def test_a_parent_of_zeros_is_no_parent() -> None:
    batch = decode_span(parent_id="0" * 16)
    assert "parent_id" not in observations(batch)[0].values
    assert len(traces(batch)) == 1


def test_when_all_spans_are_refused_the_request_is() -> None:
    with pytest.raises(ExportRefusedError) as refusal:
        decode_protobuf(as_protobuf(group([span(number=1, trace_id=""), span(number=2, start_ns=5)])))
    assert refusal.value.code == "all_spans_rejected"
    assert [rejection.code for rejection in refusal.value.rejections] == ["missing_id", "time_out_of_range"]
    assert "None of the 2 spans" in refusal.value.message


@pytest.mark.parametrize("body", [b"{}", b'{"resourceSpans":[]}', b'{"resourceSpans":null}'])
def test_an_empty_json_request_is_fine(body: bytes) -> None:
    assert decode_json(body).events == []


def test_an_empty_protobuf_request_is_fine() -> None:
    assert decode_protobuf(b"").events == []


@pytest.mark.parametrize("body", [b"", b"[]", b"nonsense", b'{"resourceSpans":5}', b'{"resourceSpans":[', b"\xff\xfe"])
def test_json_that_is_no_export_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidError) as refusal:
        decode_json(body)
    assert refusal.value.code == "malformed_otlp"


@pytest.mark.parametrize("body", [b"\xff\xff\xff", b"nonsense", b'{"resourceSpans":[]}'])
def test_protobuf_that_is_no_export_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidError) as refusal:
        decode_protobuf(body)
    assert refusal.value.code == "malformed_otlp"


@pytest.mark.parametrize(("key", "word"), [("resourceLogs", "logs"), ("resourceMetrics", "metrics")])
def test_another_signal_is_told_where_it_is_wrong(key: str, word: str) -> None:
    with pytest.raises(InvalidError, match=word) as refusal:
        decode_json(json.dumps({key: []}).encode())
    assert refusal.value.code == "malformed_otlp"


def test_logs_in_protobuf_are_refused() -> None:
    from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest  # noqa: PLC0415

    request = ExportLogsServiceRequest()
    record = request.resource_logs.add().scope_logs.add().log_records.add(time_unix_nano=START_NS, severity_text="INFO")
    record.body.string_value = "hello"
    with pytest.raises(InvalidError, match="logs"):
        decode_protobuf(request.SerializeToString())


def test_resource_and_scope_are_stored_once_by_hash() -> None:
    resource = {"service.name": "shop", "answer": 42}
    batch = decode(
        group([span(number=1), span(number=2)], resource=resource), group([span(number=3)], resource=resource)
    )
    scope = '{"attributes":{},"name":"lib","version":"1.0"}'
    texts = ['{"answer":42,"service.name":"shop"}', scope]
    assert [found.json for found in batch.attribute_sets] == texts
    ids = [blake2b(text.encode()).hexdigest()[:16] for text in texts]
    assert [found.id for found in batch.attribute_sets] == ids
    assert {(event.values["resource"], event.values["scope"]) for event in observations(batch)} == {tuple(ids)}


def test_events_and_links_are_kept() -> None:
    link = {"trace_id": "ab" * 16, "span_id": "cd" * 8, "attributes": {"why": "retry"}}
    values = values_of(events=[{"name": "checkpoint", "attributes": {"n": 1}}], links=[link])
    assert values["span_events"] == [{"name": "checkpoint", "timeUnixNano": START_NS + 1, "attributes": {"n": 1}}]
    assert values["links"] == [{"traceId": "ab" * 16, "spanId": "cd" * 8, "attributes": {"why": "retry"}}]


def test_the_sdk_is_named() -> None:
    python = {
        "telemetry.sdk.language": "python",
        "telemetry.sdk.name": "opentelemetry",
        "telemetry.sdk.version": "1.45.2",
    }
    plain = decode_span(resource=python)
    assert (plain.sdk_name, plain.sdk_version) == ("opentelemetry-python", "1.45.2")
    langfuse = decode_span(resource=python, scope="langfuse-sdk", version="5.0.4")
    assert (langfuse.sdk_name, langfuse.sdk_version) == ("langfuse-python", "5.0.4")


def test_a_version_of_any_length_is_taken() -> None:
    batch = decode_span(
        {"langfuse.observation.type": "span"},
        resource={"telemetry.sdk.language": "python"},
        scope="langfuse-sdk",
        version="9" * 5_000,
    )
    assert len(batch.events) == 2


def test_decoding_again_gives_equal_events() -> None:
    body = as_protobuf(group([span(number=number, attributes={"user.id": "u"}) for number in range(1, 9)]))
    assert decode_protobuf(body) == decode_protobuf(body)
