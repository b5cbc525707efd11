"""From requests to events: what every span becomes, which are refused, what is said once."""

import json
from hashlib import blake2b
from typing import Any

import msgspec
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
    assert event.values["mapper"] == "otlp/1"
    assert event.values["type"] == "SPAN"
    assert event.derived == {}


def test_values_hold_only_fields_of_the_merge_table() -> None:
    attributes = {
        "langfuse.trace.name": "t", "user.id": "u", "session.id": "s", "langfuse.trace.public": True,
        "gen_ai.operation.name": "chat", "gen_ai.request.model": "m", "gen_ai.usage.input_tokens": 1,
        "gen_ai.agent.name": "a", "gen_ai.tool.name": "t", "langfuse.observation.completion_start_time": "2025-10-09T09:00:00Z",
    }  # fmt: skip
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
    batch = decode(group([span(number=1, **{side: value}), span(number=2)]))
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


def test_decoding_again_gives_equal_events() -> None:
    body = as_protobuf(group([span(number=number, attributes={"user.id": "u"}) for number in range(1, 9)]))
    assert decode_protobuf(body) == decode_protobuf(body)


class TestTraces:
    def test_a_root_tells_its_trace_by_derivation_only(self) -> None:
        [trace] = traces(decode_span({"input.value": "q", "output.value": "a", "k": 1}, name="root"))
        assert trace.entity_id == TRACE_ID
        assert trace.event_id == f"{1:016x}"
        assert trace.values == {}
        assert {key: trace.derived[key] for key in ("name", "input", "output")} == {
            "name": "root",
            "input": "q",
            "output": "a",
        }
        assert trace.derived.keys() == {"name", "input", "output", "resource", "scope"}
        assert trace.derived_metadata == {"attributes": {"k": 1}}
        assert trace.metadata is None

    def test_a_child_without_trace_attributes_tells_nothing(self) -> None:
        assert traces(decode_span({"gen_ai.request.model": "m", "langfuse.version": "2"}, parent_id=ROOT_ID)) == []

    def test_a_child_with_trace_attributes_tells_them_and_nothing_of_its_own(self) -> None:
        attributes = {
            "user.id": "u", "session.id": "s", "langfuse.trace.name": "t", "langfuse.trace.tags": ["b", "a"],
            "langfuse.trace.public": True, "langfuse.version": "v", "langfuse.release": "r",
            "langfuse.trace.metadata.tenant": "acme", "langfuse.trace.input": "q", "input.value": "mine",
        }  # fmt: skip
        [trace] = traces(decode_span(attributes, parent_id=ROOT_ID, name="child"))
        assert trace.values == {
            "name": "t", "user_id": "u", "session_id": "s", "public": True, "version": "v", "release": "r", "input": "q",
        }  # fmt: skip
        assert sorted(trace.tags) == ["a", "b"]
        assert trace.metadata == {"tenant": "acme"}
        assert (trace.derived, trace.derived_metadata) == ({}, None)

    def test_explicit_trace_facts_beside_the_roots_own(self) -> None:
        attributes = {"langfuse.trace.name": "told", "langfuse.trace.output": "told out", "langfuse.observation.output": "own",
                      "langfuse.observation.input": "in"}  # fmt: skip
        [trace] = traces(
            decode_span(attributes, name="own name", resource={"service.version": "1.2", "langfuse.release": "r"})
        )
        assert trace.values == {"name": "told", "output": "told out", "release": "r"}
        assert trace.derived["input"] == "in"
        assert trace.derived["version"] == "1.2"
        assert not {"name", "output"} & trace.derived.keys()

    @pytest.mark.parametrize("key", ["langfuse.internal.as_root", "langfuse.internal.is_app_root"])
    @pytest.mark.parametrize("value", [True, "true"])
    def test_a_declared_root_is_one_though_it_has_a_parent(self, key: str, value: bool | str) -> None:
        [trace] = traces(decode_span({key: value}, parent_id=ROOT_ID, name="declared"))
        assert trace.derived["name"] == "declared"

    def test_only_the_app_root_is_marked(self) -> None:
        assert values_of({"langfuse.internal.is_app_root": True})["is_app_root"] is True
        assert "is_app_root" not in values_of({"langfuse.internal.as_root": True})

    def test_equal_facts_of_many_spans_are_told_once_with_the_latest_stamp(self) -> None:
        spans = [
            span(number=number, parent_id=ROOT_ID, end_ns=END_NS + (number % 5) * 1000, attributes={"user.id": "u"})
            for number in range(1, 9)
        ]
        [trace] = traces(decode(group(spans)))
        assert (trace.at_us, trace.event_id) == (END_NS // 1000 + 4, f"{4:016x}")

    def test_other_facts_or_another_trace_are_told_apart(self) -> None:
        spans = [
            span(number=1, parent_id=ROOT_ID, attributes={"user.id": "u"}),
            span(number=2, parent_id=ROOT_ID, attributes={"user.id": "v"}),
            span(number=3, parent_id=ROOT_ID, attributes={"session.id": "u"}),
            span(number=4, parent_id=ROOT_ID, attributes={"user.id": "u"}, trace_id="ab" * 16),
            span(number=5, parent_id=ROOT_ID, attributes={"user.id": True}),
            span(number=6, parent_id=ROOT_ID, attributes={"user.id": 1}),
        ]
        assert len(traces(decode(group(spans)))) == len(spans)

    def test_neither_time_nor_environment_of_a_trace_comes_from_spans(self) -> None:
        [trace] = traces(decode_span({"langfuse.environment": "prod", "user.id": "u"}))
        assert not {"timestamp", "environment"} & (trace.values.keys() | trace.derived.keys())

    @pytest.mark.parametrize(
        ("sent", "tags"),
        [
            (["a", 1, "a", "", True], ["a", "1", "true"]),
            ('["a","b"]', ["a", "b"]),
            ("a, b,,c", ["a", "b", "c"]),
            ("one", ["one"]),
            (7, ["7"]),
        ],
    )
    def test_tags_come_in_many_shapes(self, sent: Any, tags: list[str]) -> None:
        assert traces(decode_span({"tag.tags": sent}))[0].tags == tags

    def test_tags_beyond_200_are_cut_and_counted(self) -> None:
        batch = decode_span({"langfuse.trace.tags": [f"t{number}" for number in range(250)]})
        assert traces(batch)[0].tags == [f"t{number}" for number in range(200)]
        assert [(repair.index, repair.code) for repair in batch.repairs] == [(0, "too_many_tags")]

    @pytest.mark.parametrize(
        ("sent", "public"), [(True, True), ("true", True), (False, False), ("false", False), ("yes", None)]
    )
    def test_public_is_set_only_by_booleans(self, sent: Any, public: bool | None) -> None:
        assert traces(decode_span({"langfuse.trace.public": sent}))[0].values.get("public") is public

    def test_experiments_stay_on_the_observation(self) -> None:
        attributes = {
            "langfuse.experiment.id": "e", "langfuse.experiment.metadata": '{"a": 1}', "langfuse.experiment.metadata.b": "2",
            "langfuse.experiment.dataset.id": "d", "langfuse.experiment.item.id": "i",
            "langfuse.experiment.item.expected_output": "42",
        }  # fmt: skip
        batch = decode_span(attributes, scope="langfuse-sdk")
        expected = {
            "id": "e", "metadata": {"a": 1, "b": "2"}, "dataset": {"id": "d"}, "item": {"id": "i", "expected_output": "42"},
        }  # fmt: skip
        assert observations(batch)[0].metadata == {"experiment": expected}
        assert traces(batch)[0].derived_metadata is None


class TestRepairs:
    def test_nul_becomes_the_replacement_character(self) -> None:
        batch = decode_span({"a\0b": "c\0d", "list": ["\0"], "map": {"\0": "\0"}}, name="n\0")
        [event] = observations(batch)
        assert event.values["name"] == "n\ufffd"
        assert event.metadata == {
            "attributes": {"a\ufffdb": "c\ufffdd", "list": ["\ufffd"], "map": {"\ufffd": "\ufffd"}}
        }  # fmt: skip

    def test_lone_surrogates_in_json_become_the_replacement_character(self) -> None:
        body = as_json(group([span(attributes={"a": "MARK"})]))
        body = body.replace(b"MARK", rb"\ud83d\ude00 \ud800 \udc00x \\ud800 \u0000 \\\ud800")
        [event] = observations(decode_json(body))
        assert event.metadata == {"attributes": {"a": "\U0001f600 \ufffd \ufffdx \\ud800 \ufffd \\\ufffd"}}

    def test_text_that_is_not_utf8_is_repaired_in_both_encodings(self) -> None:
        plain = group([span(number=1, attributes={"a": "MARKED"}), span(number=2)])
        for body, decoded in ((as_json(plain), decode_json), (as_protobuf(plain), decode_protobuf)):
            batch = decoded(body.replace(b"MARKED", b"ab\xff\xed\xa0\x80"))
            first, second = observations(batch)
            assert first.metadata == {"attributes": {"a": "ab\ufffd\ufffd\ufffd\ufffd"}}
            assert second.entity_id == f"{2:016x}"

    def test_numbers_that_json_has_not_become_text(self) -> None:
        attributes = {"a": float("nan"), "b": float("inf"), "c": [float("-inf")], "d": 1.5}
        [event] = observations(decode_span(attributes))
        assert event.metadata == {"attributes": {"a": "NaN", "b": "Infinity", "c": ["-Infinity"], "d": 1.5}}

    def test_bare_nan_in_json_is_taken_for_its_text(self) -> None:
        body = as_json(group([span(attributes={"a": 2.5})])).replace(b"2.5", b"NaN")
        assert observations(decode_json(body))[0].metadata == {"attributes": {"a": "NaN"}}

    def test_integers_beyond_64_bits_become_text(self) -> None:
        body = as_json(group([span(attributes={"a": 1, "b": 2**63 - 1, "c": 3})]))
        body = body.replace(b'"intValue": "1"', b'"intValue": 99999999999999999999999')
        body = body.replace(b'"intValue": "3"', b'"intValue": "18446744073709551616"')
        assert observations(decode_json(body))[0].metadata == {
            "attributes": {"a": "99999999999999999999999", "b": 2**63 - 1, "c": "18446744073709551616"}
        }

    def test_json_inside_metadata_keeps_large_integers_as_text(self) -> None:
        sent = '{"big": 99999999999999999999, "fits": 9223372036854775807, "bad": "\\u0000\\ud800"}'
        [event] = observations(decode_span({"langfuse.observation.metadata": sent}, scope="langfuse-sdk"))
        assert event.metadata == {"big": "99999999999999999999", "fits": 2**63 - 1, "bad": "\ufffd\ufffd"}
        msgspec.msgpack.encode(event)

    def test_nesting_beyond_200_is_refused_and_the_neighbour_stored(self) -> None:
        deep: Any = "x"
        for _ in range(201):
            deep = [deep]
        batch = decode_json(as_json(group([span(number=1, attributes={"a": deep}), span(number=2)])))
        assert [rejection.index for rejection in batch.rejections] == [0]
        assert len(observations(batch)) == 1

    @pytest.mark.parametrize("depth", [5, 45, 60, 200])
    def test_nesting_up_to_200_is_taken(self, depth: int) -> None:
        deep: Any = "x"
        for _ in range(depth):
            deep = [deep]
        plain = group([span(attributes={"a": deep})])
        wire = _nested_protobuf(depth)
        for batch in (decode_json(as_json(plain)), decode_protobuf(wire)):
            assert observations(batch)[0].metadata == {"attributes": {"a": deep}}

    @pytest.mark.parametrize("depth", [201, 5_000])
    def test_deep_nesting_in_protobuf_is_refused_alone(self, depth: int) -> None:
        batch = decode_protobuf(_nested_protobuf(depth) + as_protobuf(group([span(number=2)])))
        assert [(rejection.index, rejection.code) for rejection in batch.rejections] == [(0, "too_deeply_nested")]
        assert [event.entity_id for event in observations(batch)] == [f"{2:016x}"]

    def test_a_nesting_bomb_in_json_is_refused_alone(self) -> None:
        document = json_document(group([span(number=1, attributes={"a": "BOMB"}), span(number=2)]))
        bomb = b'{"arrayValue":{"values":[' * 100_000 + b"]}}" * 100_000
        body = json.dumps(document).encode().replace(b'{"stringValue": "BOMB"}', bomb)
        batch = decode_json(body)
        assert [rejection.index for rejection in batch.rejections] == [0]
        assert [event.entity_id for event in observations(batch)] == [f"{2:016x}"]

    def test_metadata_text_nested_beyond_200_is_refused(self) -> None:
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


class TestLooseJson:
    @pytest.mark.parametrize(
        "bad",
        [
            {"traceId": 5},
            {"traceId": {"no": "buffer"}},
            {"attributes": {}},
            {"events": "none"},
            {"name": 7},
            {"attributes": [{"key": "a", "value": {"stringValue": 5}}]},
            {"startTimeUnixNano": "soon"},
            {"startTimeUnixNano": "-5"},
        ],
    )
    def test_a_misshapen_span_is_refused_alone(self, bad: dict[str, Any]) -> None:
        document = json_document(group([span(number=1), span(number=2), span(number=3)]))
        document["resourceSpans"][0]["scopeSpans"][0]["spans"][1].update(bad)
        batch = decode_json(json.dumps(document).encode())
        assert [(rejection.index, rejection.event_id) for rejection in batch.rejections] == [(1, f"{2:016x}")]
        assert len(observations(batch)) == 2

    def test_a_misshapen_resource_costs_no_span(self) -> None:
        document = json_document(group([span()]))
        document["resourceSpans"][0]["resource"] = {"attributes": "none"}
        assert len(observations(decode_json(json.dumps(document).encode()))) == 1

    def test_a_misshapen_group_is_one_rejection(self) -> None:
        document = json_document(group([span()]))
        document["resourceSpans"] += [7, {"scopeSpans": [{"spans": {}}]}]
        batch = decode_json(json.dumps(document).encode())
        assert [rejection.index for rejection in batch.rejections] == [1, 2]
        assert len(observations(batch)) == 1

    @pytest.mark.parametrize(
        ("sent", "kept"),
        [
            ({"intValue": 7}, 7),
            ({"intValue": "-7"}, -7),
            ({"intValue": 7.0}, 7),
            ({"intValue": {"low": 1, "high": 1, "unsigned": False}}, 2**32 + 1),
            ({"intValue": {"low": -1, "high": -1, "unsigned": False}}, -1),
            ({"doubleValue": 7}, 7.0),
            ({"doubleValue": "2.5"}, 2.5),
            ({"doubleValue": "-Infinity"}, "-Infinity"),
            ({"bytesValue": "aGk="}, "aGk="),
            ({"stringValue": ""}, ""),
        ],
    )
    def test_values_come_in_many_spellings(self, sent: dict[str, Any], kept: Any) -> None:
        document = json_document(group([span()]))
        document["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["attributes"] = [{"key": "a", "value": sent}]
        [event] = observations(decode_json(json.dumps(document).encode()))
        assert event.metadata == {"attributes": {"a": kept}}
        assert type((event.metadata or {})["attributes"]["a"]) is type(kept)

    def test_ids_are_lowered_hex_and_anything_else_verbatim(self) -> None:
        document = json_document(group([span()]))
        document["resourceSpans"][0]["scopeSpans"][0]["spans"][0].update(traceId="ABCDEF", spanId="My-Span")
        [event, _] = decode_json(json.dumps(document).encode()).events
        assert (event.values["trace_id"], event.entity_id) == ("abcdef", "My-Span")

    def test_ids_as_bytes_become_hex(self) -> None:
        document = json_document(group([span()]))
        document["resourceSpans"][0]["scopeSpans"][0]["spans"][0].update(
            traceId=[171, 205], spanId={"type": "Buffer", "data": [1, 255]}
        )
        [event, _] = decode_json(json.dumps(document).encode()).events
        assert (event.values["trace_id"], event.entity_id) == ("abcd", "01ff")

    def test_status_may_be_named(self) -> None:
        document = json_document(group([span()]))
        document["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["status"] = {"code": "STATUS_CODE_ERROR"}
        assert observations(decode_json(json.dumps(document).encode()))[0].values["level"] == "ERROR"
