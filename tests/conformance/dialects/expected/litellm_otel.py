from tests.conformance.dialects.expect import (
    ASKING_CREATED,
    EMBEDDED,
    REFUSED,
    Expected,
    called,
    refused,
    seen,
    talk,
    trace,
    turn,
)

_ERROR = (
    "litellm.ContextWindowExceededError: litellm.BadRequestError: ContextWindowExceededError: "
    f"OpenAIException - {REFUSED}"
)
_MODEL = "gpt-4o-mini-2024-07-18"


def _raw(name: str = "raw_gen_ai_request") -> Expected:
    return seen(name, "SPAN")


EXPECTED = [
    trace(
        turn("ask", "ask", "gpt-4o-mini", _raw("ask"), model=_MODEL, system="Be brief.", finish_reason="tool_calls"),
        name="ask",
        user_id="user-1",
    ),
    trace(
        turn("litellm_request", "answer", "gpt-4o-mini", _raw(), model=_MODEL, system="Be brief."),
        name="litellm_request",
    ),
    trace(
        turn("litellm_request", "greet", "gpt-4o-mini", _raw(), model="gpt-4o-mini", finish_reason="stop"),
        name="litellm_request",
    ),
    trace(
        called(
            "litellm_request",
            EMBEDDED,
            "text-embedding-3-small",
            _raw(),
            model="text-embedding-3-small",
            type="EMBEDDING",
            input=talk("user: Paris"),
        ),
        name="litellm_request",
    ),
    trace(
        refused("litellm_request", _ERROR, model="gpt-4o-mini", error_type="ContextWindowExceededError"),
        name="litellm_request",
    ),
    trace(
        turn(
            "litellm_request",
            "ask",
            "claude-sonnet-4-5",
            _raw(),
            model="claude-sonnet-4-5-20250929",
            usage=ASKING_CREATED,
        ),
        name="litellm_request",
    ),
]
