"""Scores: the rules of their bodies, in batches and by themselves."""

import json
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panope.domain.errors import InvalidError, PanopeError
from panope.domain.events import EntityKind
from panope.wire.langfuse.answers import encode_score_answer
from panope.wire.langfuse.ingestion import DecodedScores, decode_scores
from tests.unit.wire.langfuse.sending import (
    PROJECT,
    RECEIVED_US,
    SENT_US,
    decode_bytes,
    decode_one,
    frame,
    refuse_one,
)

GOOD = {"id": "s", "name": "quality", "value": 0.5, "traceId": "t"}


def write(body: Any) -> DecodedScores:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    numbers = count()
    return decode_scores(sent, received_us=RECEIVED_US, project_id=PROJECT, new_id=lambda: f"new{next(numbers)}")


def test_score_event_becomes_values() -> None:
    body = {
        **GOOD,
        "observationId": "o",
        "comment": "good",
        "metadata": ["why"],
        "environment": "Prod",
        "configId": "c",
        "queueId": "q",
        "dataType": "NUMERIC",
        "source": "ANNOTATION",
        "executionTraceId": "x",
    }
    event = decode_one("score-create", body)
    assert event.kind is EntityKind.SCORE
    assert event.entity_id == "s"
    assert event.metadata == {"metadata": ["why"]}
    assert event.derived == {"timestamp": SENT_US}
    assert event.values == {
        "observation_id": "o",
        "trace_id": "t",
        "config_id": "c",
        "queue_id": "q",
        "execution_trace_id": "x",
        "number": 0.5,
        "data_type": "NUMERIC",
        "source": "ANNOTATION",
        "name": "quality",
        "comment": "good",
        "environment": "prod",
    }


@pytest.mark.parametrize(
    ("value", "field", "data_type"),
    [(1, "number", "NUMERIC"), (-0.5, "number", "NUMERIC"), ("a", "text", "CATEGORICAL")],
)
def test_data_type_that_was_not_sent_is_derived_from_the_value(value: Any, field: str, data_type: str) -> None:
    event = decode_one("score-create", {**GOOD, "value": value})
    assert event.values[field] == value
    assert "data_type" not in event.values
    assert event.derived["data_type"] == data_type


def test_data_type_is_left_to_the_config() -> None:
    event = decode_one("score-create", {**GOOD, "configId": "c"})
    assert "data_type" not in {**event.values, **event.derived}


def test_correction_is_named_output_whatever_was_sent() -> None:
    event = decode_one("score-create", {**GOOD, "dataType": "CORRECTION", "value": "better", "source": "ANNOTATION"})
    assert (event.values["name"], event.values["text"]) == ("output", "better")


BAD: list[dict[str, Any]] = [
    {"name": None},
    {"name": ""},
    {"value": None},
    {"traceId": None},
    {"traceId": ""},
    {"sessionId": "x"},
    {"traceId": None, "sessionId": "s", "datasetRunId": "d"},
    {"traceId": None, "sessionId": "s", "observationId": "o"},
    {"dataType": "NUMERIC", "value": "1"},
    {"dataType": "BOOLEAN", "value": -1},
    {"dataType": "BOOLEAN", "value": "True"},
    {"dataType": "CATEGORICAL", "value": 1},
    {"dataType": "TEXT", "value": 1},
    {"dataType": "TEXT", "value": ""},
    {"dataType": "TEXT", "value": "x" * 501},
    {"dataType": "CORRECTION", "value": 1},
    {"dataType": "CORRECTION", "value": "x", "configId": "c"},
    {"dataType": "CORRECTION", "value": "x", "traceId": None, "sessionId": "s"},
    {"dataType": "numeric"},
    {"source": "ANNOTATION"},
    {"source": "HUMAN"},
]


@pytest.mark.parametrize("change", BAD)
def test_score_that_breaks_a_rule_is_refused_alone(change: dict[str, Any]) -> None:
    assert refuse_one("score-create", {**GOOD, **change}) == "bad_score"
    batch = write([GOOD, {**GOOD, **change}, GOOD]).batch
    assert [(rejection.index, rejection.code) for rejection in batch.rejections] == [(1, "bad_score")]
    assert len(batch.events) == 2


@pytest.mark.parametrize("change", [{"value": True}, {"value": [1]}, {"name": 5}, {"traceId": 5}, {"comment": {}}])
def test_score_with_a_wrong_json_type_is_refused_alone(change: dict[str, Any]) -> None:
    assert refuse_one("score-create", {**GOOD, **change}) == "wrong_type"


@pytest.mark.parametrize("key", ["id", "traceId", "observationId", "configId", "queueId", "executionTraceId"])
def test_long_id_of_a_score_is_refused(key: str) -> None:
    assert refuse_one("score-create", {**GOOD, key: "x" * 801}) == "id_too_long"


