"""What spans say about their trace."""

from typing import Any

import pytest

from tests.unit.wire.otlp.requests import (
    END_NS,
    ROOT_ID,
    TRACE_ID,
    decode,
    decode_span,
    group,
    observations,
    span,
    traces,
    values_of,
)


def test_a_root_tells_its_trace_by_derivation_only() -> None:
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


def test_a_child_without_trace_attributes_tells_nothing() -> None:
    assert traces(decode_span({"gen_ai.request.model": "m", "langfuse.version": "2"}, parent_id=ROOT_ID)) == []


def test_a_child_with_trace_attributes_tells_them_and_nothing_of_its_own() -> None:
    attributes = {
        "user.id": "u",
        "session.id": "s",
        "langfuse.trace.name": "t",
        "langfuse.trace.tags": ["b", "a"],
        "langfuse.trace.public": True,
        "langfuse.version": "v",
        "langfuse.release": "r",
        "langfuse.trace.metadata.tenant": "acme",
        "langfuse.trace.input": "q",
        "input.value": "mine",
    }
    [trace] = traces(decode_span(attributes, parent_id=ROOT_ID, name="child"))
    assert trace.values == {
        "name": "t",
        "user_id": "u",
        "session_id": "s",
        "public": True,
        "version": "v",
        "release": "r",
        "input": "q",
    }
    assert sorted(trace.tags) == ["a", "b"]
    assert trace.metadata == {"tenant": "acme"}
    assert (trace.derived, trace.derived_metadata) == ({}, None)


def test_explicit_trace_facts_beside_the_roots_own() -> None:
    attributes = {
        "langfuse.trace.name": "told",
        "langfuse.trace.output": "told out",
        "langfuse.observation.output": "own",
        "langfuse.observation.input": "in",
    }
    [trace] = traces(
        decode_span(attributes, name="own name", resource={"service.version": "1.2", "langfuse.release": "r"})
    )
    assert trace.values == {"name": "told", "output": "told out", "release": "r"}
    assert trace.derived["input"] == "in"
    assert trace.derived["version"] == "1.2"
    assert not {"name", "output"} & trace.derived.keys()


@pytest.mark.parametrize("key", ["langfuse.internal.as_root", "langfuse.internal.is_app_root"])
@pytest.mark.parametrize("value", [True, "true"])
def test_a_declared_root_is_one_though_it_has_a_parent(key: str, value: Any) -> None:
    [trace] = traces(decode_span({key: value}, parent_id=ROOT_ID, name="declared"))
    assert trace.derived["name"] == "declared"


def test_only_the_app_root_is_marked() -> None:
    assert values_of({"langfuse.internal.is_app_root": True})["is_app_root"] is True
    assert values_of({"langfuse.internal.as_root": True})["is_app_root"] is True
    assert "is_app_root" not in values_of({"langfuse.internal.as_root": False})


def test_equal_facts_of_many_spans_are_told_once_with_the_latest_stamp() -> None:
    spans = [
        span(number=number, parent_id=ROOT_ID, end_ns=END_NS + (number % 5) * 1000, attributes={"user.id": "u"})
        for number in range(1, 9)
    ]
    [trace] = traces(decode(group(spans)))
    assert (trace.at_us, trace.event_id) == (END_NS // 1000 + 4, f"{4:016x}")


def test_other_facts_or_another_trace_are_told_apart() -> None:
    spans = [
        span(number=1, parent_id=ROOT_ID, attributes={"user.id": "u"}),
        span(number=2, parent_id=ROOT_ID, attributes={"user.id": "v"}),
        span(number=3, parent_id=ROOT_ID, attributes={"session.id": "u"}),
        span(number=4, parent_id=ROOT_ID, attributes={"user.id": "u"}, trace_id="ab" * 16),
        span(number=5, parent_id=ROOT_ID, attributes={"user.id": True}),
        span(number=6, parent_id=ROOT_ID, attributes={"user.id": 1}),
    ]
    assert len(traces(decode(group(spans)))) == len(spans)


def test_neither_time_nor_environment_of_a_trace_comes_from_spans() -> None:
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
def test_tags_come_in_many_shapes(sent: Any, tags: list[str]) -> None:
    assert traces(decode_span({"tag.tags": sent}))[0].tags == tags


def test_tags_beyond_200_are_cut_and_counted() -> None:
    batch = decode_span({"langfuse.trace.tags": [f"t{number}" for number in range(250)]})
    assert traces(batch)[0].tags == [f"t{number}" for number in range(200)]
    assert [(repair.index, repair.code) for repair in batch.repairs] == [(0, "too_many_tags")]


@pytest.mark.parametrize(
    ("sent", "public"), [(True, True), ("true", True), (False, False), ("false", False), ("yes", None)]
)
def test_public_is_set_only_by_booleans(sent: Any, public: Any) -> None:
    assert traces(decode_span({"langfuse.trace.public": sent}))[0].values.get("public") is public


def test_experiments_stay_on_the_observation() -> None:
    attributes = {
        "langfuse.experiment.id": "e",
        "langfuse.experiment.metadata": '{"a": 1}',
        "langfuse.experiment.metadata.b": "2",
        "langfuse.experiment.dataset.id": "d",
        "langfuse.experiment.item.id": "i",
        "langfuse.experiment.item.expected_output": "42",
    }
    batch = decode_span(attributes, scope="langfuse-sdk")
    expected = {
        "id": "e",
        "metadata": {"a": 1, "b": "2"},
        "dataset": {"id": "d"},
        "item": {"id": "i", "expected_output": "42"},
    }
    assert observations(batch)[0].values["experiment"] == expected
    assert observations(batch)[0].metadata is None
    assert traces(batch)[0].derived_metadata is None
