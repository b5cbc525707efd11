from typing import Any

from tests.conformance.dialects.expect import (
    CALL,
    GREETING,
    QUESTION,
    REFUSED,
    TOOL_TEXT,
    WEATHER,
    Expected,
    failed,
    refused,
    seen,
    talk,
    trace,
    turn,
    used,
)

_DATED = "gpt-4o-mini-2024-07-18"
_CLIENT = "agent_framework_openai._chat_completion_client.OpenAIChatCompletionClient"
_PROBLEM = f"Error code: 400 - {REFUSED}"
_ERROR = (
    f"ChatClientException(\"<class '{_CLIENT}'> service failed to complete the prompt: {_PROBLEM}\", "
    f"BadRequestError('{_PROBLEM}'))"
)


def _chat(step: str, **fields: Any) -> Expected:
    return turn("chat gpt-4o-mini", step, "gpt-4o-mini", model=_DATED, system="Be brief.", **fields)


def _run(question: str, answers: tuple[str, ...], *below: Expected) -> Expected:
    told = {"input": talk("system: Be brief.", f"user: {question}"), "output": talk(*answers)}
    agent = seen("invoke_agent weather_agent", "AGENT", *below, agent="weather_agent", **told)
    return trace(agent, name="invoke_agent weather_agent", **told)


EXPECTED = [
    _run(
        QUESTION,
        (f"assistant: {CALL}", f"tool: {TOOL_TEXT}", f"assistant: {WEATHER}"),
        _chat("ask", finish_reason="tool_calls"),
        used("execute_tool get_weather"),
        _chat("answer", finish_reason="stop"),
    ),
    _run("Say hello.", (f"assistant: {GREETING}",), _chat("greet")),
    trace(
        failed(
            "invoke_agent weather_agent",
            "AGENT",
            ...,
            refused("chat gpt-4o-mini", ..., model="gpt-4o-mini", system="Be brief.", error_type="ChatClientException"),
            error_type="ChatClientException",
        ),
        name="invoke_agent weather_agent",
    ),
]
