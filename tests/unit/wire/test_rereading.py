"""Reading kept telemetry again: nothing changes while the codecs stay, and what they mended changes."""

import json
from pathlib import Path
from typing import Any

import pytest

from panope.domain.accounts import Access
from panope.domain.events import DecodedBatch, EntityKind
from panope.domain.ids import ProjectId
from panope.domain.merge.codec import decode as decode_state
from panope.domain.merge.codec import encode
from panope.domain.merge.join import join
from panope.domain.merge.lift import lift
from panope.domain.merge.state import Fragment, State
from panope.wire import rereading
from panope.wire.langfuse.ingestion import decode_ingestion
from panope.wire.rereading import Rereader
from panope.wire.semconv import precedence
from tests.unit.wire.otlp.requests import ROOT_ID, decode, group, span

FIXTURES = sorted((Path(__file__).parent / "semconv/fixtures").glob("*.json"))
_TIME = "2026-03-01T12:00:00.000Z"
_TIME_US = 1_772_366_400_000_000


def _examples() -> list[Any]:
    return [
        pytest.param(fixture, example, id=f"{path.stem}-{position}")
        for path in FIXTURES
        for fixture in [json.loads(path.read_text())]
        for position, example in enumerate(fixture["spans"])
    ]


def _state(batch: DecodedBatch) -> State:
    """The one observation of a batch as it comes back from a store."""
    states = [lift(event) for event in batch.events if event.kind is EntityKind.OBSERVATION]
    return decode_state(encode(join(EntityKind.OBSERVATION, *states)))


def _sets(batch: DecodedBatch) -> dict[str, dict[str, Any]]:
    return {kept.id: json.loads(kept.json) for kept in batch.attribute_sets}


def _spoil(state: State, **wrong: Any) -> State:
    """The state as an older codec might have left it; None: it did not see the field."""
    return State(
        [
            Fragment(
                kept.stamp,
                {name: value for name, value in {**kept.values, **wrong}.items() if value is not None},
                kept.leaves,
                kept.tags,
                kept.whole,
            )
            for kept in state.fragments
        ]
    )


def _send(scope: str, attributes: dict[str, Any]) -> DecodedBatch:
    return decode(group([span("call", attributes=attributes)], scope=scope))


def _ingest(*bodies: dict[str, Any]) -> DecodedBatch:
    events = [
        {"id": f"e{number}", "type": "generation-update", "timestamp": _TIME, "body": {"id": "o", **body}}
        for number, body in enumerate(bodies)
    ]
    body = json.dumps({"batch": events}).encode()
    return decode_ingestion(body, received_us=_TIME_US, project_id=ProjectId("p"), access=Access.PROJECT)


@pytest.mark.parametrize(("fixture", "example"), _examples())
def test_a_span_that_is_read_again_by_the_same_code_stays_as_it_is(
    fixture: dict[str, Any], example: dict[str, Any]
) -> None:
    """A dialect that reads usage out of what is not kept belongs into `rereading._USAGE_IN_PAYLOAD`."""
    plain = span(
        example["name"],
        attributes=example["attributes"],
        parent_id=ROOT_ID if example.get("parent") else "",
        events=example.get("events", []),
        status=example.get("status", {}),
    )
    scope = fixture["scope"]
    sent = group([plain], resource=fixture.get("resource"), scope=scope["name"], version=scope.get("version", ""))
    batch = decode(sent)
    state = _state(batch)
    assert Rereader().read(state, _sets(batch)) is state


@pytest.mark.parametrize(
    "bodies",
    [
        [{"usage": {"prompt_tokens": 4, "completion_tokens": 2, "total_tokens": 6}}],
        [{"usage": {"input": 4, "output": 2, "unit": "TOKENS", "inputCost": 0.5}, "costDetails": {"output": 1.25}}],
        [{"usage": {"input": 4, "inputCost": 0.5}}, {"costDetails": {"gpu": 1}}],
        [{"usageDetails": {"input": 4, "gpu": 2}, "costDetails": {"total": 3}}, {"usage": {"input": 9, "total": 9}}],
        [{"model": "m"}],
    ],
)
def test_an_ingested_event_that_is_read_again_by_the_same_code_stays_as_it_is(bodies: list[dict[str, Any]]) -> None:
    state = _state(_ingest(*bodies))
    assert Rereader().read(state, {}) is state


