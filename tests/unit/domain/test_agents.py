"""Columns lifted from what agent frameworks tell in metadata and messages."""

from typing import Any

import pytest

from panope.domain.agents import agent_columns, control_flow, error_type_of


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        (
            {"langgraph_node": "plan", "langgraph_step": 3, "thread_id": "th", "other": 1},
            {"graph_node": "plan", "thread_id": "th"},
        ),
        ({"thread_id": 42}, {"thread_id": "42"}),
        ({"thread_id": True, "agent": None, "tool": {"name": "x"}, "finish_reason": ""}, {}),
        ({"agent_name": "b", "agent": "a"}, {"agent": "a"}),
        ({"agent": "", "agent_name": "b"}, {"agent": "b"}),
        ({"tool": "search", "finish_reason": "stop"}, {"tool": "search", "finish_reason": "stop"}),
        ({"error.type": "Timeout"}, {"error_type": "Timeout"}),
        ({"retry_number": 0}, {"retry_number": 0}),
        ({"retry_number": "2", "tags": ["a", "retry:attempt:2"]}, {"retry_number": 1}),
        ({"retry_number": -1, "tags": "retry:attempt:2"}, {}),
        ({"tags": ["retry:attempt:x", None]}, {}),
        ({"agent": "x" * 500}, {"agent": "x" * 200}),
        ({}, {}),
    ],
)
def test_columns_come_from_well_known_keys(metadata: dict[str, Any], expected: dict[str, object]) -> None:
    assert agent_columns(metadata) == expected


@pytest.mark.parametrize(
    ("message", "error_type", "expected"),
    [
        ("(Interrupt(value={'q': 'ok?'}, resumable=True, ns=['ask:b6'], when='during'),)", None, "interrupt"),
        ("Interrupt(value='x', id='a')", None, "interrupt"),
        ("GraphInterrupt((Interrupt(value=1),))", None, "interrupt"),
        ("anything", "langgraph.errors.GraphInterrupt", "interrupt"),
        (None, "NodeInterrupt", "interrupt"),
        ("Command(graph='__parent__', goto='b')", None, "handoff"),
        ("x", "langgraph.errors.ParentCommand", "handoff"),
        ("KeyboardInterrupt", None, None),
        ("Interrupted system call", None, None),
        ("The user said: Interrupt(value=1)", None, None),
        ("CommandError: failed", None, None),
        ("", "", None),
        (None, None, None),
    ],
)
def test_what_steers_a_graph_is_told_from_errors(
    message: str | None, error_type: str | None, expected: str | None
) -> None:
    assert control_flow(message, error_type) == expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("ValueError: bad", "ValueError"),
        ("httpx.ReadTimeout: slow", "ReadTimeout"),
        ("openai.RateLimitError(429)", "RateLimitError"),
        ("KeyError", "KeyError"),
        ("Error code: 429 - slow down", None),
        ("provider down", None),
        ("an Exception: x", None),
        ("", None),
        (None, None),
    ],
)
def test_error_type_is_a_class_name_at_the_start(message: str | None, expected: str | None) -> None:
    assert error_type_of(message) == expected
