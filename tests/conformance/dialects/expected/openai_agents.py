from collections.abc import Callable
from typing import Any

from tests.conformance.dialects.expect import REFUSED, Expected, failed, seen, trace, turn, used

_DATED = "gpt-4o-mini-2024-07-18"
_ERROR = f"{{'error': 'Error code: 400 - {REFUSED}'}}"


def _run(*turns: Expected, make: Callable[..., Expected] = seen, message: tuple[str, ...] = ()) -> Expected:
    agent = make("weather_agent", "AGENT", *message, *turns, agent="weather_agent", graph_node="weather_agent")
    return trace(
        seen("Agent workflow", "AGENT", seen("Agent workflow", "CHAIN", agent)),
        name="Agent workflow",
    )


def _response(step: str, **fields: Any) -> Expected:
    return turn("response", step, "gpt-4o-mini", model=_DATED, system="Be brief.", **fields)


EXPECTED = [
    _run(
        seen("turn", "CHAIN", _response("ask"), used("get_weather")),
        seen("turn", "CHAIN", _response("answer")),
    ),
    _run(
        seen("turn", "CHAIN", failed("response", "GENERATION", f"Error getting response: {_ERROR}")),
        make=failed,
        message=(f"Error in agent run: {_ERROR}",),
    ),
]
