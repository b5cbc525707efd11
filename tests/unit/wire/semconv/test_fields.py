"""Single fields: which attribute is believed, and how its value is read."""

import json
from typing import Any

import pytest

from panope.wire.semconv.dialects.rebuild import MAX_SLOTS, rebuild
from panope.wire.semconv.plan import _make, plan_for
from panope.wire.semconv.text import clean_escapes, parse_json
from tests.unit.wire.otlp.requests import ROOT_ID, START_NS, decode_span, observations, traces, values_of

START_US = START_NS // 1000


@pytest.mark.parametrize(
    ("attributes", "resource", "environment"),
    [
        ({"langfuse.environment": "Prod"}, {"langfuse.environment": "other"}, "prod"),
        ({"deployment.environment": "b"}, {"langfuse.environment": "a"}, "a"),
        ({"deployment.environment.name": "n", "deployment.environment": "o"}, {}, "n"),
        ({}, {"deployment.environment": "o"}, "o"),
        ({"langfuse.environment": "not valid!"}, {}, "default"),
        ({"langfuse.environment": ""}, {"deployment.environment.name": "d"}, "d"),
        ({"langfuse.environment": 5}, {}, "default"),
        ({}, {}, None),
    ],
)
def test_environment_is_the_first_named(
    attributes: dict[str, Any], resource: dict[str, Any], environment: str | None
) -> None:
    assert values_of(attributes, resource=resource).get("environment") == environment


@pytest.mark.parametrize(
    ("sent", "level"),
    [
        (" trace ", "DEBUG"),
        ("verbose", "DEBUG"),
        ("Info", "DEFAULT"),
        ("NOTICE", "DEFAULT"),
        ("warn", "WARNING"),
        ("fatal", "ERROR"),
        ("critical", "ERROR"),
        ("loud", None),
        (3, None),
    ],
)
def test_levels_have_aliases(sent: Any, level: str | None) -> None:
    assert values_of({"langfuse.observation.level": sent}).get("level") == level


def test_a_level_that_was_sent_beats_the_status() -> None:
    assert values_of({"langfuse.observation.level": "WARNING"}, status={"code": 2})["level"] == "WARNING"
    assert values_of({"langfuse.observation.level": "loud"}, status={"code": 2})["level"] == "ERROR"
    assert "level" not in values_of(status={"code": 1})


def test_the_last_exception_explains_an_error() -> None:
    events = [
        {"name": "exception", "attributes": {"exception.type": f"Error{number}", "exception.message": f"m{number}"}}
        for number in range(2)
    ]
    values = values_of(events=events, status={"code": 2})
    assert (values["level"], values["status_message"], values["error_type"]) == ("ERROR", "m1", "Error1")
    told = values_of({"error.type": "timeout"}, events=events, status={"code": 2, "message": "told"})
    assert (told["status_message"], told["error_type"]) == ("told", "timeout")


def test_an_error_type_is_read_from_the_message_when_nothing_else_names_it() -> None:
    assert values_of(status={"code": 2, "message": "httpx.ReadTimeout: slow"})["error_type"] == "ReadTimeout"


STEERING = pytest.mark.parametrize(
    ("error_type", "message", "reason"),
    [
        ("langgraph.errors.GraphInterrupt", "(Interrupt(value='x'),)", "interrupt"),
        ("langgraph.errors.NodeInterrupt", "x", "interrupt"),
        ("langgraph.errors.ParentCommand", "Command(goto='x')", "handoff"),
    ],
)


@STEERING
def test_steering_named_by_an_attribute_is_no_error_either(error_type: str, message: str, reason: str) -> None:
    values = values_of({"error.type": error_type}, status={"code": 2, "message": message})
    assert (values["level"], values["finish_reason"], values.get("error_type")) == ("DEFAULT", reason, None)


@STEERING
def test_steering_a_graph_is_no_error(error_type: str, message: str, reason: str) -> None:
    event = {"name": "exception", "attributes": {"exception.type": error_type, "exception.message": message}}
    values = values_of(events=[event], status={"code": 2, "message": f"{error_type}: {message}"})
    assert (values["level"], values["finish_reason"]) == ("DEFAULT", reason)
    assert "error_type" not in values
    assert values["span_events"][0]["attributes"]["exception.type"] == error_type


@pytest.mark.parametrize(
    "sent",
    [
        "2025-10-09T08:53:21+00:00",
        '"2025-10-09T08:53:21Z"',
        json.dumps('"2025-10-09T08:53:21.000Z"'),
        "2025-10-09T08:53:21",
    ],
)
def test_completion_start_is_iso_text_plain_or_quoted(sent: str) -> None:
    values = values_of({"langfuse.observation.completion_start_time": sent})
    assert values["completion_start_time"] == START_US + 1_000_000


@pytest.mark.parametrize("sent", ["soon", 17, "1970-01-01T00:00:00Z", '"'])
def test_a_completion_start_that_is_no_time_is_dropped_and_counted(sent: Any) -> None:
    batch = decode_span({"langfuse.observation.completion_start_time": sent})
    assert "completion_start_time" not in observations(batch)[0].values
    assert [repair.code for repair in batch.repairs] == ["dropped_completion_start_time"]


