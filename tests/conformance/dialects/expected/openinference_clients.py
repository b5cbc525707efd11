from tests.conformance.dialects.expect import (
    ASKING_CREATED,
    EMBEDDED,
    REFUSED,
    Holds,
    called,
    refused,
    seen,
    trace,
    turn,
)

_DATED = "gpt-4o-mini-2024-07-18"
_PLAN = {"metadata": Holds({"plan": "free"})}

EXPECTED = [
    trace(
        seen(
            "request",
            "SPAN",
            turn(
                "ChatCompletion",
                "ask",
                "gpt-4o-mini",
                model=_DATED,
                system="Be brief.",
                finish_reason="tool_calls",
                model_parameters=Holds({"temperature": 0.2}),
                **_PLAN,
            ),
            turn("ChatCompletion", "greet", "gpt-4o-mini", model=_DATED, has_first_token=True, **_PLAN),
            called(
                "CreateEmbeddings",
                EMBEDDED,
                "text-embedding-3-small",
                model="text-embedding-3-small",
                type="EMBEDDING",
                input={"model": "text-embedding-3-small", "input": "Paris", "encoding_format": "base64"},
            ),
            refused("ChatCompletion", f"BadRequestError: Error code: 400 - {REFUSED}", model=..., **_PLAN),
            turn(
                "messages.create",
                "ask",
                "claude-sonnet-4-5",
                model="claude-sonnet-4-5-20250929",
                system="Be brief.",
                usage=ASKING_CREATED,
                finish_reason="tool_use",
            ),
            turn("bedrock.converse", "ask", "nova-lite", model="us.amazon.nova-lite-v1:0", usage=ASKING_CREATED),
        ),
        name="request",
        user_id="user-1",
        session_id="session-1",
        tags=["weather"],
    )
]
