from typing import Any

from tests.conformance.dialects.expect import (
    ASKING_CREATED,
    EMBEDDED,
    GREETED,
    REFUSED,
    Expected,
    called,
    failed,
    refused,
    seen,
    trace,
    turn,
)

_DATED = "gpt-4o-mini-2024-07-18"
_CLAUDE = "anthropic.claude-3-5-sonnet-20241022-v2:0"
_ERROR = f"An error occurred (ValidationException) when calling the Converse operation: {REFUSED}"


def _chat(step: str, **fields: Any) -> Expected:
    return turn("chat gpt-4o-mini", step, "gpt-4o-mini", model=_DATED, **fields)


def _converse(usage: dict[str, int], **fields: Any) -> Expected:
    return called(f"chat {_CLAUDE}", usage, "claude-3-5-sonnet", model=_CLAUDE, **fields)


EXPECTED = [
    trace(
        seen(
            "request",
            "SPAN",
            _chat(
                "ask",
                system="Be brief.",
                usage={"input": 120, "output": 24, "total": 144},
                finish_reason="tool_calls",
                model_parameters={"temperature": 0.2, "service_tier": "default"},
            ),
            _chat("answer", system="Be brief.", usage={"input": 160, "output": 12, "total": 172}),
            _chat("greet"),
            called(
                "embeddings text-embedding-3-small",
                EMBEDDED,
                "text-embedding-3-small",
                model="text-embedding-3-small",
                type="EMBEDDING",
            ),
            refused(
                "chat gpt-4o-mini",
                f"Error code: 400 - {REFUSED}",
                model="gpt-4o-mini",
                error_type="BadRequestError",
            ),
            _converse(ASKING_CREATED, finish_reason="tool_use"),
            _converse(GREETED, finish_reason="end_turn"),
            failed(f"chat {_CLAUDE}", "GENERATION", _ERROR, model=_CLAUDE, error_type="ValidationException"),
        ),
        name="request",
    )
]
