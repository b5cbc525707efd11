"""OpenAI's API: chat completions, responses, embeddings. Each call yields one answer, or the events of a stream."""

import base64
import json
import struct
from collections.abc import Iterator
from typing import Any

from tests.conformance.recording.models.world import (
    EMBEDDING_TOKENS,
    TOOL_ARGUMENTS,
    Reply,
    answer,
    text_of,
    vector,
)

Events = Iterator[tuple[str | None, Any]]
_DATED = {"gpt-4o-mini": "gpt-4o-mini-2024-07-18", "weather-deployment": "gpt-4o-mini-2024-07-18"}
"""Azure's deployments have names of their own."""
_CREATED = 1_767_225_600
_CALL_ID = "call_1"
_ARGUMENTS = json.dumps(TOOL_ARGUMENTS)


def dated(model: str) -> str:
    """The model's name as the API answers it, with its date."""
    return _DATED.get(model, model)


def chat(request: dict[str, Any]) -> dict[str, Any] | Events:
    """`POST /v1/chat/completions`."""
    reply = _chat_reply(request)
    if request.get("stream"):
        return _chat_stream(request, reply)
    message: dict[str, Any] = {"role": "assistant", "content": reply.text or None, "refusal": None}
    if reply.tool:
        message["tool_calls"] = [_tool_call(reply.tool)]
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _finish(reply)}
    return {**_envelope(request, "chat.completion"), "choices": [choice], "usage": _chat_usage(reply)}


def _chat_reply(request: dict[str, Any]) -> Reply:
    question, has_result = "", False
    for message in request["messages"]:
        if message["role"] == "user":
            question, has_result = text_of(message.get("content")), False
        has_result |= message["role"] in ("tool", "function")
    tools = [tool["function"]["name"] for tool in request.get("tools") or [] if tool.get("type") == "function"]
    return answer(question, tools, has_result=has_result)


def _tool_call(tool: str) -> dict[str, Any]:
    return {"id": _CALL_ID, "type": "function", "function": {"name": tool, "arguments": _ARGUMENTS}}


def _finish(reply: Reply) -> str:
    return "tool_calls" if reply.tool else "stop"


def _envelope(request: dict[str, Any], kind: str) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": kind,
        "created": _CREATED,
        "model": dated(request["model"]),
        "service_tier": "default",
        "system_fingerprint": "fp_1",
    }


