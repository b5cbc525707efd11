"""Batches: what becomes of good events, bad events and broken envelopes."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panope.domain.accounts import Access
from panope.domain.errors import InvalidError, PanopeError, TooLargeError
from panope.domain.events import EntityKind
from panope.kit.ids import derive_id
from panope.wire.langfuse.answers import encode_ingestion_answer, encode_malformed_answer
from panope.wire.langfuse.events.frames import MAX_EVENTS
from tests.unit.wire.langfuse.sending import (
    PROJECT,
    RECEIVED_US,
    SENT,
    SENT_US,
    decode,
    decode_bytes,
    decode_one,
    frame,
    refuse_one,
    repairs_of,
)

LONG_ID = "ü" * 401

OBSERVATION_TYPES = {
    "event-create": "EVENT",
    "span-create": "SPAN",
    "span-update": "SPAN",
    "generation-create": "GENERATION",
    "generation-update": "GENERATION",
    "agent-create": "AGENT",
    "tool-create": "TOOL",
    "chain-create": "CHAIN",
    "retriever-create": "RETRIEVER",
    "evaluator-create": "EVALUATOR",
    "embedding-create": "EMBEDDING",
    "guardrail-create": "GUARDRAIL",
}


@pytest.mark.parametrize(("kind", "expected"), OBSERVATION_TYPES.items())
def test_event_type_decides_the_type_of_the_observation(kind: str, expected: str) -> None:
    event = decode_one(kind, {"id": "o", "traceId": "t"})
    assert event.kind is EntityKind.OBSERVATION
    assert event.values == {"type": expected, "trace_id": "t"}
    assert event.is_update is kind.endswith("-update")


@pytest.mark.parametrize("suffix", ["create", "update"])
def test_legacy_observation_event_names_its_type_in_the_body(suffix: str) -> None:
    event = decode_one(f"observation-{suffix}", {"id": "o", "type": "GENERATION", "model": "m"})
    assert event.values == {"type": "GENERATION", "model": "m"}
    assert event.is_update is (suffix == "update")


def test_trace_body_becomes_values_in_internal_names_and_units() -> None:
    body = {
        "id": "t",
        "timestamp": "2026-01-02T04:04:04+01:00",
        "name": "run",
        "sessionId": "s",
        "userId": "u",
        "environment": "langfuse-Prod",
        "metadata": {"a": {"b": 1}},
        "release": "r",
        "version": "v",
        "public": True,
        "tags": ["x", "y"],
        "input": "text",
        "output": {"a": [1, 2.50]},
        "externalId": "ignored",
        "unknown": {"ignored": 1},
    }
    event = decode_one("trace-create", body)
    assert (event.kind, event.entity_id, event.event_id, event.at_us) == (EntityKind.TRACE, "t", "event", SENT_US)
    assert event.values == {
        "timestamp": RECEIVED_US - 1_000_000,
        "name": "run",
        "session_id": "s",
        "user_id": "u",
        "environment": "prod",
        "release": "r",
        "version": "v",
        "public": True,
        "input": "text",
        "output": '{"a": [1, 2.5]}',
    }
    assert event.derived == {}
    assert event.metadata == {"a": {"b": 1}}
    assert event.tags == ["x", "y"]


def test_explicit_null_is_kept_apart_from_absence() -> None:
    event = decode_one("trace-create", {"id": "t", "name": None, "sessionId": None, "input": None, "tags": None})
    assert event.values == {"name": None, "session_id": None, "input": None}
    assert event.tags == []


def test_time_that_was_not_sent_is_derived_from_the_frame() -> None:
    trace = decode_one("trace-create", {"id": "t", "timestamp": None})
    span = decode_one("span-update", {"id": "o"})
    assert trace.derived == {"timestamp": SENT_US}
    assert span.derived == {"start_time": SENT_US}


def test_generation_body_becomes_values_in_internal_names_and_units() -> None:
    body = {
        "id": "o",
        "traceId": "t",
        "parentObservationId": "p",
        "name": "call",
        "startTime": SENT,
        "endTime": "2026-01-02T03:04:04.750123Z",
        "completionStartTime": SENT,
        "level": "WARNING",
        "statusMessage": "slow",
        "version": "1",
        "model": "m",
        "modelParameters": {"temperature": 0.5, "stop": ["a"]},
        "usage": {"input": 3, "output": 4, "unit": "TOKENS"},
        "costDetails": {"input": 0.1, "output": 0.2},
        "promptName": "p",
        "promptVersion": 2,
    }
    event = decode_one("generation-create", body)
    assert event.derived == {}
    assert event.values == {
        "type": "GENERATION",
        "trace_id": "t",
        "parent_id": "p",
        "name": "call",
        "start_time": SENT_US,
        "end_time": SENT_US + 250_123,
        "completion_start_time": SENT_US,
        "level": "WARNING",
        "status_message": "slow",
        "version": "1",
        "model": "m",
        "model_parameters": {"temperature": 0.5, "stop": ["a"]},
        "usage": {"input": 3, "output": 4, "total": 7},
        "usage_unit": "TOKENS",
        "usage_sent": '{"usage":{"input": 3, "output": 4, "unit": "TOKENS"}}',
        "cost": {"input": 10**11, "output": 2 * 10**11, "total": 3 * 10**11},
        "cost_sent": '{"input": 0.1, "output": 0.2}',
        "prompt": ["p", 2],
        "mapper": "ingestion/2",
    }


def test_span_takes_no_fields_of_generations() -> None:
    event = decode_one("span-create", {"id": "o", "model": 5, "usage": "none"})
    assert event.values == {"type": "SPAN"}


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ('"plain"', "plain"),
        ('""', ""),
        ('"\\"quoted\\" \\u00e9"', '"quoted" é'),
        ("null", None),
        ("0", "0"),
        ("false", "false"),
        ("1.50", "1.50"),
        ("[]", "[]"),
        ("{}", "{}"),
        ('{"b": 1,  "a":[1.0]}', '{"b": 1,  "a":[1.0]}'),
    ],
)
def test_input_is_the_string_itself_or_the_json_as_sent(sent: str, expected: str | None) -> None:
    body = f'{{"batch":[{{"id":"e","timestamp":"{SENT}","type":"span-create","body":{{"id":"o","input":{sent}}}}}]}}'
    (event,) = decode_bytes(body.encode()).events
    assert event.values["input"] == expected


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"a": 1}, {"a": 1}),
        ({}, {}),
        (None, None),
        ("text", {"metadata": "text"}),
        ([1], {"metadata": [1]}),
        (0, {"metadata": 0}),
        (False, {"metadata": False}),
    ],
)
def test_metadata_of_any_root_becomes_an_object(sent: Any, expected: Any) -> None:
    assert decode_one("span-create", {"id": "o", "metadata": sent}).metadata == expected


@pytest.mark.parametrize("sent", [{}, {"id": None}, {"id": ""}])
def test_missing_body_id_is_derived_from_the_event(sent: dict[str, Any]) -> None:
    first = decode_one("trace-create", sent)
    assert first.entity_id == decode_one("trace-create", sent).entity_id == derive_id("project", "event")
    assert decode_one("trace-create", sent, id="other").entity_id != first.entity_id


def test_empty_reference_refers_to_nothing() -> None:
    event = decode_one("span-create", {"id": "o", "traceId": "", "parentObservationId": ""})
    assert event.values == {"type": "SPAN", "trace_id": None, "parent_id": None}


REFUSALS: list[tuple[str, str, Any, dict[str, Any]]] = [
    ("unknown_type", "trace-update", {"id": "t"}, {}),
    ("unknown_type", "dataset-run-item-create", {"id": "t"}, {}),
    ("wrong_type", "trace-create", {"id": 5}, {}),
    ("wrong_type", "trace-create", {"id": "t", "name": ["x"]}, {}),
    ("wrong_type", "trace-create", {"id": "t", "public": "yes"}, {}),
    ("wrong_type", "trace-create", {"id": "t", "tags": ["a", 1]}, {}),
    ("wrong_type", "trace-create", {"id": "t", "timestamp": 1_767_323_045}, {}),
    ("wrong_type", "trace-create", None, {}),
    ("wrong_type", "trace-create", [], {}),
    ("wrong_type", "generation-create", {"id": "o", "usage": []}, {}),
    ("wrong_type", "generation-create", {"id": "o", "usageDetails": "5"}, {}),
    ("wrong_type", "generation-create", {"id": "o", "costDetails": 5}, {}),
    ("wrong_type", "generation-create", {"id": "o", "modelParameters": "t=0"}, {}),
    ("wrong_type", "observation-create", {"id": "o"}, {}),
    ("wrong_type", "observation-create", {"id": "o", "type": "AGENT"}, {}),
    ("bad_event_id", "trace-create", {"id": "t"}, {"id": ""}),
    ("bad_event_id", "trace-create", {"id": "t"}, {"id": "a\rb"}),
    ("wrong_type", "trace-create", {"id": "t"}, {"id": None}),
    ("wrong_type", "trace-create", {"id": "t"}, {"id": 7}),
    ("wrong_type", "trace-create", {"id": "t"}, {"timestamp": 5}),
    ("wrong_type", "trace-create", {"id": "t"}, {"type": None}),
    ("id_too_long", "trace-create", {"id": "t"}, {"id": LONG_ID}),
    ("id_too_long", "trace-create", {"id": LONG_ID}, {}),
    ("id_too_long", "trace-create", {"id": "t", "sessionId": LONG_ID}, {}),
    ("id_too_long", "trace-create", {"id": "t", "userId": LONG_ID}, {}),
    ("id_too_long", "span-create", {"id": "o", "traceId": LONG_ID}, {}),
    ("id_too_long", "span-create", {"id": "o", "parentObservationId": LONG_ID}, {}),
    ("bad_time", "trace-create", {"id": "t"}, {"timestamp": "2026-01-02T03:04:05"}),
    ("bad_time", "trace-create", {"id": "t"}, {"timestamp": "yesterday"}),
    ("bad_time", "trace-create", {"id": "t"}, {"timestamp": ""}),
    ("bad_time", "span-create", {"id": "o", "startTime": "2026-01-02"}, {}),
    ("bad_time", "span-create", {"id": "o", "endTime": "2026-13-02T03:04:05Z"}, {}),
    ("bad_time", "generation-create", {"id": "o", "completionStartTime": "x" * 100}, {}),
    ("time_out_of_range", "trace-create", {"id": "t"}, {"timestamp": "1999-12-31T23:59:59Z"}),
    ("time_out_of_range", "trace-create", {"id": "t"}, {"timestamp": "2026-01-03T03:04:06Z"}),
    ("time_out_of_range", "trace-create", {"id": "t", "timestamp": "2126-01-01T00:00:00Z"}, {}),
    ("time_out_of_range", "span-create", {"id": "o", "endTime": "0001-01-01T00:00:00+23:59"}, {}),
    ("bad_level", "span-create", {"id": "o", "level": "error"}, {}),
    ("bad_prompt_link", "generation-create", {"id": "o", "promptName": "p"}, {}),
    ("bad_prompt_link", "generation-create", {"id": "o", "promptVersion": 1}, {}),
    ("bad_prompt_link", "generation-create", {"id": "o", "promptName": "p", "promptVersion": 0}, {}),
    ("bad_prompt_link", "generation-create", {"id": "o", "promptName": "p", "promptVersion": 1.5}, {}),
    ("bad_prompt_link", "generation-create", {"id": "o", "promptName": "p", "promptVersion": -1}, {}),
    ("bad_prompt_link", "generation-create", {"id": "o", "promptName": "p", "promptVersion": 10**30}, {}),
    ("name_too_long", "trace-create", {"id": "t", "name": "x" * 1001}, {}),
]


@pytest.mark.parametrize(("code", "kind", "body", "fields"), REFUSALS)
def test_bad_event_is_refused_and_its_neighbours_are_stored(
    code: str, kind: str, body: Any, fields: dict[str, Any]
) -> None:
    assert refuse_one(kind, body, **fields) == code


@pytest.mark.parametrize("bad", [None, 5, "text", [], {}, {"id": "e"}, {"id": "e", "type": "span-create"}])
def test_thing_that_is_no_event_is_refused_alone(bad: Any) -> None:
    batch = decode(frame("trace-create", {"id": "a"}), bad, frame("trace-create", {"id": "b"}))
    assert [event.entity_id for event in batch.events] == ["a", "b"]
    (rejection,) = batch.rejections
    assert rejection.event_id == ("e" if bad and isinstance(bad, dict) else "unknown")
    assert (rejection.index, rejection.status) == (1, 400)


def test_message_of_a_rejection_names_the_key_and_not_the_payload() -> None:
    batch = decode(frame("trace-create", {"id": "t", "public": "secret-payload"}))
    (rejection,) = batch.rejections
    assert "$.public" in rejection.message
    assert "secret-payload" not in rejection.message


@pytest.mark.parametrize("kind", ["trace-create", "span-create", "observation-update"])
def test_public_key_alone_may_only_send_scores(kind: str) -> None:
    score = frame("score-create", {"id": "s", "name": "n", "value": 1, "traceId": "t"})
    batch = decode(frame(kind, {"id": "x"}), score, access=Access.SCORES)
    assert [event.entity_id for event in batch.events] == ["s"]
    (rejection,) = batch.rejections
    assert (rejection.status, rejection.code) == (401, "access_denied")
    assert rejection.message.startswith("Access Scope Denied")


@pytest.mark.parametrize("access", list(Access))
def test_sdk_log_is_neither_accepted_nor_rejected(access: Access) -> None:
    batch = decode(frame("sdk-log", {"log": "text"}), access=access)
    assert (batch.events, batch.acceptances, batch.rejections) == ([], [], [])


def test_acceptances_list_creates_before_updates_by_time_and_events_keep_their_order() -> None:
    batch = decode(
        frame("span-update", {"id": "o"}, id="u", timestamp="2026-01-02T03:00:00Z"),
        frame("span-create", {"id": "o"}, id="c2", timestamp="2026-01-02T03:02:00Z"),
        frame("trace-create", {"id": "t"}, id="c1", timestamp="2026-01-02T03:01:00Z"),
    )
    assert [acceptance.event_id for acceptance in batch.acceptances] == ["c1", "c2", "u"]
    assert [event.event_id for event in batch.events] == ["u", "c2", "c1"]


def test_answer_lists_successes_and_errors() -> None:
    batch = decode(frame("trace-create", {"id": "t"}, id="good"), frame("nonsense", {}, id="bad"), 5)
    answer = json.loads(encode_ingestion_answer(batch))
    assert answer["successes"] == [{"id": "good", "status": 201}]
    assert [(error["id"], error["status"], error["message"]) for error in answer["errors"]] == [
        ("bad", 400, "Invalid request data"),
        ("unknown", 400, "Invalid request data"),
    ]
    assert all(error["error"] for error in answer["errors"])


def test_answer_to_a_denied_event_is_an_authentication_error() -> None:
    answer = json.loads(encode_ingestion_answer(decode(frame("trace-create", {}), access=Access.SCORES)))
    assert answer["successes"] == []
    assert (answer["errors"][0]["status"], answer["errors"][0]["message"]) == (401, "Authentication error")


def test_empty_batch_is_answered_with_two_empty_lists() -> None:
    assert json.loads(encode_ingestion_answer(decode())) == {"successes": [], "errors": []}


def test_request_of_too_many_events_is_refused_whole() -> None:
    for event in (b"{}", json.dumps(frame("trace-create", {})).encode()):
        with pytest.raises(TooLargeError):
            decode_bytes(b'{"batch":[%s]}' % b",".join([event] * (MAX_EVENTS + 1)))


@pytest.mark.parametrize(
    "body", [b"", b"{", b"nonsense", b"[]", b"5", b"null", b"{}", b'{"batch":null}', b'{"batch":{}}', b'{"batch":[}']
)
def test_body_without_a_batch_is_malformed(body: bytes) -> None:
    with pytest.raises(InvalidError) as raised:
        decode_bytes(body)
    assert raised.value.code == "malformed_envelope"
    answer = json.loads(encode_malformed_answer(raised.value))
    assert answer["message"] == "Invalid request data"
    assert isinstance(answer["errors"][0], str)


def test_batch_metadata_tells_the_sdk() -> None:
    body = {"batch": [], "metadata": {"sdk_name": "python", "sdk_version": "2.60.10", "public_key": "pk"}}
    batch = decode_bytes(json.dumps(body).encode())
    assert (batch.sdk_name, batch.sdk_version) == ("python", "2.60.10")


@pytest.mark.parametrize("metadata", [None, [], "text", {"sdk_name": 5}, {"sdk_name": None}])
def test_odd_batch_metadata_is_ignored(metadata: Any) -> None:
    batch = decode_bytes(json.dumps({"batch": [frame("trace-create", {})], "metadata": metadata}).encode())
    assert batch.sdk_name is None
    assert len(batch.events) == 1


def test_too_many_tags_are_cut_to_the_first_two_hundred() -> None:
    batch = decode(frame("trace-create", {"id": "t", "tags": [f"tag{i}" for i in range(250)]}))
    assert batch.events[0].tags == [f"tag{i}" for i in range(200)]
    assert repairs_of(batch) == [(0, "too_many_tags")]


def test_long_name_of_an_observation_is_cut_rather_than_lost() -> None:
    batch = decode(frame("span-create", {"id": "o", "name": "x" * 1500}))
    assert batch.events[0].values["name"] == "x" * 1000
    assert repairs_of(batch) == [(0, "text_cut")]


def test_unusable_usage_is_dropped_and_counted_once_per_event() -> None:
    body = {"id": "o", "usageDetails": {"input": 5, "output": -1, "cache": 0.5}, "costDetails": {"a": -1, "b": "1"}}
    batch = decode(frame("generation-create", body))
    assert batch.events[0].values["usage"] == {"input": 5, "total": 5}
    assert "cost" not in batch.events[0].values
    assert batch.events[0].values["cost_sent"] == '{"a": -1, "b": "1"}'
    assert repairs_of(batch) == [(0, "dropped_usage"), (0, "dropped_cost")]


def test_empty_prompt_link_is_no_link() -> None:
    event = decode_one("generation-create", {"id": "o", "promptName": "", "promptVersion": None})
    assert "prompt" not in event.values


def test_whole_prompt_version_written_as_a_float_counts() -> None:
    event = decode_one("generation-create", {"id": "o", "promptName": "p", "promptVersion": 2.0})
    assert event.values["prompt"] == ["p", 2]
    assert isinstance(event.values["prompt"][1], int)


@pytest.mark.parametrize("level", ["ERROR", None])
def test_langgraph_interrupt_is_no_error(level: str | None) -> None:
    body = {"id": "o", "level": level, "statusMessage": "(Interrupt(value={'q': 'ok?'}, resumable=True, ns=['a:1']),)"}
    event = decode_one("span-update", body)
    assert event.values["level"] == ("DEFAULT" if level else None)
    assert event.derived == {"start_time": SENT_US, "finish_reason": "interrupt"}


def test_interrupt_outweighs_a_finish_reason_in_metadata() -> None:
    body = {"id": "o", "statusMessage": "Interrupt(value=1)", "metadata": {"finish_reason": "stop", "agent": "a"}}
    assert decode_one("span-update", body).derived == {
        "start_time": SENT_US,
        "finish_reason": "interrupt",
        "agent": "a",
    }


def test_error_type_is_read_from_the_message_of_an_error() -> None:
    body = {"id": "o", "level": "ERROR", "statusMessage": "openai.RateLimitError: slow down"}
    assert decode_one("span-update", body).derived["error_type"] == "RateLimitError"
    assert "error_type" not in decode_one("span-update", {**body, "level": "DEFAULT"}).derived


def test_agent_columns_come_from_metadata_and_from_the_name_of_agents_and_tools() -> None:
    metadata = {"langgraph_node": "plan", "thread_id": "th", "tags": ["retry:attempt:3"]}
    node = decode_one("span-create", {"id": "o", "metadata": metadata})
    assert node.derived == {"start_time": SENT_US, "graph_node": "plan", "thread_id": "th", "retry_number": 2}
    assert decode_one("tool-create", {"id": "o", "name": "search"}).derived["tool"] == "search"
    agent = decode_one("agent-create", {"id": "o", "name": "run", "metadata": {"agent": "planner"}})
    assert agent.derived["agent"] == "planner"


def spoil(token: str, where: str = "input") -> bytes:
    """Three events; the second holds `token` in raw JSON."""
    events = [json.dumps(frame("span-create", {"id": f"o{i}", "input": "ok"}, id=f"e{i}")) for i in range(3)]
    events[1] = json.dumps(frame("span-create", {"id": "o1", where: "@"}, id="e1")).replace('"@"', token)
    return f'{{"batch": [{", ".join(events)}]}}'.encode("utf-8", "surrogatepass")


@pytest.mark.parametrize(
    ("token", "code", "expected"),
    [
        ("NaN", "repaired_number", "NaN"),
        ('{"a": [NaN, -Infinity, 1]}', "repaired_number", '{"a": ["NaN", "-Infinity", 1]}'),
        ("[123456789012345678901]", "repaired_number", '["123456789012345678901"]'),
        ("[-9223372036854775809]", "repaired_number", '["-9223372036854775809"]'),
        ("[1e999]", "repaired_number", '["1e999"]'),
        (r'"a\u0000b"', "repaired_text", "a\ufffdb"),
        (r'["a\u0000b"]', "repaired_text", r'["a\ufffdb"]'),
        ('"a\x00b"', "repaired_text", "a\ufffdb"),
        (r'"a\ud800b"', "repaired_text", "a\ufffdb"),
        (r'["\udc00"]', "repaired_text", r'["\ufffd"]'),
        ('"a\nb"', "repaired_text", "a\nb"),
    ],
)
def test_what_json_forbids_is_repaired_in_its_event_alone(token: str, code: str, expected: str) -> None:
    batch = decode_bytes(spoil(token))
    assert [event.values["input"] for event in batch.events] == ["ok", expected, "ok"]
    assert repairs_of(batch) == [(1, code)]


@pytest.mark.parametrize(
    "token",
    [
        "[18446744073709551615, -9223372036854775808]",
        '"12345678901234567890123"',
        '["12345678901234567890123", 0.1234567890123456789012]',
        r'"\ud83d\ude00 \\u0000 \\ud800"',
        '["0e0001"]',
    ],
)
def test_what_only_looks_bad_stays_as_it_is(token: str) -> None:
    batch = decode_bytes(spoil(token))
    expected = json.loads(token) if token.startswith('"') else token
    assert batch.events[1].values["input"] == expected
    assert batch.repairs == []


@pytest.mark.parametrize(
    ("token", "code", "expected"),
    [
        ("[NaN]", "repaired_number", ["NaN"]),
        ("[123456789012345678901]", "repaired_number", ["123456789012345678901"]),
        ("[1e999]", "repaired_number", ["1e999"]),
        (r'["\u0000", "\ud800!"]', "repaired_text", ["\ufffd", "\ufffd!"]),
    ],
)
def test_metadata_is_repaired_too(token: str, code: str, expected: Any) -> None:
    batch = decode_bytes(spoil(token, "metadata"))
    assert batch.events[1].metadata == {"metadata": expected}
    assert repairs_of(batch) == [(1, code)]


@pytest.mark.parametrize("where", ["input", "metadata", "name", "traceId", "unknown"])
def test_bytes_that_are_not_utf8_are_replaced(where: str) -> None:
    batch = decode_bytes(spoil('"a@b"', where).replace(b"a@b", b"a\xff\xc3b"))
    assert len(batch.events) == 3
    event = batch.events[1]
    seen = {"input": event.values.get("input"), "name": event.values.get("name"), "metadata": event.metadata}
    expected = {"input": "a\ufffd\ufffdb", "name": "a\ufffd\ufffdb", "metadata": {"metadata": "a\ufffd\ufffdb"}}
    if where in expected:
        assert seen[where] == expected[where]
        assert repairs_of(batch) == [(1, "repaired_text")]


def test_frame_is_repaired_too() -> None:
    body = json.dumps({"batch": [frame("trace-create", {"id": "t"}, id="@")]}).encode()
    for spoiled, expected in ((rb"a\u0000", "a\ufffd"), (b"a\xff", "a\ufffd"), (rb"a\ud800", "a\ufffd")):
        batch = decode_bytes(body.replace(b"@", spoiled))
        assert [event.event_id for event in batch.events] == [expected]
        assert repairs_of(batch) == [(0, "repaired_text")]


def test_byte_order_mark_is_skipped() -> None:
    assert decode_bytes(b'\xef\xbb\xbf{"batch": []}').events == []


@pytest.mark.parametrize("depth", [201, 400, 900, 5_000, 200_000])
@pytest.mark.parametrize("where", ["input", "output", "metadata", "modelParameters"])
def test_deep_event_is_refused_and_its_neighbours_are_stored(depth: int, where: str) -> None:
    nested = '{"a":' * depth + "1" + "}" * depth
    events = [json.dumps(frame("generation-create", {"id": f"o{i}"})) for i in range(3)]
    events[1] = json.dumps(frame("generation-create", {"id": "o1", where: "@"})).replace('"@"', nested)
    batch = decode_bytes(f'{{"batch": [{", ".join(events)}]}}'.encode())
    assert [event.entity_id for event in batch.events] == ["o0", "o2"]
    assert [(rejection.index, rejection.code) for rejection in batch.rejections] == [(1, "too_deep")]


def test_event_of_200_levels_is_stored() -> None:
    nested = "[" * 200 + "]" * 200
    batch = decode_bytes(spoil(nested, "metadata"))
    assert len(batch.events) == 3
    assert batch.events[1].metadata is not None


def test_brackets_in_text_are_no_depth() -> None:
    assert decode_one("span-create", {"id": "o", "input": ["[" * 500, "{" * 500]}).entity_id == "o"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(
    [
        *("id", "traceId", "name", "timestamp", "startTime", "endTime", "level", "statusMessage", "tags", "public"),
        *("metadata", "input", "output", "usage", "usageDetails", "costDetails", "modelParameters", "environment"),
        *("promptName", "promptVersion", "value", "dataType", "source", "sessionId", "configId", "comment", "type"),
    ]
)
KINDS = st.sampled_from([*OBSERVATION_TYPES, "trace-create", "score-create", "sdk-log", "observation-update", "odd"])
PLAUSIBLE = st.sampled_from([SENT, "t", 1, 0.5, "ERROR", {"input": 1}, {"prompt_tokens": 1}, ["a"], True, "NUMERIC"])
FRAMES = st.fixed_dictionaries(
    {
        "id": st.text(max_size=5) | JSON,
        "timestamp": st.just(SENT) | JSON,
        "type": KINDS,
        "body": st.dictionaries(KEYS, JSON | PLAUSIBLE, max_size=12) | JSON,
    }
)


@settings(max_examples=300, deadline=None)
@given(frames=st.lists(FRAMES | JSON, max_size=4), access=st.sampled_from(Access))
def test_any_json_is_decoded_or_refused_event_by_event(frames: list[Any], access: Access) -> None:
    batch = decode(*frames, access=access)
    logs = sum(isinstance(f, dict) and f.get("type") == "sdk-log" for f in frames)
    assert len(batch.events) == len(batch.acceptances)
    assert len(frames) - logs <= len(batch.events) + len(batch.rejections) <= len(frames)
    answer = encode_ingestion_answer(batch)
    assert len(json.loads(answer)["successes"]) == len(batch.acceptances)
    for event in batch.events:
        assert len(event.entity_id.encode()) <= 800
        assert "\x00" not in str(event)


@settings(max_examples=500, deadline=None)
@given(data=st.data())
def test_mutilated_bytes_raise_nothing_but_the_envelope_error(data: st.DataObject) -> None:
    frames = data.draw(st.lists(FRAMES, min_size=1, max_size=2))
    body = bytearray(json.dumps({"batch": frames}).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(body) - 1))
        body[at : at + data.draw(st.integers(0, 2))] = data.draw(
            st.binary(max_size=3) | st.sampled_from([b"NaN", rb"\ud800", rb"\u0000", b"[[[", b'"', b"\\", b"1e999"])
        )
        if not body:
            return
    try:
        batch = decode_bytes(bytes(body))
    except PanopeError as error:
        assert error.code == "malformed_envelope"  # noqa: PT017 - most mutations raise nothing
    else:
        json.loads(encode_ingestion_answer(batch))


def test_project_is_part_of_a_derived_id() -> None:
    assert derive_id(PROJECT, "event") != derive_id("other", "event")
    assert derive_id("a", "bc") != derive_id("ab", "c")
