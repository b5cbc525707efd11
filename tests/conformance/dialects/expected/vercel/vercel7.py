from typing import Any

from tests.conformance.dialects.expect import (
    EMBEDDED,
    QUESTION,
    REFUSED,
    Expected,
    Holds,
    called,
    failed,
    refused,
    seen,
    talk,
    trace,
    turn,
    used,
)

_USAGE = {"input": 56, "input_cached_tokens": 64, "output": 24, "total": 144}
"""Version 7 does not tell how much of the output was reasoning."""
_ABOUT = {
    "user_id": "user-1",
    "session_id": "session-1",
    "tags": ["weather"],
    "metadata": Holds({"plan": "free"}),
}
_EMBEDDING = "embeddings text-embedding-3-small"


def _chat(step: str, **fields: Any) -> Expected:
    return turn("chat gpt-4o-mini", step, "gpt-4o-mini", model="gpt-4o-mini-2024-07-18", **fields)


EXPECTED = [
    trace(
        seen(
            "invoke_agent gpt-4o-mini",
            "AGENT",
            seen(
                "step 1",
                "SPAN",
                _chat("ask", system="Be brief.", usage=_USAGE, model_parameters={"temperature": 0.2}),
                used("execute_tool get_weather"),
            ),
            seen("step 2", "SPAN", _chat("answer", system="Be brief.")),
            agent="ask",
            input=talk("system: Be brief.", f"user: {QUESTION}"),
        ),
        name="invoke_agent gpt-4o-mini",
        **_ABOUT,
    ),
    trace(
        seen(
            "invoke_agent gpt-4o-mini",
            "AGENT",
            seen("step 1", "SPAN", _chat("greet", has_first_token=True, finish_reason="stop")),
            agent="greet",
        ),
        name="invoke_agent gpt-4o-mini",
        **_ABOUT,
    ),
    trace(
        seen(
            _EMBEDDING,
            "EMBEDDING",
            called(_EMBEDDING, EMBEDDED, "text-embedding-3-small", model="text-embedding-3-small", type="EMBEDDING"),
            model=...,
        ),
        name=_EMBEDDING,
    ),
    trace(
        failed(
            "invoke_agent gpt-4o-mini",
            "AGENT",
            REFUSED,
            failed("step 1", "SPAN", REFUSED, refused("chat gpt-4o-mini", REFUSED, model="gpt-4o-mini")),
            agent="fail",
        ),
        name="invoke_agent gpt-4o-mini",
        **_ABOUT,
    ),
]
