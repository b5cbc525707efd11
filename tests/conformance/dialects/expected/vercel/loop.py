"""What version 5 tells of an agent loop with other providers than OpenAI."""

from typing import Any

from tests.conformance.dialects.expect import ANSWERING, QUESTION, WEATHER, Expected, seen, trace, turn, used

_ASKED = {"system": "Be brief.", "prompt": QUESTION}


def whole(named: str, asking: dict[str, int], model: str | None = None) -> Expected:
    """By the model that was named, the usage of the call that asks for a tool, and the model that answered."""
    return _run("generateText", "generateText.doGenerate", named, asking, model=model or named)


def streamed(named: str, asking: dict[str, int], model: str | None = None) -> Expected:
    """The same, streamed."""
    return _run("streamText", "streamText.doStream", named, asking, model=model or named, has_first_token=True)


def _run(name: str, operation: str, named: str, asking: dict[str, int], **fields: Any) -> Expected:
    def chat(step: str, usage: dict[str, int], **more: Any) -> Expected:
        return turn(f"ai.{operation}", step, named, system="Be brief.", usage=usage, **fields, **more)

    steps = chat("ask", asking), used("ai.toolCall"), chat("answer", ANSWERING, output=WEATHER)
    told = {"input": _ASKED, "output": WEATHER}
    return trace(seen(f"ai.{name}", "SPAN", *steps, model=..., **told), name=f"ai.{name}", **told)
