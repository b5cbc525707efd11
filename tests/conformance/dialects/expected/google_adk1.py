from collections.abc import Callable
from typing import Any

from tests.conformance.dialects.expect import REFUSED, Expected, failed, seen, trace, turn, used

_SYSTEM = 'Be brief.\n\nYou are an agent. Your internal name is "weather_agent".'
_ERROR = (
    "ClientError: 400 INVALID_ARGUMENT. "
    f"{{'error': {{'code': 400, 'message': '{REFUSED}', 'status': 'INVALID_ARGUMENT'}}}}"
)
_AGENT = {"agent": "weather_agent"}
_MODEL = "gemini-2.5-flash"


def _call(step: str, *below: Expected, **fields: Any) -> Expected:
    """Version 1 tells every call twice; the inner span only repeats the outer one's count."""
    inner = seen("generate_content gemini-2.5-flash", "GENERATION", *below)
    return turn("call_llm", step, _MODEL, inner, model=_MODEL, system=_SYSTEM, **fields)


def _run(
    session: str, *below: Expected, make: Callable[..., Expected] = seen, message: tuple[str, ...] = ()
) -> Expected:
    agent = make("invoke_agent weather_agent", "AGENT", *message, *below, **_AGENT)
    return trace(make("invocation", "SPAN", *message, agent), name="invocation", session_id=session, user_id="user-1")


EXPECTED = [
    _run(
        "session-29",
        _call("ask", used("execute_tool get_weather", output={"result": "18 degrees and sunny"})),
        _call("answer"),
    ),
    _run("session-10", _call("greet")),
    _run(
        "session-14",
        failed("call_llm", "SPAN", _ERROR, failed("generate_content gemini-2.5-flash", "GENERATION", _ERROR)),
        make=failed,
        message=(_ERROR,),
    ),
]
