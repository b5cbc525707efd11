from typing import Any

from tests.conformance.dialects.expect import (
    ANSWERING,
    ASKING_CREATED,
    QUESTION,
    REFUSED,
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

_ERROR = (
    f"Error code: 400 - {{'error': {{'message': '{REFUSED}', 'type': 'invalid_request_error', 'param': 'messages', "
    "'code': 'context_length_exceeded'}}"
)
_ABOUT = {"name": "invoke_agent weather_agent", "user_id": "user-1", "session_id": "session-1", "tags": ["weather"]}
_TOOL = [{"text": "18 degrees and sunny"}]
_USAGE = {"input": 56, "input_cached_tokens": 64, "output": 24, "total": 144}
"""Strands does not tell how much of the output was reasoning."""


def _run(model: str, price: str, asking: dict[str, int]) -> Expected:
    def chat(step: str, **fields: Any) -> Expected:
        return turn("chat", step, price, model=model, system="Be brief.", **fields)

    return trace(
        seen(
            "invoke_agent weather_agent",
            "AGENT",
            seen(
                "execute_event_loop_cycle",
                "SPAN",
                chat("ask", usage=asking),
                used("execute_tool get_weather", output=_TOOL),
            ),
            seen("execute_event_loop_cycle", "SPAN", chat("answer", usage=ANSWERING)),
            agent="weather_agent",
            input=talk("system: Be brief.", f"user: {QUESTION}"),
            output=talk(f"assistant: {WEATHER}\n"),
        ),
        **_ABOUT,
        output=talk(f"assistant: {WEATHER}\n"),
    )


EXPECTED = [
    _run("gpt-4o-mini", "gpt-4o-mini", _USAGE),
    trace(
        failed(
            "invoke_agent weather_agent",
            "AGENT",
            "Unable to trim conversation context!",
            failed(
                "execute_event_loop_cycle",
                "SPAN",
                _ERROR,
                refused("chat", _ERROR, model="gpt-4o-mini", system="Be brief."),
            ),
        ),
        **_ABOUT,
    ),
    _run("us.amazon.nova-lite-v1:0", "nova-lite", ASKING_CREATED),
]
