"""JSON that is not quite OTLP: the bad span is refused, the odd spelling understood."""

import json
from typing import Any

import pytest

from tests.unit.wire.otlp.requests import (
    decode_json,
    group,
    json_document,
    observations,
    span,
)


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
def test_a_misshapen_span_is_refused_alone(bad: dict[str, Any]) -> None:
    document = json_document(group([span(number=1), span(number=2), span(number=3)]))
    document["resourceSpans"][0]["scopeSpans"][0]["spans"][1].update(bad)
    batch = decode_json(json.dumps(document).encode())
    assert [(rejection.index, rejection.event_id) for rejection in batch.rejections] == [(1, f"{2:016x}")]
    assert len(observations(batch)) == 2


def test_a_misshapen_resource_costs_no_span() -> None:
    document = json_document(group([span()]))
    document["resourceSpans"][0]["resource"] = {"attributes": "none"}
    assert len(observations(decode_json(json.dumps(document).encode()))) == 1


def test_a_misshapen_group_is_one_rejection() -> None:
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
def test_values_come_in_many_spellings(sent: dict[str, Any], kept: Any) -> None:
    document = json_document(group([span()]))
    document["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["attributes"] = [{"key": "a", "value": sent}]
    [event] = observations(decode_json(json.dumps(document).encode()))
    assert event.metadata == {"attributes": {"a": kept}}
    assert type((event.metadata or {})["attributes"]["a"]) is type(kept)


def test_ids_are_lowered_hex_and_anything_else_verbatim() -> None:
    document = json_document(group([span()]))
    document["resourceSpans"][0]["scopeSpans"][0]["spans"][0].update(traceId="ABCDEF", spanId="My-Span")
    [event, _] = decode_json(json.dumps(document).encode()).events
    assert (event.values["trace_id"], event.entity_id) == ("abcdef", "My-Span")


def test_ids_as_bytes_become_hex() -> None:
    document = json_document(group([span()]))
    document["resourceSpans"][0]["scopeSpans"][0]["spans"][0].update(
        traceId=[171, 205], spanId={"type": "Buffer", "data": [1, 255]}
    )
    [event, _] = decode_json(json.dumps(document).encode()).events
    assert (event.values["trace_id"], event.entity_id) == ("abcd", "01ff")


def test_status_may_be_named() -> None:
    document = json_document(group([span()]))
    document["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["status"] = {"code": "STATUS_CODE_ERROR"}
    assert observations(decode_json(json.dumps(document).encode()))[0].values["level"] == "ERROR"
