from typing import Any

from tests.conformance.dialects.expect import (
    CALL,
    GREETING,
    QUESTION,
    REFUSED,
    TOOL_TEXT,
    WEATHER,
    Expected,
    Holds,
    refused,
    seen,
    talk,
    trace,
    turn,
    used,
)

_USAGE = {"input": 56, "input_cached_tokens": 64, "output": 24, "total": 144}
"""OpenLLMetry does not tell of LangChain's models how much of the output was reasoning."""
_CALLED = (f"user: {QUESTION}", f"assistant: {CALL}", f"tool: {TOOL_TEXT}")
_THREAD = {"thread_id": "thread-1"}


def _chat(step: str, **fields: Any) -> Expected:
    model = "gpt-4o-mini-2024-07-18"
    return turn("ChatOpenAI.chat", step, "gpt-4o-mini", model=model, system="Be brief.", graph_node="model", **fields)


def _node(name: str, *below: Expected, **fields: Any) -> Expected:
    return seen(f"execute_task {name}", "SPAN", *below, graph_node=name, **_THREAD, **fields)


EXPECTED = [
    trace(seen("create_agent weather", "AGENT", agent="weather"), name="create_agent weather"),
    trace(
        seen(
            "invoke_agent weather",
            "AGENT",
            seen(
                "weather.workflow",
                "AGENT",
                _node("model", _chat("ask", usage=_USAGE, finish_reason="tool_call"), input=talk(f"user: {QUESTION}")),
                _node(
                    "tools",
                    used("execute_tool get_weather", graph_node="tools", **_THREAD),
                    output=talk(f"tool: {TOOL_TEXT}"),
                ),
                _node("model", _chat("answer", finish_reason="stop"), input=talk(*_CALLED)),
                input=talk(f"user: {QUESTION}"),
                output=talk(*_CALLED, f"assistant: {WEATHER}"),
                agent="weather",
                metadata=Holds({"ls_integration": "langchain_create_agent"}),
            ),
            agent="weather",
            **_THREAD,
        ),
        name="invoke_agent weather",
        user_id="user-1",
        session_id="session-1",
    ),
    trace(
        turn(
            "ChatOpenAI.chat",
            "greet",
            "gpt-4o-mini",
            model="gpt-4o-mini",
            output=talk(f"unknown: {GREETING}"),
        ),
        name="ChatOpenAI.chat",
    ),
    trace(
        refused(
            "ChatOpenAI.chat",
            f"Error code: 400 - {REFUSED}",
            model="gpt-4o-mini",
            error_type="OpenAIContextOverflowError",
        ),
        name="ChatOpenAI.chat",
    ),
]
