from collections.abc import Callable
from typing import Any

from tests.conformance.dialects.expect import REFUSED, Expected, failed, refused, seen, trace, turn, used

_SYSTEM = 'Be brief.\n\nYou are an agent. Your internal name is "weather_agent".'
_ERROR = (
    "ClientError: 400 INVALID_ARGUMENT. "
    f"{{'error': {{'code': 400, 'message': '{REFUSED}', 'status': 'INVALID_ARGUMENT'}}}}"
)
_NAME = "generate_content gemini-2.5-flash"
_AGENT = {"agent": "weather_agent"}


def _call(step: str, **fields: Any) -> Expected:
    return turn(_NAME, step, "gemini-2.5-flash", model="gemini-2.5-flash", system=_SYSTEM, **_AGENT, **fields)


def _run(
    session: str, *below: Expected, make: Callable[..., Expected] = seen, message: tuple[str, ...] = ()
) -> Expected:
    agent = make("invoke_agent weather_agent", "AGENT", *message, *below, **_AGENT)
    root = make("invoke_workflow weather_agent", "CHAIN", *message, agent)
    return trace(root, name="invoke_workflow weather_agent", session_id=session)


EXPECTED = [
    _run(
        "session-29",
        _call("ask", finish_reason="stop"),
        used("execute_tool get_weather", output={"result": "18 degrees and sunny"}, **_AGENT),
        _call("answer"),
    ),
    _run("session-10", _call("greet", output=...)),
    _run(
        "session-14",
        refused(_NAME, _ERROR, model="gemini-2.5-flash", system=_SYSTEM, error_type="google.genai.errors.ClientError"),
        make=failed,
        message=(_ERROR,),
    ),
]
