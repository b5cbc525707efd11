"""What the AI SDK's versions 4 to 6 have in common; they differ in which parts of the usage they tell."""

from typing import Any

from tests.conformance.dialects.expect import (
    ANSWERING,
    ASKING,
    EMBEDDED,
    GREETING,
    QUESTION,
    REFUSED,
    WEATHER,
    Expected,
    Holds,
    called,
    failed,
    refused,
    seen,
    trace,
    turn,
    used,
)

_ABOUT = {
    "user_id": "user-1",
    "session_id": "session-1",
    "tags": ["weather"],
    "metadata": Holds({"plan": "free"}),
}


def _asked(text: str, system: str | None = None) -> dict[str, str]:
    return {"prompt": text} if system is None else {"system": system, "prompt": text}


def expected(asking: dict[str, int] = ASKING, answering: dict[str, int] = ANSWERING) -> list[Expected]:
    """What a version makes of the script; its usage of the two calls around the tool is given."""
    model = "gpt-4o-mini-2024-07-18"

    def chat(operation: str, step: str, **fields: Any) -> Expected:
        return turn(f"ai.{operation}", step, "gpt-4o-mini", model=model, **fields)

    return [
        trace(
            seen(
                "ai.generateText",
                "SPAN",
                chat(
                    "generateText.doGenerate",
                    "ask",
                    system="Be brief.",
                    usage=asking,
                    finish_reason="tool-calls",
                    model_parameters=Holds({"temperature": 0.2}),
                ),
                used("ai.toolCall"),
                chat("generateText.doGenerate", "answer", system="Be brief.", usage=answering, output=WEATHER),
                model=...,
                input=_asked(QUESTION, "Be brief."),
                output=WEATHER,
            ),
            name="ai.generateText",
            input=_asked(QUESTION, "Be brief."),
            output=WEATHER,
            **_ABOUT,
        ),
        trace(
            seen(
                "ai.streamText",
                "SPAN",
                chat("streamText.doStream", "greet", output=GREETING, has_first_token=True, finish_reason="stop"),
                model=...,
                output=GREETING,
            ),
            name="ai.streamText",
            output=GREETING,
            **_ABOUT,
        ),
        trace(
            seen(
                "ai.embed",
                "SPAN",
                called(
                    "ai.embed.doEmbed",
                    EMBEDDED,
                    "text-embedding-3-small",
                    model="text-embedding-3-small",
                    type="EMBEDDING",
                    input=["Paris"],
                ),
                model=...,
                input="Paris",
            ),
            name="ai.embed",
            input="Paris",
            **_ABOUT,
        ),
        trace(
            failed(
                "ai.generateText",
                "SPAN",
                REFUSED,
                refused("ai.generateText.doGenerate", REFUSED, model="gpt-4o-mini", error_type="AI_APICallError"),
                model=...,
            ),
            name="ai.generateText",
            **_ABOUT,
        ),
    ]