@pytest.mark.parametrize(("sent", "kept"), [(3, 3), ("4", 4), (5.0, 5), ("x", None), (1e300, None), (True, None)])
def test_a_prompt_needs_a_name_and_a_whole_version(sent: Any, kept: int | None) -> None:
    attributes = {
        "langfuse.observation.type": "generation",
        "langfuse.observation.prompt.name": "p",
        "langfuse.observation.prompt.version": sent,
    }
    assert values_of(attributes).get("prompt") == (None if kept is None else ["p", kept])


def test_only_generations_link_a_prompt() -> None:
    attributes = {"langfuse.observation.prompt.name": "p", "langfuse.observation.prompt.version": 1}
    assert "prompt" not in values_of(attributes)


@pytest.mark.parametrize(
    ("attributes", "kind"),
    [
        ({"langfuse.observation.type": "Generation"}, "SPAN"),
        ({"langfuse.observation.type": "nonsense", "model": "m"}, "GENERATION"),
        ({"langfuse.observation.type": "evaluator", "openinference.span.kind": "LLM"}, "EVALUATOR"),
        ({"openinference.span.kind": "llm", "gen_ai.operation.name": "create_agent"}, "AGENT"),
        ({"gen_ai.operation.name": ["chat"]}, "SPAN"),
        ({"gen_ai.tool.call.id": ""}, "SPAN"),
        ({"gen_ai.request.model": ""}, "SPAN"),
        ({"gen_ai.tool.name": "t", "gen_ai.request.model": "m"}, "TOOL"),
        ({"flue.task.id": "1"}, "AGENT"),
        ({"operation.name": "ai.generateText.doGenerate"}, "SPAN"),
    ],
)
def test_the_first_rule_that_answers_decides_the_type(attributes: dict[str, Any], kind: str) -> None:
    assert values_of(attributes)["type"] == kind


def test_the_span_name_stands_unless_it_is_empty() -> None:
    attributes = {"gen_ai.tool.name": "t", "logfire.msg": "m"}
    assert values_of(attributes, name="sent")["name"] == "sent"
    assert values_of(attributes, name="")["name"] == "t"
    assert "name" not in values_of({}, name="")


def test_an_earlier_dialect_is_believed_for_both_sides() -> None:
    attributes = {"langfuse.observation.output": "o", "input.value": "i", "output.value": "other"}
    values = values_of(attributes)
    assert (values.get("input"), values["output"]) == (None, "o")


@pytest.mark.parametrize(
    ("sent", "metadata"),
    [
        ('{"a": 1}', {"a": 1}),
        ("[1, 2]", {"metadata": [1, 2]}),
        ('"hi"', {"metadata": "hi"}),
        ("hi", {"metadata": "hi"}),
        ("null", None),
        ("", None),
        ({"a": {"b": [1]}}, {"a": {"b": [1]}}),
    ],
)
def test_metadata_of_any_root_becomes_an_object(sent: Any, metadata: dict[str, Any] | None) -> None:
    assert (
        observations(decode_span({"langfuse.observation.metadata": sent}, scope="langfuse-sdk"))[0].metadata == metadata
    )


def test_metadata_keys_keep_their_dots_and_values_stay_as_sent() -> None:
    attributes = {
        "langfuse.observation.metadata.a.b": '"x"',
        "langfuse.metadata.c": 1.5,
        "langfuse.observation.metadata": '{"c": 2, "d": 3}',
    }
    batch = decode_span(attributes, scope="langfuse-sdk-node")
    assert observations(batch)[0].metadata == {"a.b": '"x"', "c": 1.5, "d": 3}


def test_unknown_attributes_of_langfuse_are_kept_outside_its_sdk() -> None:
    attributes = {"langfuse.unheard.of": 1, "langfuse.observation.type": "span", "user.id": "u"}
    assert observations(decode_span(attributes))[0].metadata == {"attributes": {"langfuse.unheard.of": 1}}
    for scope in ("langfuse-sdk", "langfuse-sdk-node"):
        assert observations(decode_span(attributes, scope=scope))[0].metadata is None


def test_a_conversation_is_the_session_of_a_trace_that_names_none() -> None:
    for parent_id in ("", ROOT_ID):
        [event] = traces(decode_span({"gen_ai.conversation.id": "thread"}, parent_id=parent_id))
        assert "session_id" not in event.values
        assert event.derived["session_id"] == "thread"
    [event] = traces(decode_span({"gen_ai.conversation.id": "thread", "session.id": "chat"}))
    assert (event.values["session_id"], event.derived["session_id"]) == ("chat", "thread")


