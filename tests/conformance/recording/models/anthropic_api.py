"""Anthropic's API, where tokens read from and written to the cache are billed beside `input_tokens`."""

import json
from collections.abc import Iterator
from typing import Any

from tests.conformance.recording.models.openai_api import pieces
from tests.conformance.recording.models.world import TOOL_ARGUMENTS, Reply, answer, text_of

_DATED = {"claude-sonnet-4-5": "claude-sonnet-4-5-20250929"}


def messages(request: dict[str, Any]) -> dict[str, Any] | Iterator[tuple[str | None, Any]]:
    """`POST /v1/messages`."""
    reply = _reply(request)
    block: dict[str, Any] = {"type": "text", "text": reply.text}
    if reply.tool:
        block = {"type": "tool_use", "id": "toolu_1", "name": reply.tool, "input": TOOL_ARGUMENTS}
    whole = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": _DATED.get(request["model"], request["model"]),
        "content": [block],
        "stop_reason": "tool_use" if reply.tool else "end_turn",
        "stop_sequence": None,
        "usage": _usage(reply),
    }
    return _stream(whole) if request.get("stream") else whole


def _reply(request: dict[str, Any]) -> Reply:
    question, has_result = "", False
    for message in request["messages"]:
        content = message["content"]
        if message["role"] == "user":
            if any(isinstance(part, dict) and part.get("type") == "tool_result" for part in content):
                has_result = True
            else:
                question, has_result = text_of(content), False
    return answer(question, [tool["name"] for tool in request.get("tools") or []], has_result=has_result)


def _usage(reply: Reply) -> dict[str, Any]:
    usage = reply.usage
    return {
        "input_tokens": usage.input - usage.cached - usage.created,
        "cache_creation_input_tokens": usage.created,
        "cache_read_input_tokens": usage.cached,
        "output_tokens": usage.output,
        "service_tier": "standard",
    }


def _stream(whole: dict[str, Any]) -> Iterator[tuple[str | None, Any]]:
    [block] = whole["content"]
    begun = {**whole, "content": [], "stop_reason": None, "usage": {**whole["usage"], "output_tokens": 1}}
    yield "message_start", {"type": "message_start", "message": begun}
    if block["type"] == "text":
        start = {**block, "text": ""}
        deltas: list[dict[str, Any]] = [{"type": "text_delta", "text": piece} for piece in pieces(block["text"])]
    else:
        start = {**block, "input": {}}
        deltas = [{"type": "input_json_delta", "partial_json": json.dumps(block["input"])}]
    yield "content_block_start", {"type": "content_block_start", "index": 0, "content_block": start}
    for delta in deltas:
        yield "content_block_delta", {"type": "content_block_delta", "index": 0, "delta": delta}
    yield "content_block_stop", {"type": "content_block_stop", "index": 0}
    ended = {"stop_reason": whole["stop_reason"], "stop_sequence": None}
    yield "message_delta", {"type": "message_delta", "delta": ended, "usage": whole["usage"]}
    yield "message_stop", {"type": "message_stop"}