def _chat_usage(reply: Reply) -> dict[str, Any]:
    usage = reply.usage
    return {
        "prompt_tokens": usage.input,
        "completion_tokens": usage.output,
        "total_tokens": usage.total,
        "prompt_tokens_details": {"cached_tokens": usage.cached, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": usage.reasoning,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }


def _chat_stream(request: dict[str, Any], reply: Reply) -> Events:
    envelope = _envelope(request, "chat.completion.chunk")

    def chunk(delta: dict[str, Any], finish: str | None = None) -> tuple[None, Any]:
        return None, {
            **envelope,
            "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}],
            "usage": None,
        }

    yield chunk({"role": "assistant", "content": "" if reply.text else None})
    if reply.tool:
        call = {"index": 0, **_tool_call(reply.tool)}
        yield chunk({"tool_calls": [{**call, "function": {"name": reply.tool, "arguments": ""}}]})
        yield chunk({"tool_calls": [{"index": 0, "function": {"arguments": _ARGUMENTS}}]})
    for piece in pieces(reply.text):
        yield chunk({"content": piece})
    yield chunk({}, _finish(reply))
    if (request.get("stream_options") or {}).get("include_usage"):
        yield None, {**envelope, "choices": [], "usage": _chat_usage(reply)}
    yield None, "[DONE]"


def pieces(text: str) -> list[str]:
    """The text in the pieces in which it is streamed."""
    return [text[: len(text) // 2], text[len(text) // 2 :]] if text else []


def embeddings(request: dict[str, Any]) -> dict[str, Any]:
    """`POST /v1/embeddings`."""
    sent = request["input"]
    texts = [sent] if isinstance(sent, str) or (sent and isinstance(sent[0], int)) else sent
    rows = [
        {"object": "embedding", "index": place, "embedding": _encoded(vector(str(text)), request)}
        for place, text in enumerate(texts)
    ]
    usage = {"prompt_tokens": EMBEDDING_TOKENS, "total_tokens": EMBEDDING_TOKENS}
    return {"object": "list", "data": rows, "model": request["model"], "usage": usage}


def _encoded(numbers: list[float], request: dict[str, Any]) -> Any:
    if request.get("encoding_format") == "base64":
        return base64.b64encode(struct.pack(f"<{len(numbers)}f", *numbers)).decode()
    return numbers


def responses(request: dict[str, Any]) -> dict[str, Any] | Events:
    """`POST /v1/responses`."""
    reply = _responses_reply(request)
    whole = _response(request, reply)
    return _responses_stream(whole) if request.get("stream") else whole


def _responses_reply(request: dict[str, Any]) -> Reply:
    sent = request["input"]
    question, has_result = "", False
    for message in [{"role": "user", "content": sent}] if isinstance(sent, str) else sent:
        if message.get("role") == "user":
            question, has_result = text_of(message["content"]), False
        has_result |= message.get("type") == "function_call_output"
    tools = [tool["name"] for tool in request.get("tools") or [] if tool.get("type") == "function"]
    return answer(question, tools, has_result=has_result)


def _response(request: dict[str, Any], reply: Reply) -> dict[str, Any]:
    usage = reply.usage
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": _CREATED,
        "status": "completed",
        "background": False,
        "error": None,
        "incomplete_details": None,
        "instructions": request.get("instructions"),
        "max_output_tokens": None,
        "metadata": {},
        "model": dated(request["model"]),
        "output": [_output(reply)],
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "reasoning": {"effort": None, "summary": None},
        "service_tier": "default",
        "store": True,
        "temperature": 1.0,
        "text": {"format": {"type": "text"}},
        "tool_choice": "auto",
        "tools": request.get("tools") or [],
        "top_p": 1.0,
        "truncation": "disabled",
        "usage": {
            "input_tokens": usage.input,
            "input_tokens_details": {"cached_tokens": usage.cached},
            "output_tokens": usage.output,
            "output_tokens_details": {"reasoning_tokens": usage.reasoning},
            "total_tokens": usage.total,
        },
    }


def _output(reply: Reply) -> dict[str, Any]:
    if reply.tool:
        call = {"type": "function_call", "id": "fc_1", "call_id": _CALL_ID, "name": reply.tool}
        return {**call, "arguments": _ARGUMENTS, "status": "completed"}
    content = {"type": "output_text", "text": reply.text, "annotations": [], "logprobs": []}
    return {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [content]}


def _responses_stream(whole: dict[str, Any]) -> Events:
    [output] = whole["output"]
    begun = {**whole, "status": "in_progress", "output": [], "usage": None}
    place = {"item_id": output["id"], "output_index": 0}
    told: list[tuple[str, dict[str, Any]]] = [
        ("response.created", {"response": begun}),
        ("response.in_progress", {"response": begun}),
    ]
    if output["type"] == "function_call":
        told += [
            ("response.output_item.added", {"output_index": 0, "item": {**output, "arguments": ""}}),
            ("response.function_call_arguments.delta", {**place, "delta": output["arguments"]}),
            ("response.function_call_arguments.done", {**place, "arguments": output["arguments"]}),
        ]
    else:
        [part] = output["content"]
        at = {**place, "content_index": 0}
        told.append(("response.output_item.added", {"output_index": 0, "item": {**output, "content": []}}))
        told.append(("response.content_part.added", {**at, "part": {**part, "text": ""}}))
        told += [
            ("response.output_text.delta", {**at, "delta": piece, "logprobs": []}) for piece in pieces(part["text"])
        ]
        told.append(("response.output_text.done", {**at, "text": part["text"], "logprobs": []}))
        told.append(("response.content_part.done", {**at, "part": part}))
    told.append(("response.output_item.done", {"output_index": 0, "item": output}))
    told.append(("response.completed", {"response": whole}))
    for number, (kind, event) in enumerate(told):
        yield kind, {"type": kind, "sequence_number": number, **event}
