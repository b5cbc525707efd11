"""Gemini's API, where thoughts are counted beside the candidates and cached content within the prompt."""

from collections.abc import Iterator
from typing import Any

from tests.conformance.recording.models.openai_api import pieces
from tests.conformance.recording.models.world import TOOL_ARGUMENTS, Reply, answer, text_of


def generate(request: dict[str, Any], model: str) -> dict[str, Any]:
    """`POST /v1beta/models/{model}:generateContent`."""
    reply = _reply(request)
    part: dict[str, Any] = {"text": reply.text}
    if reply.tool:
        part = {"functionCall": {"name": reply.tool, "args": TOOL_ARGUMENTS}}
    return _answer([part], reply, model, is_last=True)


def stream(request: dict[str, Any], model: str) -> Iterator[tuple[str | None, Any]]:
    """`POST /v1beta/models/{model}:streamGenerateContent`."""
    reply = _reply(request)
    if reply.tool:
        yield None, generate(request, model)
    parts = pieces(reply.text)
    for place, piece in enumerate(parts, 1):
        yield None, _answer([{"text": piece}], reply, model, is_last=place == len(parts))


def _reply(request: dict[str, Any]) -> Reply:
    question, has_result = "", False
    for content in request["contents"]:
        if any("functionResponse" in part or "function_response" in part for part in content["parts"]):
            has_result = True
        elif content.get("role", "user") == "user":
            question, has_result = text_of(content["parts"]), False
    tools = [
        function["name"]
        for tool in request.get("tools") or []
        for function in tool.get("functionDeclarations") or tool.get("function_declarations") or []
    ]
    return answer(question, tools, has_result=has_result)


def _answer(parts: list[dict[str, Any]], reply: Reply, model: str, *, is_last: bool) -> dict[str, Any]:
    usage = reply.usage
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": parts}, "index": 0}
    answered: dict[str, Any] = {"candidates": [candidate], "modelVersion": model, "responseId": "resp-1"}
    if is_last:
        candidate["finishReason"] = "STOP"
        answered["usageMetadata"] = {
            "promptTokenCount": usage.input,
            "cachedContentTokenCount": usage.cached,
            "candidatesTokenCount": usage.output - usage.reasoning,
            "thoughtsTokenCount": usage.reasoning,
            "totalTokenCount": usage.total,
        }
    return answered
