from typing import Any

from tests.conformance.dialects.expect import (
    ANSWERING,
    ASKING_CREATED,
    GREETED,
    REFUSED,
    Expected,
    failed,
    refused,
    seen,
    trace,
    turn,
)

_DATED = "claude-sonnet-4-5-20250929"
_NOVA = "nova-lite-v1:0"
_ERROR = f"Error code: 400 - {{'type': 'error', 'error': {{'type': 'invalid_request_error', 'message': '{REFUSED}'}}}}"
_NOVA_ERROR = f"An error occurred (ValidationException) when calling the Converse operation: {REFUSED}"
_STREAMED = {"input": 30, "output": 7, "total": 37}
"""OpenLLMetry adds the output that a stream states at its start to the one that it states at its end."""


def _claude(step: str, **fields: Any) -> Expected:
    return turn("anthropic.chat", step, "claude-sonnet-4-5", model=_DATED, **fields)


def _nova(step: str, *below: Expected, **fields: Any) -> Expected:
    return turn(f"chat {_NOVA}", step, "nova-lite", *below, model=_NOVA, **fields)


EXPECTED = [
    trace(
        seen(
            "claude.workflow",
            "CHAIN",
            _claude("ask", usage=ASKING_CREATED, system="Be brief.", finish_reason="tool_call"),
            _claude("answer", usage=ANSWERING),
            _claude("greet", usage=_STREAMED),
            refused("anthropic.chat", _ERROR, model="claude-sonnet-4-5", error_type="BadRequestError"),
        ),
        name="claude.workflow",
    ),
    trace(
        seen(
            "nova.workflow",
            "CHAIN",
            _nova("ask", seen("POST", "SPAN"), usage=ASKING_CREATED),
            _nova("answer", seen("POST", "SPAN")),
            _nova("greet", usage=GREETED),
            seen("POST", "SPAN"),
            failed(
                f"chat {_NOVA}",
                "GENERATION",
                _NOVA_ERROR,
                seen("POST", "SPAN", level="ERROR"),
                model=_NOVA,
                error_type="ValidationException",
            ),
        ),
        name="nova.workflow",
    ),
]