@pytest.mark.parametrize(
    ("attributes", "user", "session"),
    [
        ({"user.id": "u", "langfuse.user.id": "l", "session.id": "s", "langfuse.session.id": "m"}, "l", "m"),
        ({"user.id": 7, "gen_ai.conversation.id": "c", "session.id": "s"}, "7", "s"),
        ({"user.id": "", "langfuse.observation.metadata.langfuse_user_id": "x"}, "x", None),
        ({"langfuse.trace.metadata.langfuse_session_id": "y"}, None, "y"),
    ],
)
def test_user_and_session_come_from_the_first_filled(
    attributes: dict[str, Any], user: str | None, session: str | None
) -> None:
    [trace] = traces(decode_span(attributes, parent_id="ab" * 8))
    assert (trace.values.get("user_id"), trace.values.get("session_id")) == (user, session)


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (["length", "stop"], "length"),
        ('["stop"]', "stop"),
        ("stop", "stop"),
        ([], None),
        ("", None),
        ("x" * 300, "x" * 200),
    ],
)
def test_finish_reasons_come_as_lists_or_text(sent: Any, reason: str | None) -> None:
    assert values_of({"gen_ai.response.finish_reasons": sent}).get("finish_reason") == reason


def test_parameters_are_scalars_and_compact_json() -> None:
    attributes = {
        "gen_ai.request.model": "m",
        "gen_ai.request.top_p": 0.5,
        "gen_ai.request.stream": True,
        "gen_ai.request.stop": ["a"],
    }
    assert values_of(attributes)["model_parameters"] == {"top_p": 0.5, "stream": True, "stop": '["a"]'}
    config = {**attributes, "model_config": '{"x": {"y": 1}}'}
    assert values_of(config)["model_parameters"] == {"x": '{"y":1}'}


class TestRebuild:
    def test_numbers_become_positions_and_gaps_null(self) -> None:
        keys = {"p.0.a": 1, "p.2.b.0": "x", "p.2.b.1": "y"}
        assert rebuild(keys, tuple(keys), "p") == [{"a": 1}, None, {"b": ["x", "y"]}]

    def test_the_bare_attribute_wins(self) -> None:
        assert rebuild({"p": "whole", "p.0": "x"}, ("p", "p.0"), "p") == "whole"

    def test_a_branch_beats_a_leaf_in_either_order(self) -> None:
        assert rebuild({"p.0": "leaf", "p.0.a": 1}, ("p.0", "p.0.a"), "p") == [{"a": 1}]
        assert rebuild({"p.0.a": 1, "p.0": "leaf"}, ("p.0.a", "p.0"), "p") == [{"a": 1}]

    def test_a_huge_position_costs_no_memory(self) -> None:
        last = str(MAX_SLOTS - 1)
        assert len(rebuild({f"p.{last}": 1}, (f"p.{last}",), "p")) == MAX_SLOTS
        assert rebuild({f"p.{MAX_SLOTS}": 1}, (f"p.{MAX_SLOTS}",), "p") == {str(MAX_SLOTS): 1}
        many = {f"p.{number}.9990": 1 for number in range(3)}
        assert [type(child) for child in rebuild(many, tuple(many), "p")] == [list, dict, dict]

    def test_other_digits_are_names(self) -> None:
        assert rebuild({"p.²": 1, "p.٣": 2}, ("p.²", "p.٣"), "p") == {"²": 1, "٣": 2}


def test_remembering_a_plan_changes_nothing() -> None:
    attributes = {"gen_ai.request.model": "m", "user.id": "u", "x": 1}
    assert plan_for(attributes, "ai") == plan_for(attributes, "ai") == _make(tuple(attributes), "ai")
    assert plan_for(attributes, "ai") != plan_for(attributes, "lib")
    assert plan_for({f"k{number}": 1 for number in range(200)}, "lib").leftover[:2] == ("k0", "k1")


def test_json_escapes_are_cleaned_without_touching_others() -> None:
    assert clean_escapes(r'"\u0000 \ud800 \\u0000 \ud83d\ude00 \n"') == r'"\ufffd \ufffd \\u0000 \ud83d\ude00 \n"'
    assert parse_json(r'"\u0000"') == "\ufffd"


@pytest.mark.parametrize("text", ["", "nonsense", "{", "1e999", "[" * 5000])
def test_what_is_no_json_is_none(text: str) -> None:
    if text.startswith("[["):
        text += "x"
    assert parse_json(text[:100]) is None


@pytest.mark.parametrize(
    ("sent", "tier"),
    [
        ({"openai.request.service_tier": "flex"}, "flex"),
        ({"gen_ai.request.service_tier": "auto", "openai.response.service_tier": "priority"}, "priority"),
        ({"gen_ai.openai.response.service_tier": "flex", "gen_ai.openai.request.service_tier": "auto"}, "flex"),
        ({"gen_ai.response.service_tier": "flex", "openai.request.service_tier": "priority"}, "flex"),
    ],
)
def test_how_a_call_was_served_is_told_by_its_response_first(sent: dict[str, Any], tier: str) -> None:
    values = values_of({"gen_ai.request.model": "gpt-5", **sent})
    assert values["model_parameters"] == {"service_tier": tier}
