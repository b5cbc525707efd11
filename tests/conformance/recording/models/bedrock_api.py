"""Bedrock's Converse API, plain and as an event stream, whose frames are binary."""

import json
import struct
import zlib
from collections.abc import Iterator
from typing import Any

from tests.conformance.recording.models.openai_api import pieces
from tests.conformance.recording.models.world import TOOL_ARGUMENTS, Reply, answer, text_of

_HEADER_IS_TEXT = 7


def converse(request: dict[str, Any]) -> dict[str, Any]:
    """`POST /model/{id}/converse`."""
    reply = _reply(request)
    return {
        "metrics": {"latencyMs": 12},
        "output": {"message": {"role": "assistant", "content": [_block(reply)]}},
        "stopReason": _stop(reply),
        "usage": _usage(reply),
    }


def converse_stream(request: dict[str, Any]) -> Iterator[bytes]:
    """`POST /model/{id}/converse-stream`: frames of one event each."""
    reply = _reply(request)
    return (_frame(kind, event) for kind, event in _events(reply))


def _reply(request: dict[str, Any]) -> Reply:
    question, has_result = "", False
    for message in request["messages"]:
        if message["role"] == "user":
            if any("toolResult" in part for part in message["content"]):
                has_result = True
            else:
                question, has_result = text_of(message["content"]), False
    tools = [
        tool["toolSpec"]["name"] for tool in (request.get("toolConfig") or {}).get("tools", []) if "toolSpec" in tool
    ]
    return answer(question, tools, has_result=has_result)


def _block(reply: Reply) -> dict[str, Any]:
    if reply.tool:
        return {"toolUse": {"toolUseId": "tooluse_1", "name": reply.tool, "input": TOOL_ARGUMENTS}}
    return {"text": reply.text}


def _stop(reply: Reply) -> str:
    return "tool_use" if reply.tool else "end_turn"


def _usage(reply: Reply) -> dict[str, Any]:
    usage = reply.usage
    return {
        "inputTokens": usage.input - usage.cached - usage.created,
        "outputTokens": usage.output,
        "totalTokens": usage.total,
        "cacheReadInputTokens": usage.cached,
        "cacheWriteInputTokens": usage.created,
    }


def _events(reply: Reply) -> Iterator[tuple[str, Any]]:
    yield "messageStart", {"role": "assistant"}
    if reply.tool:
        start = {"toolUse": {"toolUseId": "tooluse_1", "name": reply.tool}}
        yield "contentBlockStart", {"contentBlockIndex": 0, "start": start}
        delta = {"toolUse": {"input": json.dumps(TOOL_ARGUMENTS)}}
        yield "contentBlockDelta", {"contentBlockIndex": 0, "delta": delta}
    for piece in pieces(reply.text):
        yield "contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": piece}}
    yield "contentBlockStop", {"contentBlockIndex": 0}
    yield "messageStop", {"stopReason": _stop(reply)}
    yield "metadata", {"usage": _usage(reply), "metrics": {"latencyMs": 12}}


def _frame(kind: str, event: Any) -> bytes:
    named = {":event-type": kind, ":content-type": "application/json", ":message-type": "event"}
    headers = b"".join(
        struct.pack(">B", len(name)) + name.encode() + struct.pack(">BH", _HEADER_IS_TEXT, len(value)) + value.encode()
        for name, value in named.items()
    )
    payload = json.dumps(event).encode()
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    body = prelude + struct.pack(">I", zlib.crc32(prelude)) + headers + payload
    return body + struct.pack(">I", zlib.crc32(body))
