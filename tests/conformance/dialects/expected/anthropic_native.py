from typing import Any

from tests.conformance.dialects.expect import ASKING_CREATED, Expected, refused, seen, trace, turn


def _call(step: str, **fields: Any) -> Expected:
    return turn("anthropic.messages.create", step, "claude-sonnet-4-5", model="claude-sonnet-4-5-20250929", **fields)


EXPECTED = [
    trace(
        seen(
            "request",
            "SPAN",
            _call("ask", system="Be brief.", usage=ASKING_CREATED, finish_reason="tool_use"),
            _call("greet", has_first_token=True, finish_reason="end_turn"),
            refused("anthropic.messages.create", None, model="claude-sonnet-4-5", error_type="invalid_request_error"),
        ),
        name="request",
        user_id="user-1",
    )
]
