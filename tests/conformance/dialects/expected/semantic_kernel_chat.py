from typing import Any

from tests.conformance.dialects.expect import REFUSED, WEATHER, Expected, called, failed, seen, talk, trace, used

_ASKING = {"input": 120, "output": 24, "total": 144}
_ANSWERING = {"input": 160, "output": 12, "total": 172}
_GREETED = {"input": 30, "output": 6, "total": 36}
"""Semantic Kernel tells neither caches nor reasoning, and messages only in its logs."""
_ERROR = (
    "ServiceResponseException: (\"<class 'semantic_kernel.connectors.ai.open_ai.services.open_ai_chat_completion."
    f"OpenAIChatCompletion'> service failed to complete the prompt\", BadRequestError('Error code: 400 - {REFUSED}'))"
)


def _chat(usage: dict[str, int], **fields: Any) -> Expected:
    return called("chat gpt-4o-mini", usage, "gpt-4o-mini", model="gpt-4o-mini", **fields)


EXPECTED = [
    trace(
        seen(
            "invoke_agent weather_agent",
            "AGENT",
            seen(
                "AutoFunctionInvocationLoop",
                "SPAN",
                _chat(_ASKING, finish_reason="tool_calls"),
                used("execute_tool Weather-get_weather", tool="Weather-get_weather"),
                _chat(_ANSWERING, finish_reason="stop"),
            ),
            agent="weather_agent",
            output=talk(f"assistant: {WEATHER}"),
        ),
        name="invoke_agent weather_agent",
        output=talk(f"assistant: {WEATHER}"),
    ),
    trace(_chat(_GREETED), name="chat gpt-4o-mini"),
    trace(
        failed("chat gpt-4o-mini", "GENERATION", _ERROR, model="gpt-4o-mini", error_type="ServiceResponseException"),
        name="chat gpt-4o-mini",
    ),
]