def test_usage_that_an_older_codec_misread_is_read_right() -> None:
    right = _state(_ingest({"usage": {"prompt_tokens": 4, "completion_tokens": 2, "total_tokens": 6}}))
    wrong = _spoil(right, usage={"input": 6, "total": 6}, mapper="ingestion/0")
    assert Rereader().read(wrong, {}) == right


def test_usage_and_cost_that_an_older_codec_did_not_see_are_found() -> None:
    right = _state(_ingest({"usage": {"input": 4, "inputCost": 0.5}, "costDetails": {"output": 1}}))
    wrong = _spoil(right, usage=None, usage_unit=None, cost=None)
    assert Rereader().read(wrong, {}).values()["cost"] == {"input": 5 * 10**11, "output": 10**12, "total": 15 * 10**11}
    assert Rereader().read(wrong, {}) == right


def test_model_type_usage_and_columns_of_a_span_are_read_again() -> None:
    attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.usage.input_tokens": 7,
        "gen_ai.agent.name": "planner",
        "gen_ai.request.temperature": 0.5,
        "tags": ["a", 1, {"b": None}],
    }
    batch = _send("opentelemetry.instrumentation.openai", attributes)
    right = _state(batch)
    wrong = _spoil(
        right, type="SPAN", model="gpt", usage={"input": 1}, agent=None, model_parameters=None, mapper="otlp/0"
    )
    again = Rereader().read(wrong, _sets(batch))
    assert again == right
    assert Rereader().read(again, _sets(batch)) is again


def test_a_span_whose_attributes_are_not_all_kept_keeps_its_type_and_model() -> None:
    attributes = {
        "langfuse.observation.type": "agent",
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.usage.input_tokens": 7,
    }
    batch = _send("my.app", attributes)
    state = _state(batch)
    assert (state.values()["type"], state.values()["mapper"]) == ("AGENT", "otlp/3+langfuse")
    wrong = _spoil(state, usage={"input": 1}, model="mine")
    again = Rereader().read(wrong, _sets(batch)).values()
    assert (again["type"], again["model"], again["usage"]) == ("AGENT", "mine", {"input": 7, "total": 7})


def test_a_span_of_langfuse_keeps_everything_but_usage_and_cost() -> None:
    attributes = {
        "langfuse.observation.type": "generation",
        "langfuse.observation.model.name": "gpt-4o",
        "langfuse.observation.usage_details": '{"input":3}',
        "langfuse.observation.cost_details": '{"total":1}',
    }
    batch = _send("langfuse-sdk", attributes)
    state = _state(batch)
    assert Rereader().read(_spoil(state, usage=None, cost={"total": 5}), _sets(batch)) == state
    other = _spoil(state, model="mine", type="TOOL")
    assert Rereader().read(other, _sets(batch)) is other


def test_a_span_without_its_scope_is_left_alone() -> None:
    wrong = _spoil(_state(_send("my.app", {"gen_ai.usage.input_tokens": 7})), usage={"input": 1})
    assert Rereader().read(wrong, {}) is wrong


def test_no_type_rule_looks_at_an_attribute_that_is_not_kept() -> None:
    """Otherwise a reread span could not tell its type any more: then the rule's fields must not be read again."""
    payload = {key for rule in precedence.IO_RULES for key in (*rule.inputs, *rule.outputs)}
    assert [rule.key for rule in precedence.TYPE_RULES if rule.key in payload] == []
    assert payload.isdisjoint(precedence.MODEL)
    assert rereading._REREAD == ("type", "model")


def test_what_is_kept_and_cannot_be_put_together_again_is_left_alone() -> None:
    batch = _send("my.app", {"gen_ai.usage.input_tokens": 7})
    deep = _spoil(_state(batch), usage_sent="[" * 300 + "]" * 300, usage={"input": 1})
    assert Rereader().read(deep, _sets(batch)).values()["usage"] == {"input": 1}
    nested = _spoil(_state(batch), usage_sent='{"a":' * 300 + "1" + "}" * 300)
    assert Rereader().read(nested, _sets(batch)) is nested
