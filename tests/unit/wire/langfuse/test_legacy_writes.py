"""The single-entity routes from before batches."""

import json
from itertools import count
from typing import Any

import pytest

from panope.domain.errors import InvalidError
from panope.domain.events import DecodedBatch, EntityKind
from panope.wire.langfuse.answers import encode_single_answer
from panope.wire.langfuse.legacy import LegacyWrite, decode_legacy_write
from tests.unit.wire.langfuse.sending import PROJECT, RECEIVED_US, SENT, SENT_US


def write(route: LegacyWrite, body: Any) -> DecodedBatch:
    numbers = count()
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return decode_legacy_write(
        route, sent, received_us=RECEIVED_US, project_id=PROJECT, new_id=lambda: f"new{next(numbers)}"
    )


@pytest.mark.parametrize(
    ("route", "expected"),
    [
        (LegacyWrite.CREATE_SPAN, "SPAN"),
        (LegacyWrite.CREATE_GENERATION, "GENERATION"),
        (LegacyWrite.CREATE_EVENT, "EVENT"),
    ],
)
def test_create_writes_an_observation_of_its_route(route: LegacyWrite, expected: str) -> None:
    (event,) = write(route, {"id": "o", "traceId": "t", "startTime": SENT}).events
    assert event.values == {"type": expected, "trace_id": "t", "start_time": SENT_US}
    assert (event.entity_id, event.at_us, event.is_update) == ("o", RECEIVED_US, False)


def test_trace_is_answered_with_its_id() -> None:
    batch = write(LegacyWrite.CREATE_TRACE, {"id": "t", "name": "n"})
    assert batch.events[0].kind is EntityKind.TRACE
    assert encode_single_answer(batch) == (200, b'{"id":"t"}')


@pytest.mark.parametrize(
    ("route", "key"), [(LegacyWrite.UPDATE_SPAN, "spanId"), (LegacyWrite.UPDATE_GENERATION, "generationId")]
)
def test_update_names_its_entity_under_its_own_key(route: LegacyWrite, key: str) -> None:
    (event,) = write(route, {key: "o", "endTime": SENT, "output": "x", "parentObservationId": "p"}).events
    assert (event.entity_id, event.is_update) == ("o", True)
    assert {name: event.values[name] for name in ("end_time", "output", "parent_id")} == {
        "end_time": SENT_US,
        "output": "x",
        "parent_id": "p",
    }
    (rejection,) = write(route, {"id": "o"}).rejections
    assert rejection.code == "missing_id"


def test_prompt_and_completion_are_input_and_output() -> None:
    body = {"prompt": [{"role": "user"}], "completion": "hi", "usage": {"promptTokens": 1, "completionTokens": 2}}
    (event,) = write(LegacyWrite.CREATE_GENERATION, body).events
    assert (event.values["input"], event.values["output"]) == ('[{"role": "user"}]', "hi")
    assert event.values["usage"] == {"input": 1, "output": 2, "total": 3}


def test_entity_without_an_id_gets_one() -> None:
    status, body = encode_single_answer(write(LegacyWrite.CREATE_TRACE, {}))
    assert status == 200
    assert len(json.loads(body)["id"]) == 36


def test_bad_entity_is_answered_with_the_issue() -> None:
    status, body = encode_single_answer(write(LegacyWrite.CREATE_SPAN, {"id": "o", "level": "LOUD"}))
    assert status == 400
    assert json.loads(body)["error"][0]["code"] == "bad_level"


@pytest.mark.parametrize("body", [b"", b"nonsense", b"{", b"{},{}"])
def test_body_that_is_not_json_is_malformed(body: bytes) -> None:
    with pytest.raises(InvalidError) as raised:
        write(LegacyWrite.CREATE_TRACE, body)
    assert raised.value.code == "malformed_envelope"