def test_long_name_of_a_score_is_refused() -> None:
    assert refuse_one("score-create", {**GOOD, "name": "x" * 1001}) == "name_too_long"


@pytest.mark.parametrize("value", [0, 1, 0.0, 1.0])
def test_boolean_score_is_zero_or_one(value: float) -> None:
    assert decode_one("score-create", {**GOOD, "dataType": "BOOLEAN", "value": value}).values["number"] == value


@pytest.mark.parametrize("token", ["NaN", "Infinity", "-Infinity"])
def test_value_that_is_no_finite_number_is_refused(token: str) -> None:
    body = json.dumps({"batch": [frame("score-create", {**GOOD, "value": "@"})]}).replace('"@"', token)
    (rejection,) = decode_bytes(body.encode()).rejections
    assert rejection.code == "bad_score"


def test_value_beyond_64_bit_stays_a_number_when_another_number_needed_repair() -> None:
    sent = {**GOOD, "value": 10**30, "metadata": "@"}
    body = json.dumps({"batch": [frame("score-create", sent)]}).replace('"@"', "NaN")
    (event,) = decode_bytes(body.encode()).events
    assert event.values["number"] == 1e30


def test_evaluation_scores_come_in_batches_only() -> None:
    assert decode_one("score-create", {**GOOD, "source": "EVAL"}).values["source"] == "EVAL"
    assert len(write({**GOOD, "source": "EVAL"}).batch.rejections) == 1


def test_single_score_is_answered_with_its_id() -> None:
    scores = write(GOOD)
    assert not scores.is_array
    assert encode_score_answer(scores) == (200, b'{"id":"s"}')


@pytest.mark.parametrize("sent", [None, ""])
def test_single_score_without_an_id_gets_a_new_one_each_time(sent: str | None) -> None:
    ids = iter("abcd")
    bodies = [json.dumps({**GOOD, "id": sent}).encode()] * 2
    answers = [
        encode_score_answer(decode_scores(b, received_us=RECEIVED_US, project_id=PROJECT, new_id=lambda: next(ids)))
        for b in bodies
    ]
    assert answers[0] != answers[1]


def test_bad_single_score_is_answered_with_the_issue() -> None:
    status, body = encode_score_answer(write({**GOOD, "value": True}))
    answer = json.loads(body)
    assert (status, answer["message"]) == (400, "Invalid request data")
    assert answer["error"][0]["code"] == "wrong_type"


def test_array_is_accepted_or_answered_score_by_score() -> None:
    assert encode_score_answer(write([GOOD, GOOD])) == (202, b'{"message":"Accepted"}')
    assert encode_score_answer(write([])) == (202, b'{"message":"Accepted"}')
    status, body = encode_score_answer(write([GOOD, 5, {**GOOD, "dataType": "TEXT"}]))
    answer = json.loads(body)
    assert (status, answer["accepted"], answer["rejected"]) == (207, 1, 2)
    assert [error["index"] for error in answer["errors"]] == [1, 2]
    assert all(error["message"] for error in answer["errors"])


def test_later_score_of_an_array_wins_over_an_earlier_one() -> None:
    first, second = write([GOOD, GOOD]).batch.events
    assert first.at_us < second.at_us
    assert first.event_id != second.event_id


def test_timestamp_in_the_body_is_the_time_of_the_score() -> None:
    (event,) = write([{**GOOD, "timestamp": "2026-01-01T00:00:00+00:00"}]).batch.events
    assert event.values["timestamp"] == 1_767_225_600_000_000
    assert event.at_us == RECEIVED_US


@pytest.mark.parametrize("body", [b"", b" ", b"nonsense", b"{", b"[", b"[1", b"{}, {}", b"], ["])
def test_body_that_is_not_json_is_malformed(body: bytes) -> None:
    with pytest.raises(InvalidError) as raised:
        write(body)
    assert raised.value.code == "malformed_envelope"


def test_bad_score_of_an_array_is_repaired_alone() -> None:
    body = json.dumps([GOOD, {**GOOD, "metadata": "@"}]).replace('"@"', r'{"a": NaN, "b": "\ud800"}').encode()
    batch = write(body).batch
    assert batch.events[1].metadata == {"a": "NaN", "b": "\ufffd"}
    assert [(repair.index, repair.code) for repair in batch.repairs] == [(1, "repaired_number"), (1, "repaired_text")]


@settings(max_examples=200, deadline=None)
@given(body=st.binary(max_size=40) | st.text('[]{},:"0123456789eE.-+NaInfity\\u ', max_size=30).map(str.encode))
def test_any_bytes_are_decoded_or_refused(body: bytes) -> None:
    try:
        scores = write(body)
    except PanopeError:
        return
    encode_score_answer(scores)
