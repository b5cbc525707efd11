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
_ERROR = (
    "ModelContextWindowExceededError: status_code: 400, model_name: gpt-4o-mini, body: "
    f"{{'message': '{REFUSED}', 'type': 'invalid_request_error', 'param': 'messages', "
    f"'code': 'context_length_exceeded'}}"
)
_AGENT = {"agent": "weather_agent"}


def _chat(step: str, **fields: Any) -> Expected:
    return turn("chat gpt-4o-mini", step, "gpt-4o-mini", model=_DATED, system="Be brief.", **_AGENT, **fields)


EXPECTED = [
    trace(
        seen(
            "weather request",
            "SPAN",
            seen(
                "invoke_agent weather_agent",
                "AGENT",
                _chat("ask", finish_reason="tool_call", model_parameters={"temperature": 0.2}),
                used("execute_tool get_weather", **_AGENT),
                _chat("answer", finish_reason="stop"),
                input=talk(
                    "system: Be brief.",
                    f"user: {QUESTION}",
                    f"assistant: {CALL}",
                    f"tool: {TOOL_TEXT}",
                    f"assistant: {WEATHER}",
                ),
                output=WEATHER,
                **_AGENT,
            ),
            seen(
                "invoke_agent weather_agent",
                "AGENT",
                _chat("greet", has_first_token=True),
                output=GREETING,
                **_AGENT,
            ),
            failed(
                "invoke_agent weather_agent",
                "AGENT",
                _ERROR,
                refused("chat gpt-4o-mini", _ERROR, model="gpt-4o-mini", input=None, **_AGENT),
                **_AGENT,
            ),
            seen("refused", "EVENT", level="WARNING"),
        ),
        name="weather request",
        session_id=...,
    )
]
