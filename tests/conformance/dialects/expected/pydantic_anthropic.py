from typing import Any

from tests.conformance.dialects.expect import ASKING_CREATED, WEATHER, Expected, seen, trace, turn, used

_AGENT = {"agent": "weather_agent"}


def _chat(step: str, **fields: Any) -> Expected:
    model = "claude-sonnet-4-5-20250929"
    return turn(
        "chat claude-sonnet-4-5", step, "claude-sonnet-4-5", model=model, system="Be brief.", **_AGENT, **fields
    )


EXPECTED = [
    trace(
        seen(
            "invoke_agent weather_agent",
            "AGENT",
            _chat("ask", usage=ASKING_CREATED),
            used("execute_tool get_weather", **_AGENT),
            _chat("answer"),
            output=WEATHER,
            **_AGENT,
        ),
        name="invoke_agent weather_agent",
        session_id=...,
        output=WEATHER,
    )
]
